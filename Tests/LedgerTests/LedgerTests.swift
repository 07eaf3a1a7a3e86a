import Attestations
import Documents
import Foundation
import GRDBSQLite
import Ledger
import Testing
import WaybillCore

/// The same behaviour is asked of the ledger in memory and of the one on disk.
struct LedgerTests {
    enum Kind: CaseIterable { case memory, disk }

    static func open(_ kind: Kind) throws -> SQLiteLedger {
        switch kind {
        case .memory: try SQLiteLedger(path: nil)
        case .disk:
            try SQLiteLedger(
                path: ScratchFolder.path + "/ledger-\(UInt64.random(in: .min ... .max)).db")
        }
    }

    static func paper(_ text: String, subjects: [Statement.Subject], type: String = "t") -> Paper {
        let statement = Statement(subjects: subjects, predicateType: type, predicate: .string(text))
        let envelope = Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: [.init(keyID: "k", bytes: [1])])
        let first = subjects[0].digest.first!
        return Paper(
            id: envelope.digest, subject: "\(first.key):\(first.value)", predicateType: type,
            recorded: Instant(milliseconds: 1), envelope: envelope)
    }

    @Test(arguments: Kind.allCases)
    func `a paper is found under each of its subjects and by its type`(_ kind: Kind) async throws {
        let ledger = try Self.open(kind)
        let paper = Self.paper(
            "x", subjects: [.init(name: "a", digest: ["sha256": "aa"]), .init(name: "b", digest: ["gitCommit": "bb"])])
        try await ledger.record([paper])
        try await ledger.record([paper])
        #expect(try await ledger.papers(about: "sha256:aa", predicateType: nil) == [paper])
        #expect(try await ledger.papers(about: "gitCommit:bb", predicateType: "t") == [paper])
        #expect(try await ledger.papers(about: "gitCommit:bb", predicateType: "other").isEmpty)
        #expect(try await ledger.paper(paper.id) == paper)
    }

    @Test(arguments: Kind.allCases)
    func `followers read papers in order and go on where they were`(_ kind: Kind) async throws {
        let ledger = try Self.open(kind)
        let papers = (0..<5).map { Self.paper("\($0)", subjects: [.init(name: "a", digest: ["sha256": "aa"])]) }
        try await ledger.record(papers)
        let first = try await ledger.papers(after: 0, limit: 3)
        #expect(first.papers == Array(papers[..<3]))
        let rest = try await ledger.papers(after: first.position, limit: 3)
        #expect(rest.papers == Array(papers[3...]))
        #expect(try await ledger.papers(after: rest.position, limit: 3).papers.isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func `a new image ends what the container ran before and no other container`(_ kind: Kind) async throws {
        let ledger = try Self.open(kind)
        let one = Digest.sha256(of: [1]), two = Digest.sha256(of: [2])
        func deploy(_ container: String, _ image: Digest, _ moment: Int64, ended: Int64? = nil) async throws {
            try await ledger.record(
                DeploymentRecord(
                    environment: "staging", namespace: "n", workload: "Deployment/shop", container: container,
                    image: image, revision: "r", deployed: Instant(milliseconds: moment),
                    ended: ended.map(Instant.init(milliseconds:))))
        }
        try await deploy("web", one, 1)
        try await deploy("side", one, 2)
        try await deploy("web", one, 3)
        #expect(try await ledger.deployments(runningOnly: true).map(\.deployed.milliseconds).sorted() == [1, 2])
        try await deploy("web", two, 4)
        let running = try await ledger.deployments(runningOnly: true)
        #expect(Set(running.map { "\($0.container) \($0.image.short)" }) == ["web \(two.short)", "side \(one.short)"])
        #expect(
            try await ledger.deployments(runningOnly: false).first { $0.image == one && $0.container == "web" }?.ended?
                .milliseconds == 4)
        try await deploy("web", two, 4, ended: 9)
        #expect(try await ledger.deployments(runningOnly: true).map(\.container) == ["side"])
    }

    @Test(arguments: Kind.allCases)
    func `images are found by a package's name`(_ kind: Kind) async throws {
        let ledger = try Self.open(kind)
        let image = ImageRecord(
            digest: .sha256(of: [1]), repository: "shop", commit: "c", owner: "o", built: Instant(milliseconds: 1))
        let package = PackageRecord(
            purl: "pkg:npm/lodash@4.17.21", ecosystem: "npm", name: "lodash", version: "4.17.21", place: "lock:1")
        try await ledger.record(image, packages: [package])
        let found = try await ledger.images(holding: "npm", name: "lodash")
        #expect(found.map(\.image) == [image])
        #expect(found.map(\.package) == [package])
        #expect(try await ledger.images(holding: "PyPI", name: "lodash").isEmpty)
        #expect(try await ledger.packages(of: image.digest) == [package])
    }

    @Test(arguments: Kind.allCases)
    func `events come newest first and states are replaced`(_ kind: Kind) async throws {
        let ledger = try Self.open(kind)
        for number in 1...3 {
            try await ledger.record(
                Event(
                    moment: Instant(milliseconds: Int64(number)), actor: "a", action: "push.refused",
                    subject: "s\(number % 2)", verdict: "deny", message: "m\(number)", detail: ["n": .integer(number)]))
        }
        #expect(try await ledger.events(about: nil, limit: 2).map(\.message) == ["m3", "m2"])
        #expect(try await ledger.events(about: "s1", limit: 9).map(\.message) == ["m3", "m1"])
        try await ledger.setState("agent", to: ["revision": "a"])
        try await ledger.setState("agent", to: ["revision": "b"])
        #expect(try await ledger.state("agent") == ["revision": "b"])
        try await ledger.setState("agent", to: nil)
        #expect(try await ledger.state("agent") == nil)
    }

    @Test func `a paper whose bytes were changed on disk is an error, not a paper`() async throws {
        let path = ScratchFolder.path + "/ledger-\(UInt64.random(in: .min ... .max)).db"
        let ledger = try SQLiteLedger(path: path)
        let paper = Self.paper("x", subjects: [.init(name: "a", digest: ["sha256": "aa"])])
        try await ledger.record([paper])
        var connection: OpaquePointer?
        #expect(sqlite3_open(path, &connection) == SQLITE_OK)
        #expect(
            sqlite3_exec(
                connection,
                "UPDATE paper SET envelope = CAST(replace(CAST(envelope AS TEXT), 'keyid', 'keyie') AS BLOB)", nil, nil,
                nil) == SQLITE_OK)
        sqlite3_close(connection)
        await #expect { _ = try await ledger.papers(about: "sha256:aa", predicateType: nil) } throws: { error in
            (error as? WaybillError)?.code == .corrupted
        }
    }

    @Test func `a ledger that is reopened holds what was recorded`() async throws {
        let path = ScratchFolder.path + "/ledger-\(UInt64.random(in: .min ... .max)).db"
        let paper = Self.paper("x", subjects: [.init(name: "a", digest: ["sha256": "aa"])])
        try await SQLiteLedger(path: path).record([paper])
        #expect(try await SQLiteLedger(path: path).paper(paper.id) == paper)
    }
}
