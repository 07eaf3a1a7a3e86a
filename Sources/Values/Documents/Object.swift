/// The members of a JSON object, in the order they were written, found by the bytes of their key.
public struct Object: Sendable {
    public struct Member: Sendable {
        public var key: String
        public var value: Value
    }

    public private(set) var members: [Member] = []
    /// Filled only where a linear search would be slow.
    private var index: [ByteKey: Int]?
    private static let linearSearchMax = 12

    public init() {}

    /// Later members replace earlier ones with the same key.
    public init(_ members: some Sequence<(key: String, value: Value)>) {
        self.members.reserveCapacity(members.underestimatedCount)
        for member in members { self[member.key] = member.value }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [String] { members.map(\.key) }

    /// Setting nil removes the member; a new member goes to the end.
    public subscript(key: String) -> Value? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?):
                members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                reindex()
            case (nil, let value?):
                index?[ByteKey(key)] = members.count
                members.append(Member(key: key, value: value))
                if index == nil, members.count > Self.linearSearchMax { reindex() }
            case (nil, nil):
                break
            }
        }
    }

    /// Changes a member where it stands, without copying it; nil where there is none.
    public mutating func update<Result, Failure: Error>(
        _ key: String, _ change: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let position = position(of: key) else { return nil }
        return try change(&members[position].value)
    }

    /// Whether there is such a member.
    public func has(_ key: String) -> Bool { position(of: key) != nil }

    private func position(of key: String) -> Int? {
        if let index { return index[ByteKey(key)] }
        return members.firstIndex { $0.key.hasSameBytes(as: key) }
    }

    private mutating func reindex() {
        guard members.count > Self.linearSearchMax else { return index = nil }
        var fresh: [ByteKey: Int] = [:]
        fresh.reserveCapacity(members.count * 2)
        for (position, member) in members.enumerated() { fresh[ByteKey(member.key)] = position }
        index = fresh
    }

    /// The same members ordered by the bytes of their keys.
    public func sorted() -> Object {
        var result = Object()
        result.members = members.sorted { $0.key.precedesByBytes($1.key) }
        result.reindex()
        return result
    }
}

extension Object: Hashable {
    /// Order does not matter, as in JSON.
    public static func == (left: Object, right: Object) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for member in members {
            var each = Hasher()
            ByteKey(member.key).hash(into: &each)
            member.value.hash(into: &each)
            combined ^= each.finalize()
        }
        hasher.combine(combined)
    }
}

extension Object: Sequence {
    public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension Object: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements.map { (key: $0.0, value: $0.1) })
    }
}

/// A string compared by its UTF-8 bytes. `String ==` takes canonically equivalent texts for one, which lets an
/// attacker hide a key behind another.
struct ByteKey: Hashable, Sendable {
    let text: String
    init(_ text: String) { self.text = text }
    static func == (left: ByteKey, right: ByteKey) -> Bool { left.text.hasSameBytes(as: right.text) }
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Equality by UTF-8 bytes.
    public func hasSameBytes(as other: String) -> Bool {
        // Texts of plain ASCII have one form only, so the fast comparison says the same.
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        let same = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
        }
        return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
    /// Order by UTF-8 bytes.
    public func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
