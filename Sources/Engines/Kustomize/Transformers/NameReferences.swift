import Documents
import WaybillCore

/// Puts the new names of resources into the fields that hold the old ones.
extension BuildState {
    mutating func fixNameReferences() throws(WaybillError) {
        let candidates = list.items.enumerated().compactMap { index, item -> Candidate? in
            item.previous.isEmpty ? nil : Candidate(index: index, item: item)
        }
        guard !candidates.isEmpty else { return }
        for index in list.items.indices {
            let referrer = list.items[index]
            let (now, before) = (referrer.id, referrer.originalID)
            let reachable = candidates.filter { Self.canReach($0, from: referrer, now) }
            for reference in configuration.nameReferences {
                let targets = reachable.filter { $0.previous.contains(where: reference.target.matches) }
                guard !targets.isEmpty else { continue }
                for spec in reference.referrers where spec.kind.matches(before) {
                    let search = ReferralSearch(referrer: referrer, spec: spec, targets: targets)
                    var plain = spec
                    plain.creates = false
                    try plain.update(&list.items[index].value) { field throws(WaybillError) in try search.update(&field)
                    }
                }
            }
        }
    }

    /// Objects of one namespace refer to each other, objects of the cluster to and from everything, and a role
    /// binding to accounts of the namespaces that it names.
    private static func canReach(_ candidate: Candidate, from referrer: Item, _ id: ResourceID) -> Bool {
        if id.isClusterScoped || candidate.now.isClusterScoped
            || candidate.now.effectiveNamespace == id.effectiveNamespace
        {
            return true
        }
        guard id.kind == "RoleBinding" else { return false }
        return (referrer.value["subjects"]?.array ?? []).contains { subject in
            guard subject["kind"]?.string == "ServiceAccount", let namespace = subject["namespace"]?.string else {
                return false
            }
            return namespace == candidate.now.namespace || namespace == candidate.original.effectiveNamespace
        }
    }
}

/// A resource whose name changed.
struct Candidate {
    var index: Int
    var now: ResourceID
    var original: ResourceID
    var previous: [ResourceID]
    var prefixes: [String]
    var suffixes: [String]

    init(index: Int, item: Item) {
        self.index = index
        now = item.id
        previous = item.previousIDs
        original = previous.first ?? now
        prefixes = item.prefixes
        suffixes = item.suffixes
    }
}

/// Finds what one field of one resource refers to.
struct ReferralSearch {
    var referrer: Item
    var spec: FieldSpec
    var targets: [Candidate]

    func update(_ field: inout Value) throws(WaybillError) {
        switch field {
        case .string(let name):
            if let found = try select(name, targets, comparingNamespaces: false) { field = .string(found.now.name) }
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
            throw referrer.failure(
                .invalidInput, "\(spec.path.joined(separator: ".")): there is no “name” to refer with")
        }
        var candidates = targets
        if let namespace = field["namespace"]?.string {
            let original = targets.filter {
                !$0.original.isClusterScoped && $0.original.effectiveNamespace == namespace
            }
            candidates = original.isEmpty ? targets.filter { $0.now.effectiveNamespace == namespace } : original
        }
        guard let found = try select(name, candidates, comparingNamespaces: true) else { return }
        field["name"] = .string(found.now.name)
        if !found.now.namespace.isEmpty { field["namespace"] = .string(found.now.namespace) }
    }

    private func select(_ name: String, _ candidates: [Candidate], comparingNamespaces: Bool) throws(WaybillError)
        -> Candidate?
    {
        let id = referrer.id
        var found = candidates.filter { candidate in candidate.previous.contains { $0.name == name } }
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
