public import Packages
import WaybillCore

/// Advisories by the packages they are about: a base that lies in a file, and newer records in memory above it.
/// Withdrawn records are kept apart: they match nothing.
public struct AdvisoryIndex: Sendable {
    /// An ecosystem without release, and a package's normalised name.
    public struct Key: Hashable, Sendable, Comparable {
        public var ecosystem: String
        public var name: String

        public init(_ ecosystem: Ecosystem, _ name: String) {
            self.ecosystem = ecosystem.name
            self.name = ecosystem.normalized(name)
        }

        init(ecosystemName: String, normalizedName: String) {
            ecosystem = ecosystemName
            name = normalizedName
        }

        public static func < (left: Key, right: Key) -> Bool {
            if left.ecosystem != right.ecosystem {
                return left.ecosystem.utf8.lexicographicallyPrecedes(right.ecosystem.utf8)
            }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
    }

    /// When the data of an ecosystem came in, in milliseconds since 1970.
    public private(set) var imported: [String: Int64]
    /// Sources with the number of records that they gave.
    public var sources: [String: Int] = [:]
    let base: AdvisoryBase?
    /// Ids of the base that a newer record stands for.
    private(set) var replaced: Set<String> = []
    /// The same as places in the base.
    private(set) var replacedNumbers: Set<Int> = []
    private var advisories: [String: Advisory] = [:]
    private var byKey: [Key: [String]] = [:]
    private var byName: [String: [String]] = [:]
    private var exploits: [String: Exploitation] = [:]

    /// - Parameter imported: the moment of import by ecosystem name; ecosystems that only occur in the records count as
    ///   imported at the moment given for the empty name, or at no known moment.
    public init(_ advisories: some Sequence<Advisory> = [], imported: [String: Int64] = [:]) {
        self.imported = imported
        base = nil
        for advisory in advisories { insert(advisory) }
    }

    public init(base: AdvisoryBase) {
        self.base = base
        imported = base.meta.imported
        sources = base.meta.sources
    }

    /// Takes a record in; a newer version of the same record replaces the older.
    public mutating func insert(_ advisory: Advisory) {
        var advisory = advisory
        if let old = self[advisory.id] {
            guard advisory.modified >= old.modified else { return }
            // Feeds that have a file per release write one record several times: all its packages count.
            if advisory.modified == old.modified, advisory.withdrawn == nil, old.withdrawn == nil {
                advisory.affected = old.affected + advisory.affected.filter { !old.affected.contains($0) }
            }
            remove(advisory.id)
        }
        advisories[advisory.id] = advisory
        for name in Set(advisory.searchNames.map { $0.uppercased() }) {
            byName[name, default: []].append(advisory.id)
        }
        guard advisory.withdrawn == nil else { return }
        for key in Self.keys(of: advisory) { byKey[key, default: []].append(advisory.id) }
    }

    /// Takes a record out, as if it had never been there.
    public mutating func remove(_ id: String) {
        if let old = advisories.removeValue(forKey: id) {
            for name in Set(old.searchNames.map { $0.uppercased() }) { byName[name]?.removeAll { $0 == id } }
            for key in Self.keys(of: old) { byKey[key]?.removeAll { $0 == id } }
        }
        if let number = baseNumber(id) {
            replaced.insert(id)
            replacedNumbers.insert(number)
        }
    }

    public mutating func insert(_ facts: Exploitation, about cve: String) {
        exploits[cve] = exploitation(ofCVE: cve)?.merged(with: facts) ?? facts
    }

    public static func keys(of advisory: Advisory) -> Set<Key> {
        Set(advisory.affected.map { Key($0.ecosystem, $0.name) })
    }

    public var count: Int { advisories.count + (base?.count ?? 0) - replaced.count }

    /// Every record, withdrawn ones too, ordered by id.
    public var all: [Advisory] {
        var result = Array(advisories.values)
        if let base {
            for number in 0..<base.count {
                let advisory = base.advisory(number)
                if !replaced.contains(advisory.id) { result.append(advisory) }
            }
        }
        return result.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    public subscript(id: String) -> Advisory? {
        advisories[id] ?? (replaced.contains(id) ? nil : baseRecord(id))
    }

    private func baseRecord(_ id: String) -> Advisory? { baseNumber(id).flatMap { base?.advisory($0) } }

    private func baseNumber(_ id: String) -> Int? {
        guard let base else { return nil }
        return base.records(named: id).first { base.head($0).id.utf8.elementsEqual(id.utf8) }
    }

    /// The records with this id, alias or relative, whatever its letters' case.
    public func advisories(named name: String) -> [Advisory] {
        var found = (byName[name.uppercased()] ?? []).compactMap { advisories[$0] }
        if let base {
            found += base.records(named: name).map(base.advisory).filter { !replaced.contains($0.id) }
        }
        return found.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    /// The records about a package, of any release, ordered by id.
    public func advisories(about key: Key) -> [Advisory] {
        var found = (byKey[key] ?? []).compactMap { advisories[$0] }
        if let base, let number = base.keyNumber(key.ecosystem, key.name) {
            let numbers = Set(base.postings(number).map(\.advisory))
            found += numbers.map(base.advisory).filter { !replaced.contains($0.id) }
        }
        return found.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    /// Whether records in memory speak of the package, beside those of the base.
    func hasNewer(_ key: Key) -> Bool { byKey.isEmpty ? false : byKey[key]?.isEmpty == false }
    var hasNewerRecords: Bool { !byKey.isEmpty }
    func newer(_ key: Key) -> [Advisory] { (byKey[key] ?? []).sorted().compactMap { advisories[$0] } }

    /// Ecosystem names that at least one record is about.
    public var ecosystems: Set<String> {
        var names = Set(byKey.keys.lazy.map(\.ecosystem))
        if let base { names.formUnion(base.ecosystems) }
        return names
    }

    /// What is known about attacks on a CVE.
    public func exploitation(ofCVE cve: String) -> Exploitation? { exploits[cve] ?? base?.exploitation(of: cve) }

    /// What is known about attacks, by any of the names.
    public func exploitation(of advisory: Advisory) -> Exploitation? {
        func facts(_ names: [String]) -> Exploitation? {
            for name in names where name.utf8.starts(with: "CVE-".utf8) {
                if let facts = exploitation(ofCVE: name) { return facts }
            }
            return nil
        }
        return facts([advisory.id]) ?? facts(advisory.aliases) ?? facts(advisory.related)
    }

    /// Everything known about attacks, by CVE.
    public var exploitations: [String: Exploitation] {
        var result: [String: Exploitation] = [:]
        if let base {
            for number in 0..<base.exploitationCount {
                if let (cve, facts) = base.exploitation(number) { result[cve] = facts }
            }
        }
        return result.merging(exploits) { $1 }
    }

    /// The name of the state of the data: the digest of the base, where nothing newer stands above it.
    public var snapshot: String? {
        guard let base, advisories.isEmpty, replaced.isEmpty, exploits.isEmpty else { return nil }
        return base.digest.description
    }
}

extension AdvisoryIndex {
    /// The same records with other moments of import.
    public func importing(at moments: [String: Int64]) -> AdvisoryIndex {
        var copy = self
        copy.imported = moments
        return copy
    }

    /// Every record tied to a name through common names, ordered by id. What a record only speaks of does not tie it to
    /// others.
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

    /// The bytes of a base with the same content.
    public var bytes: [UInt8] {
        AdvisoryBaseWriter.bytes(
            all, exploitations: exploitations, meta: AdvisoryMeta(imported: imported, sources: sources))
    }
}
