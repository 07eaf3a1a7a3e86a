import Documents
import WaybillCore

/// Puts the new names of resources into the fields that hold the old ones.
extension BuildState {
    mutating func fixNameReferences() throws(WaybillError) {
        list.settleIDs()
        let candidates = list.items.compactMap { $0.previous.isEmpty ? nil : Candidate($0) }
        guard !candidates.isEmpty else { return }
        let table = ReferralTable(candidates, configuration.nameReferences)
        for index in list.items.indices {
            let fields = table.fields(of: list.items[index].originalID)
            guard !fields.isEmpty else { continue }
            let referrer = list.items[index]
            for field in fields {
                let search = ReferralSearch(referrer: referrer, spec: field.spec, targets: field.targets)
                try field.spec.update(&list.items[index].value) { value throws(WaybillError) in
                    try search.update(&value)
                }
            }
        }
    }
}

/// Which fields of which kinds may hold the name of what was renamed.
private struct ReferralTable {
    /// A field with the renamed resources that it may name, by all names that each ever had.
    struct Field {
        var spec: FieldSpec
        var targets: [String: [Candidate]]
    }

    private var fields: [Field] = []

    init(_ candidates: [Candidate], _ references: [TransformerConfiguration.NameReference]) {
        for reference in references {
            var targets: [String: [Candidate]] = [:]
            for candidate in candidates where candidate.previous.contains(where: reference.target.matches) {
                for name in Set(candidate.previous.map(\.name)) { targets[name, default: []].append(candidate) }
            }
            guard !targets.isEmpty else { continue }
            for var spec in reference.referrers {
                spec.creates = false
                fields.append(Field(spec: spec, targets: targets))
            }
        }
    }

    func fields(of id: ResourceID) -> [Field] { fields.filter { $0.spec.kind.matches(id) } }
}

/// A resource whose name changed.
struct Candidate {
    var now: ResourceID
    var original: ResourceID
    var previous: [ResourceID]
    var prefixes: [String]
    var suffixes: [String]

    init(_ item: Item) {
        now = item.id
        previous = item.previousIDs
        original = previous.first ?? now
        prefixes = item.prefixes
        suffixes = item.suffixes
    }

    /// Objects of one namespace refer to each other, objects of the cluster to and from everything, and a role
    /// binding to accounts of the namespaces that it names.
    func isReachable(from referrer: Item) -> Bool {
        let id = referrer.id
        if id.isClusterScoped || now.isClusterScoped || now.effectiveNamespace == id.effectiveNamespace { return true }
        guard id.kind == "RoleBinding" else { return false }
        return (referrer.value["subjects"]?.array ?? []).contains { subject in
            guard subject["kind"]?.string == "ServiceAccount", let namespace = subject["namespace"]?.string else {
                return false
            }
            return namespace == now.namespace || namespace == original.effectiveNamespace
        }
    }
}

/// Finds what one field of one resource refers to.
struct ReferralSearch {
    var referrer: Item
    var spec: FieldSpec
    /// By the names that they had.
    var targets: [String: [Candidate]]

    func update(_ field: inout Value) throws(WaybillError) {
        switch field {
        case .string(let name):
            let candidates = candidates(named: name)
            if let found = try select(name, candidates, comparingNamespaces: false) { field = .string(found.now.name) }
        case .object: try updateObject(&field)
        case .array(var elements):
            for index in elements.indices { try update(&elements[index]) }
            field = .array(elements)
        default: break
        }
    }

    /// A reference with a name and perhaps a namespace.
    private func updateObject(_ field: inout Value) throws(WaybillError) {
        guard let name = field["name"]?.string else {
            guard targets.values.contains(where: { $0.contains { $0.isReachable(from: referrer) } }) else { return }
            throw referrer.failure(
                .invalidInput, "\(spec.path.joined(separator: ".")): there is no “name” to refer with")
        }
        var candidates = candidates(named: name)
        if let namespace = field["namespace"]?.string {
            // Which of the two namespaces counts is decided by all that may be meant, whatever their names.
            let isOriginal = { (candidate: Candidate) in
                !candidate.original.isClusterScoped && candidate.original.effectiveNamespace == namespace
            }
            let hasOriginal = targets.values.contains {
                $0.contains { isOriginal($0) && $0.isReachable(from: referrer) }
            }
            candidates = candidates.filter {
                hasOriginal ? isOriginal($0) : $0.now.effectiveNamespace == namespace
            }
        }
        guard let found = try select(name, candidates, comparingNamespaces: true) else { return }
        field["name"] = .string(found.now.name)
        if !found.now.namespace.isEmpty { field["namespace"] = .string(found.now.namespace) }
    }

    private func candidates(named name: String) -> [Candidate] {
        targets[name]?.filter { $0.isReachable(from: referrer) } ?? []
    }

    private func select(_ name: String, _ candidates: [Candidate], comparingNamespaces: Bool) throws(WaybillError)
        -> Candidate?
    {
        let id = referrer.id
        var found = candidates
        if let role = roleReference { found = found.filter { $0.previous.contains(where: role.matches) } }
        if !id.isClusterScoped {
            found = found.filter {
                $0.now.isClusterScoped || $0.now.kind == "ServiceAccount"
                    || $0.now.effectiveNamespace == id.effectiveNamespace
            }
        }
        if found.count == 1 { return found[0] }
        for strict in [false, true] {
            found = found.filter { sharesAffixes($0, strict: strict) }
            if found.count == 1 { return found[0] }
        }
        guard let first = found.first else { return nil }
        guard
            found.allSatisfy({
                $0.now.name == first.now.name && (!comparingNamespaces || $0.now.namespace == first.now.namespace)
            })
        else {
            throw referrer.failure(
                .conflict,
                "\(spec.path.joined(separator: ".")): “\(name)” could be any of \(found.map(\.now.description).joined(separator: ", "))"
            )
        }
        return first
    }

    /// A role binding says itself of which kind its role is.
    private var roleReference: KindPattern? {
        guard spec.path.suffix(2) == ["roleRef", "name"], let reference = referrer.value["roleRef"],
            let group = reference["apiGroup"]?.string, let kind = reference["kind"]?.string
        else { return nil }
        return KindPattern(group: group, kind: kind)
    }

    /// Of several the one that went through the same layers is meant.
    private func sharesAffixes(_ candidate: Candidate, strict: Bool) -> Bool {
        func share(_ left: [String], _ right: [String]) -> Bool {
            if left.isEmpty || right.isEmpty { return !strict || left.isEmpty && right.isEmpty }
            let count = min(left.count, right.count)
            return left.suffix(count) == right.suffix(count)
        }
        return share(candidate.prefixes, referrer.prefixes) && share(candidate.suffixes, referrer.suffixes)
    }
}
