import Documents
import Health
import Kubernetes
import WaybillCore

/// What is remembered of a live object: enough to see that somebody changed it, and how it is.
struct LiveMark: Hashable, Sendable {
    /// Changes when the specification, the labels or the annotations change; for kinds that count no generations, at
    /// every change.
    var version: String
    var health: ObjectHealth

    init(_ resource: Resource, now: Int64, rules: [CustomHealthRule]) {
        version = Self.version(of: resource)
        health = ObjectHealth.assess(resource, now: now, rules: rules)
    }

    static func version(of resource: Resource) -> String {
        guard let generation = resource.generation else { return "v\(resource.resourceVersion ?? "")" }
        var hash = StableHash()
        let names = resource.labels.sorted { $0.key.precedesByBytes($1.key) }
        for (key, value) in names { hash.add(key, value) }
        let notes = resource.annotations.sorted { $0.key.precedesByBytes($1.key) }
        for (key, value) in notes { hash.add(key, value) }
        return "g\(generation)-\(hash.text)"
    }
}

/// The same for the same texts in every process, which Swift's own is not.
struct StableHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ texts: String...) {
        for text in texts {
            for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            state = (state ^ 0xFF) &* 0x0000_0100_0000_01B3
        }
    }

    var text: String { String(state, radix: 36) }
}
