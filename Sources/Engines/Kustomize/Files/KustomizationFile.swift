import Documents
import WaybillCore

/// A `kustomization.yaml`, read completely: a field that is not known is an error, one that is known and cannot be
/// honoured here is an error that says why.
struct KustomizationFile {
    static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    var file: String
    var isComponent = false
    var resources: [Located<String>] = []
    var components: [Located<String>] = []
    var configurations: [Located<String>] = []
    /// Definitions of custom kinds: which of their fields hold names.
    var crds: [Located<String>] = []
    /// A schema in the place of the built-in kinds' merge keys.
    var openAPI: Located<String>?
    var generators: [Located<String>] = []
    var transformers: [Located<String>] = []
    var namespace: String?
    var namePrefix = ""
    var nameSuffix = ""
    var labels: [LabelRule] = []
    var commonLabels: [(key: String, value: String)] = []
    var commonAnnotations: [(key: String, value: String)] = []
    var patches: [PatchRule] = []
    var patchesStrategicMerge: [Located<String>] = []
    var patchesJSON: [PatchRule] = []
    var images: [ImageRule] = []
    var replicas: [ReplicaRule] = []
    var configMaps: [GeneratorRule] = []
    var secrets: [GeneratorRule] = []
    var replacements: [Located<ReplacementEntry>] = []
    var variables: [VariableRule] = []
    var metadata: Set<BuildMetadata> = []
    var sort: SortRule?

    enum BuildMetadata: String, CaseIterable { case originAnnotations, transformerAnnotations, managedByLabel }

    struct SortRule {
        var isLegacy: Bool
        var first: [String]?
        var last: [String]?
    }

    init(parsing bytes: [UInt8], file: String) throws(WaybillError) {
        self.file = file
        let node: Node
        // The kustomization itself is read as Kubernetes tools read their settings, unlike the manifests: a plain `yes`
        // is a boolean, and no text.
        do { node = try YAMLReader.node(from: bytes, schema: .kubernetes) } catch { throw error.inFile(file) }
        let isEmpty = node.members?.allSatisfy { member in
            ["apiVersion", "kind"].contains(member.key) || member.node.scalar == .null
        }
        guard isEmpty == false else {
            throw WaybillError(
                .invalidInput,
                node.members == nil && node.scalar != .null
                    ? "expected an object, found \(node.typeName)" : "the kustomization is empty",
                subject: file, remedy: "name at least one resource")
        }
        var reader = try Reader(node, of: "kustomization", file: file)
        try refuse(&reader)
        try readHeader(&reader)
        resources = try reader.texts("resources") + reader.texts("bases")
        components = try reader.texts("components")
        configurations = try reader.texts("configurations")
        crds = try reader.texts("crds")
        openAPI = try Self.openAPI(&reader)
        generators = try reader.texts("generators")
        transformers = try reader.texts("transformers")
        namespace = try reader.text("namespace")
        namePrefix = try reader.text("namePrefix") ?? ""
        nameSuffix = try reader.text("nameSuffix") ?? ""
        labels = try reader.list("labels", LabelRule.init)
        commonLabels = try reader.map("commonLabels")
        commonAnnotations = try reader.map("commonAnnotations")
        patches = try reader.list("patches", PatchRule.init)
        patchesStrategicMerge = try reader.texts("patchesStrategicMerge")
        patchesJSON = try reader.list("patchesJson6902", PatchRule.init)
        images = try reader.list("images", ImageRule.init) + reader.list("imageTags", ImageRule.init)
        replicas = try reader.list("replicas", ReplicaRule.init)
        let options = try reader.node("generatorOptions").map { node throws(WaybillError) in
            try GeneratorOptions(node, file)
        }
        configMaps = try reader.list("configMapGenerator") { node, file throws(WaybillError) in
            try GeneratorRule(node, file, .configMap, defaults: options)
        }
        secrets = try reader.list("secretGenerator") { node, file throws(WaybillError) in
            try GeneratorRule(node, file, .secret, defaults: options)
        }
        replacements = try reader.list("replacements") { node, file throws(WaybillError) in
            Located(try ReplacementEntry(node, file), SourceLocation(file: file, position: node.position))
        }
        variables = try reader.list("vars", VariableRule.init)
        for word in try reader.texts("buildMetadata") {
            guard let known = BuildMetadata(rawValue: word.value) else {
                throw word.failure(.invalidInput, "buildMetadata: \(Redaction.excerpt(word.value)) is not known")
            }
            metadata.insert(known)
        }
        try readSort(&reader)
        try reader.finish()
        for (replacement, name) in [("patches", patchesJSON), ("patches", patches)] {
            for rule in name where rule.path == nil && rule.text == nil {
                throw rule.failure("\(replacement): a patch needs “path” or “patch”")
            }
        }
    }

    /// The built-in schema has one version; a schema of the user's own is a file.
    private static func openAPI(_ reader: inout Reader) throws(WaybillError) -> Located<String>? {
        guard let node = reader.node("openapi"), node.scalar != .null else { return nil }
        var inner = try Reader(node, of: "openapi", file: reader.file)
        let path = try inner.text("path"), version = try inner.text("version")
        try inner.finish()
        let place = inner.place
        guard path == nil || version == nil else {
            throw WaybillError(
                .invalidInput, "openapi: “path” or “version”, not both", subject: place.description)
        }
        if let version, version != "v1.21.2" {
            throw WaybillError(
                .invalidInput, "openapi.version: there is no schema \(Redaction.excerpt(version)), only v1.21.2",
                subject: place.description)
        }
        return path.map { Located($0, place) }
    }

    private mutating func readHeader(_ reader: inout Reader) throws(WaybillError) {
        let version = try reader.text("apiVersion")
        let kind = try reader.text("kind")
        isComponent = kind == "Component"
        guard kind == nil || kind == "Kustomization" || kind == "Component" else {
            throw WaybillError(
                .invalidInput, "kind: expected Kustomization or Component, found \(Redaction.excerpt(kind ?? ""))",
                subject: file)
        }
        let expected = isComponent ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1"
        guard version == nil || version == expected else {
            throw WaybillError(
                .invalidInput, "apiVersion: expected \(expected), found \(Redaction.excerpt(version ?? ""))",
                subject: file)
        }
        // Labels and annotations of the file itself mean nothing to a build.
        _ = reader.node("metadata")
    }

    private mutating func readSort(_ reader: inout Reader) throws(WaybillError) {
        guard let node = reader.node("sortOptions") else { return }
        var inner = try Reader(node, of: "sortOptions", file: file)
        let order = try inner.text("order") ?? ""
        guard order == "legacy" || order == "fifo" else {
            throw WaybillError(
                .invalidInput, "sortOptions.order: expected legacy or fifo", subject: inner.place.description)
        }
        var rule = SortRule(isLegacy: order == "legacy")
        if let legacy = inner.node("legacySortOptions") {
            var lists = try Reader(legacy, of: "legacySortOptions", file: file)
            rule.first = try lists.texts("orderFirst").map(\.value)
            rule.last = try lists.texts("orderLast").map(\.value)
            try lists.finish()
        }
        try inner.finish()
        sort = rule
    }

    /// Known to kustomize and not honoured here, each for its reason.
    private func refuse(_ reader: inout Reader) throws(WaybillError) {
        let refused = [
            ("helmCharts", "charts are fetched from elsewhere and run templates"),
            ("helmChartInflationGenerator", "charts are fetched from elsewhere and run templates"),
            ("helmGlobals", "charts are fetched from elsewhere and run templates"),
            ("validators", "validators are programs; use policy instead"),
        ]
        for (key, reason) in refused {
            guard let node = reader.node(key), node.elements?.isEmpty != true else { continue }
            throw WaybillError(
                .unsupported, "\(key) is not supported: \(reason)", subject: reader.place(of: node).description,
                remedy: key.hasPrefix("helm") ? "commit the rendered manifests" : nil)
        }
    }
}
