public import Documents
public import Kubernetes

/// The fields of one object that are not as the repository says.
public struct DriftReport: Equatable, Sendable {
    public struct Difference: Equatable, Sendable {
        /// `spec.template.spec.containers[0].image`.
        public var field: String
        /// Nil where the repository has no such field.
        public var desired: Value?
        /// Nil where the cluster has no such field.
        public var live: Value?
    }

    /// The most differences that a report lists.
    public static let differencesMax = 200

    public var object: ObjectKey
    public private(set) var differences: [Difference] = []

    public var isEmpty: Bool { differences.isEmpty }

    /// Compares what a dry run of the application answers with what is there. The server's own bookkeeping and the
    /// status do not count; a secret's values are told apart and not told.
    public init(object: ObjectKey, desired: Resource, live: Resource) {
        self.object = object
        let (one, other) = (Self.comparable(desired), Self.comparable(live))
        compare(one, other, at: Pointer())
        if object.kind.kind == "Secret", object.kind.group.isEmpty { redact() }
    }

    /// A change that the API refuses to make in place.
    init(object: ObjectKey, replacing reason: String) {
        self.object = object
        differences = [Difference(field: "(made anew: \(reason))", desired: nil, live: nil)]
    }

    private static func comparable(_ resource: Resource) -> Value {
        var value = resource.value
        value["status"] = nil
        for key in ["managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"] {
            if value["metadata"]?[key] != nil { value[Pointer(["metadata", key])] = nil }
        }
        return value
    }

    private mutating func compare(_ desired: Value?, _ live: Value?, at pointer: Pointer) {
        guard desired != live, differences.count < Self.differencesMax else { return }
        switch (desired, live) {
        case (.object(let one)?, .object(let other)?):
            for key in one.keys { compare(one[key], other[key], at: pointer.appending(key)) }
            for key in other.keys where one[key] == nil { compare(nil, other[key], at: pointer.appending(key)) }
        case (.array(let one)?, .array(let other)?):
            compareLists(one, other, at: pointer)
        default:
            differences.append(Difference(field: pointer.fieldPath, desired: desired, live: live))
        }
    }

    /// Elements are paired by their name where all have one, by their index otherwise.
    private mutating func compareLists(_ desired: [Value], _ live: [Value], at pointer: Pointer) {
        let names = (desired.map { $0["name"]?.string }, live.map { $0["name"]?.string })
        let all = names.0 + names.1
        guard !all.contains(nil), Set(names.0).count == desired.count, Set(names.1).count == live.count else {
            for index in 0..<max(desired.count, live.count) {
                compare(
                    desired.indices.contains(index) ? desired[index] : Value?.none,
                    live.indices.contains(index) ? live[index] : Value?.none,
                    at: pointer.appending(index))
            }
            return
        }
        for (index, element) in desired.enumerated() {
            compare(element, names.1.firstIndex(of: names.0[index]).map { live[$0] }, at: pointer.appending(index))
        }
        for (index, element) in live.enumerated() where !names.0.contains(names.1[index]) {
            compare(nil, element, at: pointer.appending(index))
        }
    }

    private mutating func redact() {
        for index in differences.indices where !differences[index].field.hasPrefix("metadata") {
            if differences[index].desired != nil { differences[index].desired = "(secret)" }
            if differences[index].live != nil { differences[index].live = "(another secret)" }
        }
    }
}
