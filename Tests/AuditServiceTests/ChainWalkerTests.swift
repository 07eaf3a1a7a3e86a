import Attestations
import AuditService
import Documents
import GRDB
import TestSupport
import Testing
import WaybillCore

@testable import Ledger

@Suite struct ChainWalkerTests {
    static let names = [
        "deployed", "promoted", "verdict", "scanned", "test result", "contents", "built", "commit", "review", "merged",
    ]

    @Test func `every link of an intact chain is there and says who signed it`() async throws {
        let chain = try await Chain().walk()
        #expect(chain.links.map(\.name) == Self.names)
        #expect(chain.links.filter { !$0.isIntact } == [])
        #expect(chain.isIntact)
        #expect(chain.image == Chain.image && chain.repository == "shop" && chain.environment == "staging")
        let signers = Dictionary(uniqueKeysWithValues: chain.links.map { ($0.name, $0.signer) })
        #expect(signers["commit"] == "author@shop.example" && signers["promoted"] == "author@shop.example")
        #expect(signers["review"] == "reviewer@shop.example")
        #expect(signers["built"] == "waybill")
    }

    @Test func `a chain without links is not intact`() {
        let chain = PaperChain(
            workload: "Deployment/shop", namespace: "staging", environment: "staging", image: Chain.image,
            repository: "shop", runningSince: 0, links: [])
        #expect(!chain.isIntact)
    }

    @Test func `what does not run has no chain`() async throws {
        let error = await #expect(throws: WaybillError.self) { try await Chain().chain() }
        #expect(error?.code == .notFound)
    }

    /// The links of a chain that do not hold.
    static func broken(_ chain: PaperChain) -> [String] { chain.links.filter { !$0.isIntact }.map(\.name) }

    static let linkOfType = [
        (PredicateType.deployment, "deployed"), (PredicateType.verdict, "verdict"),
        (PredicateType.vulnerabilities, "scanned"), (PredicateType.testResult, "test result"),
        (PredicateType.cycloneDX, "contents"), (PredicateType.provenance, "built"),
        (PredicateType.review, "review"), (PredicateType.referenceMove, "merged"),
    ]

    @Test(arguments: linkOfType)
    func `a missing paper breaks its link`(_ type: String, _ link: String) async throws {
        let world = try Chain()
        world.missing = [type]
        let chain = try await world.walk()
        #expect(!chain.isIntact)
        #expect(Self.broken(chain) == [link])
    }

    @Test(arguments: linkOfType.filter { $0.0 != PredicateType.review })
    func `a paper that somebody else signed breaks its link`(_ type: String, _ link: String) async throws {
        let world = try Chain()
        world.signers[type] = try TestKey("waybill")
        let chain = try await world.walk()
        #expect(!chain.isIntact)
        #expect(Self.broken(chain) == [link])
        #expect(chain.links.first { $0.name == link }?.detail.contains("not signed by a trusted key") == true)
    }

    @Test(arguments: linkOfType)
    func `one changed byte in the store breaks its link`(_ type: String, _ link: String) async throws {
        let world = try Chain()
        try await world.write()
        try await world.ledger.write { database in
            try database.execute(
                sql:
                    "UPDATE paper SET envelope = CAST(replace(envelope, '\"sig\":\"', '\"sig\":\"A') AS BLOB) WHERE predicateType = ?",
                arguments: [type])
            #expect(database.changesCount == 1)
        }
        let chain = try await world.chain()
        #expect(!chain.isIntact)
        #expect(Self.broken(chain) == [link])
    }

    @Test func `a changed statement under its own digest breaks its link`() async throws {
        let world = try Chain()
        world.missing = [PredicateType.verdict]
        try await world.write()
        let denied = Statement(
            subjects: [.init(name: "shop", digest: Chain.image)], predicateType: PredicateType.verdict,
            predicate: ["verificationResult": "FAILED"])
        var envelope = try world.installation.envelope(denied)
        let allowed = Statement(
            subjects: denied.subjects, predicateType: denied.predicateType, predicate: ["verificationResult": "PASSED"])
        envelope.payload = allowed.bytes
        try await world.record(allowed, envelope, subject: Chain.image.description)
        #expect(Self.broken(try await world.chain()) == ["verdict"])
    }

    static let refusals: [(String, Value, String)] = [
        (PredicateType.verdict, ["verificationResult": "FAILED"], "verdict"),
        (PredicateType.verdict, [:], "verdict"),
        (PredicateType.testResult, ["result": "FAILED"], "test result"),
        (PredicateType.testResult, [:], "test result"),
    ]

    @Test(arguments: refusals)
    func `a signed paper that says no breaks its link`(_ type: String, _ predicate: Value, _ link: String) async throws
    {
        let world = try Chain()
        world.predicates[type] = predicate
        #expect(Self.broken(try await world.walk()) == [link])
    }

    @Test func `a signed paper of another type in the columns of a missing one does not stand in for it`() async throws
    {
        let world = try Chain()
        world.missing = [PredicateType.vulnerabilities]
        try await world.write()
        let other = Statement(
            subjects: [.init(name: "shop", digest: Chain.image)], predicateType: PredicateType.posture, predicate: [:])
        try await world.record(
            other, try world.installation.envelope(other), subject: Chain.image.description,
            as: PredicateType.vulnerabilities)
        #expect(Self.broken(try await world.chain()) == ["scanned"])
    }

    @Test func `a paper about another image in the columns of this one does not count`() async throws {
        let world = try Chain()
        world.missing = [PredicateType.verdict]
        try await world.write()
        let other = Statement(
            subjects: [.init(name: "shop", digest: .sha256(of: [1]))], predicateType: PredicateType.verdict,
            predicate: ["verificationResult": "PASSED"])
        try await world.record(other, try world.installation.envelope(other), subject: Chain.image.description)
        #expect(Self.broken(try await world.chain()) == ["verdict"])
    }

    @Test func `the merge of another commit in the columns of this one does not count`() async throws {
        let world = try Chain()
        world.missing = [PredicateType.referenceMove]
        try await world.write()
        let other = world.move(to: String(repeating: "a", count: 40))
        try await world.record(other, try world.installation.envelope(other), subject: "gitCommit:\(world.commit)")
        #expect(Self.broken(try await world.chain()) == ["merged"])
    }

    @Test func `an unsigned commit breaks its link`() async throws {
        let world = try Chain()
        world.isCommitSigned = false
        let chain = try await world.walk()
        #expect(!chain.isIntact)
        #expect(Self.broken(chain) == ["commit"])
    }
}

/// Which reviews hold the link from a commit to a reviewer.
@Suite struct ReviewLinkTests {
    @Test func `the author's own review does not count`() async throws {
        let world = try Chain()
        world.reviews = [(world.author, .approve, 1_790_000_000)]
        let chain = try await world.walk()
        #expect(ChainWalkerTests.broken(chain) == ["review"])
        #expect(
            chain.links.first { $0.name == "review" }?.detail
                == "nobody but its authors approved it; author@shop.example wrote part of it")
    }

    @Test func `a review by a stranger does not count`() async throws {
        let world = try Chain()
        world.reviews = [(try TestKey("reviewer@shop.example"), .approve, 1_790_000_000)]
        #expect(ChainWalkerTests.broken(try await world.walk()) == ["review"])
    }

    @Test func `a review by somebody who wrote an earlier commit of the merge does not count`() async throws {
        let world = try Chain()
        world.earlierAuthor = world.reviewer
        let chain = try await world.walk()
        #expect(ChainWalkerTests.broken(chain) == ["review"])
        #expect(chain.links.first { $0.name == "review" }?.detail.contains("wrote part of it") == true)
    }

    @Test func `an earlier commit of the merge that nobody known signed breaks the chain`() async throws {
        let world = try Chain()
        world.earlierAuthor = try TestKey("reviewer@shop.example")
        #expect(ChainWalkerTests.broken(try await world.walk()) == ["commit", "review"])
    }

    @Test(arguments: [(0, true), (1, true), (2, false)])
    func `as many reviews are asked as the branch's rules asked`(_ reviews: Int, _ isIntact: Bool) async throws {
        let world = try Chain()
        world.rules = "version: 1\nsource: { reviews: \(reviews) }\n"
        let chain = try await world.walk()
        #expect(chain.isIntact == isIntact)
        #expect(ChainWalkerTests.broken(chain) == (isIntact ? [] : ["review"]))
    }

    @Test func `without a rule that asks for reviews none is missing`() async throws {
        let world = try Chain()
        world.rules = "version: 1\nsource: { reviews: 0 }\n"
        world.reviews = []
        let chain = try await world.walk()
        #expect(chain.isIntact)
        #expect(chain.links.first { $0.name == "review" }?.detail == "the branch asked for no review")
    }

    @Test func `a rejection is no approval`() async throws {
        let world = try Chain()
        world.reviews = [(world.reviewer, .reject, 1_790_000_000)]
        let chain = try await world.walk()
        #expect(ChainWalkerTests.broken(chain) == ["review"])
        #expect(
            chain.links.first { $0.name == "review" }?.detail
                == "nobody but its authors approved it; reviewer@shop.example rejected it")
    }

    @Test(arguments: [(Review.Decision.approve, true), (.reject, false)])
    func `a person's last word counts`(_ decision: Review.Decision, _ isIntact: Bool) async throws {
        let world = try Chain()
        let first: Review.Decision = decision == .approve ? .reject : .approve
        world.reviews = [(world.reviewer, first, 1_790_000_000), (world.reviewer, decision, 1_790_000_060)]
        #expect(try await world.walk().isIntact == isIntact)
    }

    @Test func `a review of another tree does not count`() async throws {
        let world = try Chain()
        world.missing = [PredicateType.review]
        try await world.write()
        let statement = Review(
            decision: .approve, reviewer: world.reviewer.name, target: "refs/heads/main",
            time: Timestamp(seconds: 1_790_000_000)
        ).statement(commit: world.commit, tree: String(repeating: "b", count: 40))
        try await world.record(
            statement, try world.reviewer.sshEnvelope(statement), subject: "gitCommit:\(world.commit)")
        #expect(ChainWalkerTests.broken(try await world.chain()) == ["review"])
    }
}
