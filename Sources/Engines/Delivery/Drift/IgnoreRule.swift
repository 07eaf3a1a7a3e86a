public import Documents
public import Kubernetes
import WaybillCore

/// Differences that are nobody's mistake: fields that others set by right.
public struct IgnoreRule: Hashable, Sendable {
    /// Nil and empty mean every one.
    public var group: String?
    public var kind: String?
    public var namespace: String?
    public var name: String?
    public var pointers: [Pointer]
    /// Fields that these managers own in the live object.
    public var managers: [String]
    /// Files of the repository whose rules in Rego say which fields.
    public var rego: [String]

    public init(
        group: String? = nil, kind: String? = nil, namespace: String? = nil, name: String? = nil,
        pointers: [Pointer] = [], managers: [String] = [], rego: [String] = []
    ) {
        self.group = group
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.pointers = pointers
        self.managers = managers
        self.rego = rego
    }

    public func covers(_ key: ObjectKey) -> Bool {
        (group.map { $0.hasSameBytes(as: key.kind.group) } ?? true)
            && (kind.map { $0.hasSameBytes(as: key.kind.kind) } ?? true)
            && (namespace.map { $0.hasSameBytes(as: key.namespace) } ?? true)
            && (name.map { $0.hasSameBytes(as: key.name) } ?? true)
    }

    /// Everything that the rules leave alone in an object.
    static func pointers(_ rules: [IgnoreRule], for live: Resource) -> IgnoredFields {
        var ignored = IgnoredFields()
        for rule in rules where rule.covers(live.key) {
            ignored.pointers += rule.pointers
            guard !rule.managers.isEmpty else { continue }
            // Bookkeeping that cannot be read owns nothing.
            guard let managed = try? ManagedFields(live["metadata", "managedFields"]) else { continue }
            for (manager, entry) in managed.entries
            where rule.managers.contains(where: { $0.hasSameBytes(as: manager.name) }) {
                ignored.pointers += OwnedFields.pointers(entry.fields.fieldsV1, in: live.value)
            }
        }
        return ignored
    }
}

/// The fields of one object that are left alone.
struct IgnoredFields {
    var pointers: [Pointer] = []

    /// The predicted object with the live values of what is ignored: no difference is seen there.
    func adopting(_ live: Resource, into predicted: Resource) -> Resource {
        var result = predicted
        for pointer in pointers where result.value[pointer] != live.value[pointer] {
            result.value[pointer] = live.value[pointer]
        }
        return result
    }

    /// What is sent to a live object: without the ignored fields, so that their owners keep them.
    func removed(from desired: Resource) -> Resource {
        var result = desired
        // From the end, so that the indices of lists stay true.
        for pointer in pointers.sorted(by: { $1.tokens.count < $0.tokens.count || $1.description < $0.description }) {
            if result.value[pointer] != nil { result.value[pointer] = nil }
        }
        return result
    }
}

/// Fields as `managedFields` writes them, found in an object.
enum OwnedFields {
    /// Sets are followed so deep; the API itself nests less.
    private static let depthMax = 64

    /// The leaves of a set that are there in the object.
    static func pointers(_ fields: Value, in object: Value) -> [Pointer] {
        var found: [Pointer] = []
        walk(fields, object, Pointer(), 0, &found)
        return found
    }

    private static func walk(_ fields: Value, _ object: Value, _ at: Pointer, _ depth: Int, _ found: inout [Pointer]) {
        guard depth < depthMax else { return }
        for member in fields.object?.members ?? [] {
            guard member.key != ".", let step = step(member.key, object) else { continue }
            let next = at.appending(step)
            guard let child = object[Pointer([step])] else { continue }
            let inner = member.value.object?.members.filter { $0.key != "." } ?? []
            if inner.isEmpty { found.append(next) } else { walk(member.value, child, next, depth + 1, &found) }
        }
    }

    /// `f:name`, `k:{"name":"web"}`, `v:"text"`, `i:0` as a token of a pointer.
    private static func step(_ key: String, _ object: Value) -> String? {
        guard let colon = key.firstIndex(of: ":") else { return nil }
        let rest = String(key[key.index(after: colon)...])
        // A key that cannot be read covers nothing, so that nothing is ignored by it.
        switch key[..<colon] {
        case "f": return rest
        case "i": return rest
        case "k":
            guard let wanted = try? JSONReader.value(from: rest), let members = wanted.object?.members else {
                return nil
            }
            let index = object.array?.firstIndex { element in members.allSatisfy { element[$0.key] == $0.value } }
            return index.map { String($0) }
        case "v":
            guard let wanted = try? JSONReader.value(from: rest) else { return nil }
            return object.array?.firstIndex(of: wanted).map { String($0) }
        default: return nil
        }
    }
}
