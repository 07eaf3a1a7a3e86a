/// Distinct values in Rego's order.
public struct RegoSet: Sendable, Sequence {
    public let elements: [RegoValue]

    public init(_ elements: [RegoValue]) {
        guard elements.count > 1 else {
            self.elements = elements
            return
        }
        var sorted = elements
        if !Self.isOrdered(elements) { sorted.sort() }
        var distinct: [RegoValue] = []
        distinct.reserveCapacity(elements.count)
        for element in sorted where distinct.last != element { distinct.append(element) }
        self.elements = distinct
    }

    /// For elements known to be distinct and in order.
    init(ordered elements: [RegoValue]) { self.elements = elements }

    private static func isOrdered(_ elements: [RegoValue]) -> Bool {
        for index in 1..<elements.count where RegoValue.compare(elements[index - 1], elements[index]) > 0 {
            return false
        }
        return true
    }

    public var count: Int { elements.count }
    public var isEmpty: Bool { elements.isEmpty }
    public func makeIterator() -> IndexingIterator<[RegoValue]> { elements.makeIterator() }

    public func contains(_ element: RegoValue) -> Bool { position(of: element) != nil }

    @_effects(readonly)
    func position(of element: RegoValue) -> Int? { elements.orderedPosition(of: element) }

    func union(_ other: RegoSet) -> RegoSet { RegoSet(elements + other.elements) }
    func intersection(_ other: RegoSet) -> RegoSet { RegoSet(ordered: elements.filter(other.contains)) }
    func subtracting(_ other: RegoSet) -> RegoSet { RegoSet(ordered: elements.filter { !other.contains($0) }) }
}

/// Members with distinct keys, in Rego's order of the keys.
///
/// The keys are apart from the values: objects read from one document share them where they have the same form.
public struct RegoObject: Sendable, Sequence {
    public struct Member: Sendable {
        public let key: RegoValue
        public let value: RegoValue

        public init(key: RegoValue, value: RegoValue) {
            self.key = key
            self.value = value
        }
    }

    /// Walks the members without putting them together first.
    public struct Iterator: IteratorProtocol {
        let object: RegoObject
        var index = 0

        public mutating func next() -> Member? {
            guard index < object.values.count else { return nil }
            defer { index += 1 }
            return Member(key: object.shape.keys[index], value: object.values[index])
        }
    }

    let shape: ObjectShape
    public let values: [RegoValue]

    /// Of members with the same key the last one stays.
    public init(_ members: [Member]) {
        var ordered = members
        if !Self.isOrdered(members) {
            // The sort is stable, so that the last of equal keys comes last.
            var distinct: [Member] = []
            distinct.reserveCapacity(members.count)
            for member in members.sorted(by: { $0.key < $1.key }) {
                if distinct.last?.key == member.key { distinct.removeLast() }
                distinct.append(member)
            }
            ordered = distinct
        }
        self.init(ordered: ordered)
    }

    /// For members known to be distinct and in order.
    init(ordered members: [Member]) {
        self.init(shape: ObjectShape(ordered: members.map(\.key)), values: members.map(\.value))
    }

    /// For values in the order of the shape's keys.
    init(shape: ObjectShape, values: [RegoValue]) {
        self.shape = shape
        self.values = values
    }

    private static func isOrdered(_ members: [Member]) -> Bool {
        guard members.count > 1 else { return true }
        for index in 1..<members.count where RegoValue.compare(members[index - 1].key, members[index].key) >= 0 {
            return false
        }
        return true
    }

    public var count: Int { values.count }
    public var isEmpty: Bool { values.isEmpty }
    public var keys: [RegoValue] { shape.keys }
    public var members: [Member] { Array(self) }
    public var underestimatedCount: Int { values.count }
    public func makeIterator() -> Iterator { Iterator(object: self) }

    public subscript(key: RegoValue) -> RegoValue? { shape.position(of: key).map { values[$0] } }
    public subscript(key: String) -> RegoValue? { self[.string(key)] }

    /// The same with one member set.
    func setting(_ key: RegoValue, to value: RegoValue) -> RegoObject {
        var values = values
        if let index = shape.position(of: key) {
            values[index] = value
            return RegoObject(shape: shape, values: values)
        }
        var keys = shape.keys
        let index = keys.lowerBound(of: key)
        keys.insert(key, at: index)
        values.insert(value, at: index)
        return RegoObject(shape: ObjectShape(ordered: keys), values: values)
    }

    func removing(_ key: RegoValue) -> RegoObject {
        RegoObject(ordered: members.filter { $0.key != key })
    }
}

extension [RegoValue] {
    /// The first place whose value is not below the given one; for values in order.
    func lowerBound(of value: RegoValue) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if RegoValue.compare(self[middle], value) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Where the value is; for values in order.
    func orderedPosition(of value: RegoValue) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let order = RegoValue.compare(self[middle], value)
            if order == 0 { return middle }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
