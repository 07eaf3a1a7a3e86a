/// Distinct values in Rego's order.
public struct RegoSet: Sendable, Sequence {
    public let elements: [RegoValue]

    public init(_ elements: [RegoValue]) {
        guard elements.count > 1 else {
            self.elements = elements
            return
        }
        var distinct: [RegoValue] = []
        distinct.reserveCapacity(elements.count)
        for element in elements.sorted() where distinct.last != element { distinct.append(element) }
        self.elements = distinct
    }

    /// For elements known to be distinct and in order.
    init(ordered elements: [RegoValue]) { self.elements = elements }

    public var count: Int { elements.count }
    public var isEmpty: Bool { elements.isEmpty }
    public func makeIterator() -> IndexingIterator<[RegoValue]> { elements.makeIterator() }

    public func contains(_ element: RegoValue) -> Bool {
        let index = lowerBound(elements.count) { RegoValue.compare(elements[$0], element) }
        return index < elements.count && elements[index] == element
    }

    func union(_ other: RegoSet) -> RegoSet { RegoSet(elements + other.elements) }
    func intersection(_ other: RegoSet) -> RegoSet { RegoSet(ordered: elements.filter(other.contains)) }
    func subtracting(_ other: RegoSet) -> RegoSet { RegoSet(ordered: elements.filter { !other.contains($0) }) }
}

/// Members with distinct keys, in Rego's order of the keys.
public struct RegoObject: Sendable, Sequence {
    public struct Member: Sendable {
        public let key: RegoValue
        public let value: RegoValue
    }

    public let members: [Member]

    /// Of members with the same key the last one stays.
    public init(_ members: [Member]) {
        guard members.count > 1 else {
            self.members = members
            return
        }
        var distinct: [Member] = []
        distinct.reserveCapacity(members.count)
        // The sort is stable, so that the last of equal keys comes last.
        for member in members.sorted(by: { $0.key < $1.key }) {
            if distinct.last?.key == member.key { distinct.removeLast() }
            distinct.append(member)
        }
        self.members = distinct
    }

    /// For members known to be distinct and in order.
    init(ordered members: [Member]) { self.members = members }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }
    public var keys: [RegoValue] { members.map(\.key) }
    public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }

    public subscript(key: RegoValue) -> RegoValue? {
        let index = lowerBound(members.count) { RegoValue.compare(members[$0].key, key) }
        guard index < members.count, members[index].key == key else { return nil }
        return members[index].value
    }

    public subscript(key: String) -> RegoValue? { self[.string(key)] }

    /// The same with one member set.
    func setting(_ key: RegoValue, to value: RegoValue) -> RegoObject {
        let index = lowerBound(members.count) { RegoValue.compare(members[$0].key, key) }
        var changed = members
        if index < members.count, members[index].key == key {
            changed[index] = Member(key: key, value: value)
        } else {
            changed.insert(Member(key: key, value: value), at: index)
        }
        return RegoObject(ordered: changed)
    }

    func removing(_ key: RegoValue) -> RegoObject {
        RegoObject(ordered: members.filter { $0.key != key })
    }
}

/// The first index whose order is not below zero.
private func lowerBound(_ count: Int, _ order: (Int) -> Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
        let middle = (low + high) / 2
        if order(middle) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
}
