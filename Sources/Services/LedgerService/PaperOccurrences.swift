import Attestations
import Documents
public import Ledger
import Logging
public import WaybillCore

/// Shows the installation's own papers to Grafeas clients: follows the ledger, and keeps every paper as notes and occurrences
/// of `projects/waybill`.
///
/// The papers are the outbox: what was recorded before a crash is taken up after it, and a record that is there already is
/// made no second time.
public actor PaperOccurrences {
    /// Papers that are read at a time.
    private static let batchMax = 200

    private let ledger: any Ledger
    private let store: any MetadataStore
    private let host: String
    private let stateName: String
    private var position: Int64?
    private var known: Set<String> = []
    private let logger = Logger(label: "ledger")

    /// - Parameters:
    ///   - storeName: which store it is, so that another one begins with the first paper.
    ///   - host: where the installation's registry listens, as image names begin.
    public init(ledger: any Ledger, store: any MetadataStore, storeName: String, host: String) {
        self.ledger = ledger
        self.store = store
        self.host = host
        stateName = "papers-in-api/\(Digest.sha256(of: Array(storeName.utf8)).hex.prefix(16))"
    }

    /// Takes in what was recorded since the last time.
    public func follow() async throws(WaybillError) {
        var position = self.position ?? 0
        if self.position == nil {
            let remembered = try await ledger.state(stateName)?["position"]?.integer
            position = Int64(remembered ?? 0)
        }
        while true {
            let batch = try await ledger.papers(after: position, limit: Self.batchMax)
            guard !batch.papers.isEmpty else { break }
            try await take(batch.papers)
            position = batch.position
            try await ledger.setState(stateName, to: ["position": .integer(Int(position))])
        }
        self.position = position
    }

    /// Follows until the task is cancelled.
    public func run(interval: Duration = .seconds(1)) async {
        while !Task.isCancelled {
            do throws(WaybillError) { try await follow() } catch {
                // The next round begins where this one stopped.
                logger.error("papers cannot be shown as occurrences", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }

    private func take(_ papers: [Paper]) async throws(WaybillError) {
        var notes: [MetadataRecord] = []
        var occurrences: [MetadataRecord] = []
        for paper in papers {
            do throws(WaybillError) {
                let records = try PaperRecords(paper, host: host)
                notes += records.notes
                occurrences += records.occurrences
            } catch {
                // It stays in the ledger all the same; one that cannot be shown must not hold up the others.
                logger.warning(
                    "a paper has no form in the API", metadata: ["paper": "\(paper.id)", "error": "\(error)"])
            }
        }
        if let first = papers.first, !known.contains(PaperNote.project) {
            let project = MetadataRecord(
                kind: .project, name: PaperNote.project, project: "waybill", created: first.recorded,
                updated: first.recorded, body: [1])
            try await makeSure([project])
        }
        try await makeSure(notes.filter { !known.contains($0.name) })
        try await makeSure(occurrences)
    }

    /// All at once where none is there, else one by one. Notes are remembered: most papers share a few.
    private func makeSure(_ records: [MetadataRecord]) async throws(WaybillError) {
        var seen: Set<String> = []
        let records = records.filter { seen.insert($0.name).inserted }
        guard !records.isEmpty else { return }
        do throws(WaybillError) { try await store.create(records) } catch {
            guard error.code == .conflict else { throw error }
            for record in records {
                do throws(WaybillError) { try await store.create([record]) } catch {
                    guard error.code == .conflict else { throw error }
                }
            }
        }
        for record in records where record.kind != .occurrence && known.count < 100_000 { known.insert(record.name) }
    }
}
