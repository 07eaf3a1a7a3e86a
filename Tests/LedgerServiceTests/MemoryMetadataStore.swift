import Ledger
import WaybillCore

/// An honest store in memory: append-only, with every record's history.
actor MemoryMetadataStore: MetadataStore {
    private struct Version {
        var from: Instant
        /// Nil once the record has ended.
        var record: MetadataRecord?
    }

    private struct Entry {
        var position: Int64
        var versions: [Version]

        func record(asOf moment: Instant?) -> MetadataRecord? {
            guard let moment else { return versions.last?.record }
            return versions.last { $0.from <= moment }?.record
        }
    }

    private var entries: [Entry] = []
    /// The newest entry of each name: a name that ended may be taken again.
    private var latest: [String: Int] = [:]

    func create(_ records: [MetadataRecord]) throws(WaybillError) {
        var names: Set<String> = []
        for record in records {
            let isThere = latest[record.name].map { entries[$0].record(asOf: nil) != nil } ?? false
            guard !isThere, names.insert(record.name).inserted else {
                throw WaybillError(.conflict, "“\(record.name)” is there already", subject: record.name)
            }
        }
        for record in records {
            latest[record.name] = entries.count
            entries.append(
                Entry(
                    position: Int64(entries.count + 1), versions: [Version(from: record.created, record: record)]))
        }
    }

    func update(_ record: MetadataRecord, replacing old: MetadataRecord) throws(WaybillError) {
        guard let index = latest[record.name], let current = entries[index].record(asOf: nil) else {
            throw WaybillError(.notFound, "is not there", subject: record.name)
        }
        guard current == old else { throw WaybillError(.conflict, "changed meanwhile", subject: record.name) }
        entries[index].versions.append(Version(from: record.updated, record: record))
    }

    func delete(_ name: String, at moment: Instant) throws(WaybillError) {
        guard let index = latest[name], entries[index].record(asOf: nil) != nil else {
            throw WaybillError(.notFound, "is not there", subject: name)
        }
        entries[index].versions.append(Version(from: moment, record: nil))
    }

    func record(_ name: String, asOf moment: Instant?) throws(WaybillError) -> MetadataRecord? {
        entries.last { entry in
            entry.versions.first?.record?.name == name && (moment.map { entry.versions[0].from <= $0 } ?? true)
        }?.record(asOf: moment)
    }

    func records(
        _ query: MetadataQuery, after cursor: MetadataCursor?, limit: Int, asOf moment: Instant?
    ) throws(WaybillError) -> MetadataPage {
        var found: [MetadataRecord] = []
        var last: Int64 = 0
        for entry in entries where entry.position > cursor?.position ?? 0 {
            guard let record = entry.record(asOf: moment), query.takes(record) else { continue }
            guard found.count < limit else {
                return MetadataPage(records: found, next: MetadataCursor(position: last))
            }
            found.append(record)
            last = entry.position
        }
        return MetadataPage(records: found, next: nil)
    }
}

extension MetadataQuery {
    func takes(_ record: MetadataRecord) -> Bool {
        record.kind == kind && (project.map { $0 == record.project } ?? true)
            && (notes.map { $0.contains(record.note) } ?? true)
            && (resources.map { $0.contains(record.resource) } ?? true)
            && (noteKinds.map { $0.contains(record.noteKind) } ?? true)
            && (createdFrom.map { record.created >= $0 } ?? true)
            && (createdBefore.map { record.created < $0 } ?? true)
    }
}
