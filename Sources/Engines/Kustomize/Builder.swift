import Documents
import WaybillCore

/// What a build has gathered: resources, the table of fields, variables.
struct BuildState {
    var list = ItemList()
    var configuration = TransformerConfiguration.empty
    var variables: [VariableRule] = []
    /// In the place of the built-in kinds' merge keys.
    var schema: OpenAPISchema?

    /// Takes over what a base gathered.
    mutating func merge(_ other: BuildState) throws(WaybillError) {
        for item in other.list.items { try list.append(item) }
        configuration.merge(other.configuration)
        try add(other.variables)
    }

    mutating func add(_ rules: [VariableRule]) throws(WaybillError) {
        for rule in rules {
            if let other = variables.first(where: { $0.name == rule.name }) {
                throw WaybillError(
                    .conflict, "vars: \(rule.name) is declared in \(other.place) too", subject: rule.place.description)
            }
            variables.append(rule)
        }
    }
}

/// Walks kustomizations from the root to its bases and back.
struct Builder {
    /// The deepest chain of bases and components.
    static let depthMax = 64

    let loader: Loader
    let root: String
    let metadata: Set<KustomizationFile.BuildMetadata>
    private var stack: [String] = []
    /// The first that a kustomization names, from the root down, counts for all.
    private var schema: OpenAPISchema?

    init(loader: Loader, root: String, metadata: Set<KustomizationFile.BuildMetadata>) {
        self.loader = loader
        self.root = root
        self.metadata = metadata
    }

    mutating func build(_ file: KustomizationFile, in folder: String) throws(WaybillError) -> BuildState {
        try build(file, in: folder, on: BuildState())
    }

    /// A component works on what its kustomization gathered so far.
    private mutating func build(
        _ file: KustomizationFile, in folder: String, on given: BuildState
    ) throws(WaybillError) -> BuildState {
        guard !stack.contains(folder) else {
            throw WaybillError(
                .invalidInput, "a circle of kustomizations: \((stack + [folder]).joined(separator: " → "))",
                subject: file.file)
        }
        guard stack.count < Self.depthMax else {
            throw WaybillError(.limitExceeded, "kustomizations nested deeper than \(Self.depthMax)", subject: file.file)
        }
        stack.append(folder)
        defer { stack.removeLast() }
        if schema == nil, let path = file.openAPI {
            let (name, bytes) = try loader.read(path, in: folder)
            schema = try OpenAPISchema(parsing: bytes, file: name)
        }
        var state = given
        for path in file.resources { try accumulate(path, in: folder, into: &state) }
        var configuration = TransformerConfiguration.empty
        for path in file.configurations {
            let (name, bytes) = try loader.read(path, in: folder)
            configuration.merge(try TransformerConfiguration(parsing: bytes, file: name))
        }
        for path in file.crds {
            let (name, bytes) = try loader.read(path, in: folder)
            configuration.merge(try TransformerConfiguration(definitions: bytes, file: name))
        }
        configuration.mergeBuiltIn()
        state.configuration.merge(configuration)
        try generate(file, in: folder, into: &state)
        for path in file.components {
            let target = try loader.folder(path, from: folder)
            let component = try loader.kustomization(in: target)
            guard component.isComponent else {
                throw path.failure(
                    .invalidInput, "\(component.file) is not a component", remedy: "name it in resources")
            }
            state = try build(component, in: target, on: state)
        }
        state.schema = schema
        try transform(file, in: folder, &state)
        try state.bind(file.variables)
        return state
    }

    private mutating func accumulate(_ path: Located<String>, in folder: String, into state: inout BuildState)
        throws(WaybillError)
    {
        try loader.refuseRemote(path)
        if loader.isFile(path, in: folder) {
            let (name, bytes) = try loader.read(path, in: folder)
            let origin: Value = ["path": .string(FolderPath.relative(name, from: root))]
            for var item in try loader.items(bytes, file: name) {
                item.record.origin = origin
                try state.list.append(item)
            }
            return
        }
        let target = try loader.folder(path, from: folder)
        let base = try loader.kustomization(in: target)
        guard !base.isComponent else {
            throw path.failure(.invalidInput, "\(base.file) is a component", remedy: "name it in components")
        }
        try state.merge(try build(base, in: target))
    }

    private mutating func generate(
        _ file: KustomizationFile, in folder: String, into state: inout BuildState
    ) throws(WaybillError) {
        var rules = (file.configMaps + file.secrets).map { (rule: $0, by: Self.builtInMaker($0.product.rawValue)) }
        for document in try plugins(file.generators, in: folder) {
            guard let product = GeneratorRule.Product(rawValue: String(document.kind.dropLast("Generator".count))),
                document.kind.hasSuffix("Generator")
            else { throw document.refusal }
            var reader = try document.reader
            var rule = try GeneratorRule(&reader, product, name: reader.text("name") ?? document.name, defaults: nil)
            rule.namespace = rule.namespace ?? document.value["metadata"]?["namespace"]?.string
            rules.append((rule, document.maker))
        }
        for (rule, maker) in rules {
            var item = try rule.item(loader, in: folder)
            item.record.origin = [
                "configuredIn": .string(FolderPath.relative(maker.file ?? file.file, from: root)),
                "configuredBy": maker.by,
            ]
            try state.list.absorb(item)
        }
    }

    private static func builtInMaker(_ kind: String) -> (file: String?, by: Value) {
        (nil, ["apiVersion": "builtin", "kind": .string("\(kind)Generator")])
    }

    /// The transformations of one kustomization, in kustomize's order.
    private mutating func transform(
        _ file: KustomizationFile, in folder: String, _ state: inout BuildState
    ) throws(WaybillError) {
        var done: [String] = []
        let table = state.configuration
        for path in file.patchesStrategicMerge {
            try state.patch(inlineOrFile: path, loader, in: folder)
            done.append("PatchStrategicMergeTransformer")
        }
        for rule in file.patches {
            try state.patch(rule, loader, in: folder)
            done.append("PatchTransformer")
        }
        if let namespace = file.namespace, !namespace.isEmpty {
            try state.setNamespace(namespace, fields: table.namespace)
            done.append("NamespaceTransformer")
        }
        if !file.namePrefix.isEmpty {
            try state.addAffix(prefix: file.namePrefix, fields: table.namePrefix)
            done.append("PrefixTransformer")
        }
        if !file.nameSuffix.isEmpty {
            try state.addAffix(suffix: file.nameSuffix, fields: table.nameSuffix)
            done.append("SuffixTransformer")
        }
        for rule in file.labels {
            var fields = rule.fields
            if rule.includesSelectors {
                fields = fields.merging(table.commonLabels)
            } else {
                if rule.includesTemplates { fields = fields.merging(table.templateLabels) }
                fields = fields.merging([FieldSpec("metadata/labels", creates: true)])
            }
            try state.setEntries(rule.pairs, in: fields)
            done.append("LabelTransformer")
        }
        if !file.commonLabels.isEmpty { try state.setEntries(file.commonLabels, in: table.commonLabels) }
        // Where there are labels of either kind, the reference implementation records the common ones too.
        if !file.commonLabels.isEmpty || !file.labels.isEmpty { done.append("LabelTransformer") }
        if !file.commonAnnotations.isEmpty {
            try state.setEntries(file.commonAnnotations, in: table.commonAnnotations)
            done.append("AnnotationsTransformer")
        }
        for rule in file.patchesJSON {
            try state.patch(rule, loader, in: folder)
            done.append("PatchJson6902Transformer")
        }
        for rule in file.replicas {
            try state.setReplicas(rule, fields: table.replicas)
            done.append("ReplicaCountTransformer")
        }
        for rule in file.images {
            try state.setImage(rule, fields: table.images)
            done.append("ImageTagTransformer")
        }
        for entry in file.replacements {
            for rule in try replacements(entry, in: folder) { try state.replace(rule) }
            done.append("ReplacementTransformer")
        }
        let documents = try plugins(file.transformers, in: folder)
        guard metadata.contains(.transformerAnnotations) else {
            for document in documents { try apply(document, in: folder, &state) }
            return
        }
        let configuredIn = Value.string(FolderPath.relative(file.file, from: root))
        for kind in done {
            for index in state.list.items.indices {
                state.list.items[index].record.transformations.append([
                    "configuredIn": configuredIn, "configuredBy": ["apiVersion": "builtin", "kind": .string(kind)],
                ])
            }
        }
        for document in documents {
            try apply(document, in: folder, &state)
            let maker = document.maker
            let place = Value.string(FolderPath.relative(maker.file ?? file.file, from: root))
            for index in state.list.items.indices {
                state.list.items[index].record.transformations.append([
                    "configuredIn": place, "configuredBy": maker.by,
                ])
            }
        }
    }

    func replacements(_ entry: Located<ReplacementEntry>, in folder: String) throws(WaybillError)
        -> [ReplacementRule]
    {
        switch entry.value {
        case .rule(let rule): return [rule]
        case .path(let path):
            let (name, bytes) = try loader.read(Located(path, entry.place), in: folder)
            let nodes: [Node]
            do { nodes = try YAMLReader.nodes(from: bytes, schema: .kustomize) } catch { throw error.inFile(name) }
            var rules: [ReplacementRule] = []
            for node in nodes where node.scalar != .null {
                for element in node.elements ?? [node] { rules.append(try ReplacementRule(element, name)) }
            }
            return rules
        }
    }
}
