import Documents
public import SwiftProtobuf

/// Which fields a message type has, found by asking its own JSON reader: generated code has no other description.
public enum MessageFields {
    /// Fields inside one another that are looked at.
    static let depthMax = 12

    /// Whether the path of JSON names leads to a field, through messages, lists of messages and maps.
    public static func has<M: Message>(_ path: [String], in type: M.Type) -> Bool {
        guard !path.isEmpty, path.count <= depthMax else { return false }
        return exists(path[...], in: type, around: { $0 })
    }

    /// The same, but lists and maps are not looked into: where an update mask may point.
    public static func hasMaskable<M: Message>(_ path: [String], in type: M.Type) -> Bool {
        guard !path.isEmpty, path.count <= depthMax else { return false }
        var document = Value.null
        for name in path.reversed() { document = [name: document] }
        return accepts(document, type)
    }

    private static func exists<M: Message>(
        _ path: ArraySlice<String>, in type: M.Type, around: (Value) -> Value
    ) -> Bool {
        guard let name = path.first else { return true }
        let rest = path.dropFirst()
        if rest.isEmpty {
            // Null stands for any field; a map's value must be of its type.
            return [.null, "", [:]].contains { accepts(around([name: $0]), type) }
        }
        if accepts(around([name: [:]]), type), exists(rest, in: type, around: { around([name: $0]) }) { return true }
        return accepts(around([name: [[:]]]), type) && exists(rest, in: type) { around([name: [$0]]) }
    }

    private static func accepts<M: Message>(_ document: Value, _ type: M.Type) -> Bool {
        (try? MessageJSON.message(type, from: document)) != nil
    }
}
