/// The annotations of all modules, by what they describe.
struct AnnotationSet {
    /// Scopes that hold for a document: `document`, `package`, `subpackages`.
    private var documents: [RegoValue: Annotation] = [:]
    private var packages: [RegoValue: Annotation] = [:]
    private var subpackages: [RegoValue: Annotation] = [:]
    /// By file and row of the rule, those nearest to it first.
    private var rules: [RulePlace: [Annotation]] = [:]
    /// Documents that are described twice.
    private(set) var errors: [RegoError] = []

    private struct RulePlace: Hashable {
        var file: String
        var row: Int
    }

    init(_ modules: [Module]) {
        for module in modules {
            for annotation in module.annotations { add(annotation, in: module) }
        }
    }

    private mutating func add(_ annotation: Annotation, in module: Module) {
        let path = RegoValue.array(annotation.path)
        let first: Annotation?
        switch annotation.scope {
        case "document": first = Self.insert(annotation, at: path, into: &documents)
        case "package": first = Self.insert(annotation, at: path, into: &packages)
        case "subpackages": first = Self.insert(annotation, at: path, into: &subpackages)
        default:
            first = nil
            let place = RulePlace(file: module.file, row: annotation.row)
            rules[place, default: []].insert(annotation, at: 0)
        }
        guard let place = first?.location else { return }
        let text = place.file.isEmpty ? "\(place.row):\(place.column)" : "\(place.file):\(place.row)"
        errors.append(
            RegoError(.type, "\(annotation.scope) annotation redeclared: \(text)", at: annotation.location))
    }

    /// The one that is there already.
    private static func insert(
        _ annotation: Annotation, at path: RegoValue, into map: inout [RegoValue: Annotation]
    ) -> Annotation? {
        if let known = map[path] { return known }
        map[path] = annotation
        return nil
    }

    /// From the widest to the rule's own.
    func all(for rule: Rule, in module: Module) -> [Annotation] {
        chain(for: rule, in: module).compactMap(\.annotation).reversed()
    }

    /// What `rego.metadata.rule()` gives.
    func own(_ rule: Rule, in module: Module) -> RegoValue {
        rules[RulePlace(file: module.file, row: rule.location.row)]?.first?.value ?? .object(RegoObject([]))
    }

    /// What `rego.metadata.chain()` gives: from the rule outward.
    func shownChain(for rule: Rule, in module: Module) -> RegoValue {
        .array(
            chain(for: rule, in: module).map { entry in
                guard let annotation = entry.annotation else { return ["path": .array(entry.path)] }
                return ["annotations": annotation.value, "path": .array(entry.path)]
            })
    }

    private func chain(for rule: Rule, in module: Module) -> [(path: [RegoValue], annotation: Annotation?)] {
        let package = module.package.map { RegoValue.string($0) }
        let path = package + rule.groundPath
        let own = rules[RulePlace(file: module.file, row: rule.location.row)] ?? []
        var result: [(path: [RegoValue], annotation: Annotation?)] = own.map { (path, $0) }
        // There is always an entry for the rule, also where nothing is said of it.
        if result.isEmpty { result.append((path, nil)) }
        if let document = documents[.array(path)] { result.append((path, document)) }
        if let whole = packages[.array(package)] { result.append((package, whole)) }
        for count in (0...package.count).reversed() {
            let prefix = Array(package.prefix(count))
            if let outer = subpackages[.array(prefix)] { result.append((prefix, outer)) }
        }
        return result
    }
}
