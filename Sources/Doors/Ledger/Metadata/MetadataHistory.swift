public import WaybillCore

/// What every store must do, said as plainly as can be: all versions in an array. The model that the others are held
/// against, and the store in memory.
public struct MetadataHistory: Sendable {
    struct Version: Sendable {
        var ordinal: Int64
        var since: Instant
        var ended: Instant?
        var record: MetadataRecord
    }

    private(set) var versions: [Version] = []
    private var standing: [[UInt8]: Int] = [:]
    private var lastEnd: [[UInt8]: Instant] = [:]

    public init() {}

    /// The names that stand now, in the order of creation.
    public var names: [String] {
        standing.values.sorted { versions[$0].ordinal < versions[$1].ordinal }.map { versions[$0].record.name }
    }

    public mutating func create(_ records: [MetadataRecord], naming names: [String] = []) throws(WaybillError) {
        var seen: Set<[UInt8]> = []
        for record in records { try record.check() }
        for name in names where standing[Array(name.utf8)] == nil { throw .absent(name) }
        for record in records {
            let key = Array(record.name.utf8)
            guard standing[key] == nil, seen.insert(key).inserted else { throw .exists(record.name) }
        }
        for record in records {
            let key = Array(record.name.utf8)
            append(
                record, ordinal: Int64(versions.count) + 1, since: max(record.updated, lastEnd[key] ?? record.updated))
        }
    }

    public mutating func update(_ record: MetadataRecord, replacing old: MetadataRecord) throws(WaybillError) {
        try record.checkReplaces(old)
        guard let place = standing[Array(record.name.utf8)] else { throw .absent(record.name) }
        guard versions[place].record.isSame(as: old) else { throw .changed(record.name) }
        append(record, ordinal: versions[place].ordinal, since: end(place, at: record.updated))
    }

    public mutating func delete(_ name: String, at moment: Instant, ifUnused: Bool = false) throws(WaybillError) {
        if ifUnused, let place = standing[Array(name.utf8)] {
            let record = versions[place].record
            let isUsed = standing.values.contains { each in
                let other = versions[each].record
                switch record.kind {
                case .note: return other.kind == .occurrence && other.note.utf8.elementsEqual(name.utf8)
                case .project: return other.kind != .project && other.project.utf8.elementsEqual(record.project.utf8)
                case .occurrence: return false
                }
            }
            guard !isUsed else { throw .used(name) }
        }
        guard let place = standing.removeValue(forKey: Array(name.utf8)) else { throw .absent(name) }
        lastEnd[Array(name.utf8)] = end(place, at: moment)
    }

    public func record(_ name: String, asOf moment: Instant?) -> MetadataRecord? {
        guard let moment else { return standing[Array(name.utf8)].map { versions[$0].record } }
        return versions.first { $0.record.name.utf8.elementsEqual(name.utf8) && $0.stands(at: moment) }?.record
    }

    public func records(
        _ query: MetadataQuery, after cursor: MetadataCursor?, limit: Int, asOf moment: Instant?
    ) throws(WaybillError) -> MetadataPage {
        try query.check(limit: limit)
        let found = versions.filter { version in
            version.stands(at: moment) && query.matches(version.record)
                && cursor.map { version.ordinal > $0.position } ?? true
        }
        let ordered = found.sorted { $0.ordinal < $1.ordinal }.prefix(limit + 1)
        return MetadataPage(ordered.map { ($0.ordinal, $0.record) }, limit: limit)
    }

    private mutating func append(_ record: MetadataRecord, ordinal: Int64, since: Instant) {
        standing[Array(record.name.utf8)] = versions.count
        versions.append(Version(ordinal: ordinal, since: since, ended: nil, record: record))
    }

    private mutating func end(_ place: Int, at moment: Instant) -> Instant {
        let ended = max(moment, versions[place].since)
        versions[place].ended = ended
        return ended
    }
}

extension MetadataHistory.Version {
    func stands(at moment: Instant?) -> Bool {
        guard let moment else { return ended == nil }
        return since <= moment && ended.map { $0 > moment } ?? true
    }
}

extension MetadataQuery {
    /// Whether the record is one of those that the query is about.
    func matches(_ record: MetadataRecord) -> Bool {
        func holds(_ values: [String]?, _ text: String) -> Bool {
            values?.contains { $0.utf8.elementsEqual(text.utf8) } ?? true
        }
        return record.kind == kind && project.map { $0.utf8.elementsEqual(record.project.utf8) } ?? true
            && holds(notes, record.note) && holds(resources, record.resource)
            && noteKinds?.contains(record.noteKind) ?? true
            && createdFrom.map { record.created >= $0 } ?? true && createdBefore.map { record.created < $0 } ?? true
    }
}
