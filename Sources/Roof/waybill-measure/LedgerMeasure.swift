import Attestations
import AuditService
import Documents
import Foundation
import GitRepositories
import Ledger
import LedgerExercises
import TestSupport
import Trust
import WaybillCore

/// What a ledger of a million occurrences costs: `waybill-measure ledger [ROW] [COUNT]`.
enum LedgerMeasure {
    static let batch = 500
    static let resources = 20_000
    static let notes = 5_000
    static let reads = 5_000

    static func run(_ wanted: String, count: Int, work: String) async throws {
        if "ledger.sqlite".hasPrefix(wanted) || wanted.hasPrefix("ledger.sqlite") {
            let ledger = try SQLiteLedger(path: work + "/ledger.db")
            try await measure(SQLiteMetadataStore(ledger), "ledger.sqlite", count)
            try await why(ledger, count, work)
        }
        guard "ledger.postgres".hasPrefix(wanted) || wanted.hasPrefix("ledger.postgres") else { return }
        if let obstacle = ScratchPostgres.obstacle { return print("ledger.postgres\t-\t-\t\(obstacle)") }
        let server = try await ScratchPostgres(isDurable: true)
        try await measure(
            try await PostgresMetadataStore(url: try await server.database()), "ledger.postgres", count)
        await server.remove()
    }

    private static func measure(_ store: any MetadataStore, _ name: String, _ count: Int) async throws {
        var seconds = 0.0
        for first in stride(from: 0, to: count, by: batch) {
            let records = (first..<min(first + batch, count)).map(occurrence)
            seconds += try await time { try await store.create(records) } / 1000
        }
        Measure.row(
            "\(name).create", (Double(count) / seconds).rounded(), "/s",
            "\(count) occurrences of 600 bytes in batches of \(batch), each on disk before the next")

        var random = SplitMix(seed: 7)
        var times: [Double] = []
        for _ in 0..<reads {
            let number = Int.random(in: 0..<count, using: &random)
            let name = occurrence(number).name
            times.append(
                try await time {
                    guard try await store.record(name, asOf: nil) != nil else { throw Missing() }
                })
        }
        report("\(name).get", times, "one occurrence by name, \(count) in the store")

        times = []
        var found = 0
        for _ in 0..<reads {
            var query = MetadataQuery(kind: .occurrence, project: "shop")
            query.resources = [resource(Int.random(in: 0..<resources, using: &random))]
            query.noteKinds = [1, 2]
            let wanted = query
            times.append(
                try await time {
                    found += try await store.records(wanted, after: nil, limit: 100, asOf: nil).records.count
                })
        }
        report("\(name).list", times, "occurrences of one resource and two kinds, \(found / reads) found on average")

        times = []
        for _ in 0..<reads / 5 {
            var query = MetadataQuery(kind: .occurrence, project: "shop")
            query.resources = [resource(Int.random(in: 0..<resources, using: &random))]
            let wanted = query, moment = occurrence(Int.random(in: 0..<count, using: &random)).created
            times.append(
                try await time { _ = try await store.records(wanted, after: nil, limit: 100, asOf: moment) })
        }
        report("\(name).asof", times, "occurrences of one resource as of a random moment")

        times = []
        for _ in 0..<reads / 5 {
            var query = MetadataQuery(kind: .occurrence)
            query.notes = [note(Int.random(in: 0..<notes, using: &random))]
            let wanted = query
            times.append(
                try await time { _ = try await store.records(wanted, after: nil, limit: 100, asOf: nil) })
        }
        report("\(name).note", times, "occurrences of one note, all projects")
    }

    /// `waybill why` on that ledger, with papers about many other images beside those of the chain.
    private static func why(_ ledger: SQLiteLedger, _ count: Int, _ work: String) async throws {
        let others = 20_000
        for first in stride(from: 0, to: others, by: batch) {
            try await ledger.record(
                (first..<first + batch).map { number in
                    let statement = Statement(
                        subjects: [.init(name: "other", digest: .sha256(of: Array("\(number / 7)".utf8)))],
                        predicateType: PredicateType.verdict, predicate: ["number": .integer(number)])
                    let envelope = Envelope(
                        payloadType: Statement.payloadType, payload: statement.bytes,
                        signatures: [.init(keyID: "other", bytes: [0])])
                    return Paper(
                        id: envelope.digest, subject: "other", predicateType: PredicateType.verdict,
                        recorded: Instant(milliseconds: 0), envelope: envelope)
                })
        }
        let installation = try TestKey("waybill")
        let shop = try await GitExecutable.initializeBare(work + "/shop.git")
        let environments = try await GitExecutable.initializeBare(work + "/environments.git")
        let running = try await RunningWorkload(in: ledger, shop: shop, environments: environments) {
            try installation.envelope($0)
        }
        let walker = ChainWalker(
            ledger: ledger, keys: [TrustedKey(installation.key, name: "waybill")],
            repository: { ["shop": shop, "environments": environments][$0] },
            environmentRepository: { _ in "environments" })
        var times: [Double] = []
        for _ in 0..<200 {
            times.append(
                try await time {
                    let chain = try await walker.chain(of: "deployment/shop", namespace: "staging")
                    guard chain.isIntact, chain.commit == running.commit else { throw Missing() }
                })
        }
        report(
            "ledger.why", times, "10 links verified, commits through git, \(count) occurrences, \(others) other papers")
    }

    private struct Missing: Error {}

    private static func time(_ work: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await work()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    private static func report(_ name: String, _ times: [Double], _ what: String) {
        let times = times.sorted()
        let median = (times[times.count / 2] * 1000).rounded() / 1000
        Measure.row("\(name).p99", times[times.count * 99 / 100], "ms", "median \(median) ms; \(what)")
    }

    static func note(_ number: Int) -> String { "projects/scanner/notes/CVE-2026-\(number)" }
    static func resource(_ number: Int) -> String {
        "https://registry.example/shop/service-\(number % 97)@sha256:" + String(repeating: "0", count: 56)
            + String(0x1000_0000 + number &* 2_654_435 % 0x0FFF_FFFF, radix: 16)
    }

    static func occurrence(_ number: Int) -> MetadataRecord {
        var random = SplitMix(seed: UInt64(number))
        let moment = Instant(milliseconds: 1_790_000_000_000 + Int64(number))
        let id = String(random.next(), radix: 16) + "-\(number)"
        return MetadataRecord(
            kind: .occurrence, name: "projects/shop/occurrences/\(id)", project: "shop",
            note: note(Int.random(in: 0..<notes, using: &random)),
            resource: resource(Int.random(in: 0..<resources, using: &random)),
            noteKind: Int32.random(in: 1...4, using: &random), created: moment, updated: moment,
            body: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 600))
    }
}
