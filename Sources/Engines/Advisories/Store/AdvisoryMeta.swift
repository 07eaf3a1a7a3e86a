public import Documents

/// Where data came from and when.
public struct AdvisoryMeta: Hashable, Sendable {
    /// When the data of an ecosystem came in, in milliseconds since 1970.
    public var imported: [String: Int64]
    /// Sources with the number of records that they gave: `RubySec`.
    public var sources: [String: Int]
    /// In the bytes of a change: from which state to which.
    var change: Value?

    public init(imported: [String: Int64] = [:], sources: [String: Int] = [:]) {
        self.imported = imported
        self.sources = sources
    }

    public var value: Value {
        var value: Value = [
            "imported": .object(Object(imported.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int($0.value))) })),
            "sources": .object(Object(sources.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
        ]
        if let change { value["change"] = change }
        return value
    }

    public init(_ value: Value) {
        imported = [:]
        sources = [:]
        for member in value["imported"]?.object ?? Object() {
            imported[member.key] = member.value.integer.map(Int64.init)
        }
        change = value["change"]
        for member in value["sources"]?.object ?? Object() { sources[member.key] = member.value.integer }
    }
}
