public import Packages

/// Advisories by the packages they are about, in memory. Withdrawn records are kept apart: they match nothing.
public struct AdvisoryIndex: Sendable {
    /// An ecosystem without release, and a package's normalised name.
    public struct Key: Hashable, Sendable {
        public var ecosystem: String
        public var name: String

        public init(_ ecosystem: Ecosystem, _ name: String) {
            self.ecosystem = ecosystem.name
            self.name = ecosystem.normalized(name)
        }
    }

    /// When the data of an ecosystem came in, in milliseconds since 1970.
    public private(set) var imported: [String: Int64]
    private var advisories: [String: Advisory] = [:]
    private var byKey: [Key: [String]] = [:]
    private var byName: [String: [String]] = [:]

    /// - Parameter imported: the moment of import by ecosystem name; ecosystems that only occur in the records count as
    ///   imported at the moment given for the empty name, or at no known moment.
    public init(_ advisories: some Sequence<Advisory> = [], imported: [String: Int64] = [:]) {
        self.imported = imported
        for advisory in advisories { insert(advisory) }
    }

    /// Takes a record in; a newer version of the same record replaces the older.
    public mutating func insert(_ advisory: Advisory) {
        if let old = advisories[advisory.id] {
            guard advisory.modified >= old.modified else { return }
            remove(old)
        }
        advisories[advisory.id] = advisory
        for name in advisory.names { byName[name.uppercased(), default: []].append(advisory.id) }
        guard advisory.withdrawn == nil else { return }
        for key in Self.keys(of: advisory) { byKey[key, default: []].append(advisory.id) }
    }

    private mutating func remove(_ advisory: Advisory) {
        for name in advisory.names { byName[name.uppercased()]?.removeAll { $0 == advisory.id } }
        for key in Self.keys(of: advisory) { byKey[key]?.removeAll { $0 == advisory.id } }
    }

    public static func keys(of advisory: Advisory) -> Set<Key> {
        Set(advisory.affected.map { Key($0.ecosystem, $0.name) })
    }

    public var count: Int { advisories.count }
    /// Every record, withdrawn ones too, ordered by id.
    public var all: [Advisory] { advisories.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) } }

    public subscript(id: String) -> Advisory? { advisories[id] }

    /// The records with this id or alias, whatever its letters' case.
    public func advisories(named name: String) -> [Advisory] {
        (byName[name.uppercased()] ?? []).sorted().compactMap { advisories[$0] }
    }

    /// The records about a package, of any release, ordered by id.
    public func advisories(about key: Key) -> [Advisory] {
        (byKey[key] ?? []).sorted().compactMap { advisories[$0] }
    }

    /// Ecosystem names that at least one record is about.
    public var ecosystems: Set<String> { Set(byKey.keys.lazy.map(\.ecosystem)) }
}

extension AdvisoryIndex {
    /// The same records with other moments of import.
    public func importing(at moments: [String: Int64]) -> AdvisoryIndex {
        var copy = self
        copy.imported = moments
        return copy
    }

    /// Every record tied to a name through common names, ordered by id.
    public func relatives(of name: String) -> [Advisory] {
        var found: [String: Advisory] = [:]
        var pending = [name], seen: Set<String> = []
        while let next = pending.popLast() {
            guard seen.insert(next.uppercased()).inserted else { continue }
            for advisory in advisories(named: next) where found[advisory.id] == nil {
                found[advisory.id] = advisory
                pending += advisory.names
            }
        }
        return found.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }
}
