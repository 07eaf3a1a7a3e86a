import Advisories
import Packages
import WaybillCore

/// A file of advisories, as it came.
public struct AdvisoryFile: Sendable {
    /// Its path, for messages; the end of the name tells the format.
    public var name: String
    public var bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// What an import changed.
public struct ImportReport: Hashable, Sendable {
    public var added = 0
    public var changed = 0
    public var withdrawn = 0
    public var unchanged = 0
    /// CVEs about whose use by attackers something was said.
    public var exploitations = 0
    /// Records per ecosystem among those that were read.
    public var ecosystems: [String: Int] = [:]
    /// Records per source.
    public var sources: [String: Int] = [:]
    /// Files that are no advisories by their name, such as README.md.
    public var skipped: [String] = []

    public init() {}
}

/// Decides what an import means, before anything is stored.
struct AdvisoryImport {
    var index: AdvisoryIndex
    var report = ImportReport()
    /// Records that may differ from before.
    var touched: Set<String> = []
    /// CVEs about whose use by attackers something new was said.
    var exploited: Set<String> = []

    /// Reads every file. Throws for the first that cannot be read, so that a half-good import changes nothing.
    init(_ files: [AdvisoryFile], over index: AdvisoryIndex, moment: Int64) throws(WaybillError) {
        var batch = AdvisoryBatch()
        for file in files.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            batch.add(try AdvisoryImporter.batch(from: file.bytes, file: file.name))
        }
        guard !batch.advisories.isEmpty || !batch.exploitations.isEmpty else {
            throw WaybillError(
                .invalidInput, "no advisory among \(files.count) files", subject: "advisories",
                remedy: "import files of OSV records, *.json or *.yaml, or archives of them")
        }
        self.init(batch, over: index, moment: moment)
    }

    init(_ batch: AdvisoryBatch, over index: AdvisoryIndex, moment: Int64) {
        var next = index
        var imported = index.imported
        for advisory in batch.advisories {
            let ecosystems = Set(advisory.affected.map(\.ecosystem.name))
            for ecosystem in ecosystems {
                report.ecosystems[ecosystem, default: 0] += 1
                imported[ecosystem] = moment
            }
            switch (index[advisory.id], advisory.withdrawn) {
            case (nil, nil): report.added += 1
            case (let old?, _?) where old.withdrawn == nil: report.withdrawn += 1
            case (nil, _?): report.withdrawn += 1
            case (let old?, nil) where old.modified != advisory.modified: report.changed += 1
            default: report.unchanged += 1
            }
            next.insert(advisory)
            touched.insert(advisory.id)
        }
        for (cve, facts) in batch.exploitations {
            // Probabilities change every day; that attackers use a weakness is news.
            if facts.knownSince != nil, index.exploitation(ofCVE: cve)?.knownSince != facts.knownSince {
                exploited.insert(cve)
            }
            next.insert(facts, about: cve)
        }
        next = next.importing(at: imported)
        next.sources.merge(batch.sources) { $1 }
        self.index = next
        report.exploitations = batch.exploitations.count
        report.sources = batch.sources
        report.skipped = batch.skipped
    }
}
