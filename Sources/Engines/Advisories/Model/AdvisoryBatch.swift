/// What came out of some files: records, and what is known about attacks.
public struct AdvisoryBatch: Sendable {
    public var advisories: [Advisory] = []
    /// By CVE.
    public var exploitations: [String: Exploitation] = [:]
    /// Sources with the number of records: `OSV`, `RubySec`, `CISA KEV`.
    public var sources: [String: Int] = [:]
    /// Files that are no advisories by their name: README.md.
    public var skipped: [String] = []

    public init() {}

    public mutating func add(_ batch: AdvisoryBatch) {
        advisories += batch.advisories
        for (cve, facts) in batch.exploitations {
            exploitations[cve] = exploitations[cve]?.merged(with: facts) ?? facts
        }
        for (source, count) in batch.sources { sources[source, default: 0] += count }
        skipped += batch.skipped
    }

    mutating func add(_ advisories: [Advisory], from source: String) {
        self.advisories += advisories
        sources[source, default: 0] += advisories.count
    }
}
