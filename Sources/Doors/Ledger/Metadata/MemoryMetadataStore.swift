import Synchronization
public import WaybillCore

/// Notes and occurrences that end with the process: for tests and demonstrations.
public final class MemoryMetadataStore: MetadataStore {
    private let history = Mutex(MetadataHistory())

    public init() {}

    public func create(_ records: [MetadataRecord], naming names: [String]) async throws(WaybillError) {
        try history.withLock { (history) throws(WaybillError) in try history.create(records, naming: names) }
    }

    public func update(_ record: MetadataRecord, replacing old: MetadataRecord) async throws(WaybillError) {
        try history.withLock { (history) throws(WaybillError) in try history.update(record, replacing: old) }
    }

    public func delete(_ name: String, at moment: Instant, ifUnused: Bool) async throws(WaybillError) {
        try history.withLock { (history) throws(WaybillError) in
            try history.delete(name, at: moment, ifUnused: ifUnused)
        }
    }

    public func record(_ name: String, asOf moment: Instant?) async throws(WaybillError) -> MetadataRecord? {
        history.withLock { $0.record(name, asOf: moment) }
    }

    public func records(
        _ query: MetadataQuery, after cursor: MetadataCursor?, limit: Int, asOf moment: Instant?
    ) async throws(WaybillError) -> MetadataPage {
        try history.withLock { (history) throws(WaybillError) in
            try history.records(query, after: cursor, limit: limit, asOf: moment)
        }
    }
}
