import Attestations
import Documents
import Ledger
import TestSupport
import Testing
import Trust
import WaybillCore

@testable import AuditService

/// What was revoked counts no more, and what runs on it is found.
@Suite struct RevocationTests {
    /// Records a revocation, signed by the installation unless by somebody else.
    static func revoke(
        _ target: Revocation.Target, at seconds: Int64, in world: Chain, by key: TestKey? = nil
    ) async throws {
        let statement = Revocation(
            target: target, reason: "stolen", actor: "auditor", time: Timestamp(seconds: seconds)
        ).statement
        try await world.record(
            statement, try (key ?? world.installation).envelope(statement), subject: Revocations.subject)
    }

    /// A second after every paper of the chain, or a second before.
    static let after: Int64 = 1_790_000_001, before: Int64 = 1_789_999_999

    @Test(arguments: ChainWalkerTests.linkOfType)
    func `a revoked attestation breaks its link`(_ type: String, _ link: String) async throws {
        let world = try Chain()
        let paper = try #require(try await world.walk().links.first { $0.name == link }?.paper)
        try await Self.revoke(.paper(paper), at: Self.after, in: world)
        let chain = try await world.chain()
        #expect(ChainWalkerTests.broken(chain) == [link])
        #expect(chain.links.first { $0.name == link }?.detail.contains("revoked") == true)
        let reach = try await RevocationReach(world.walker()).affected(by: .paper(paper))
        #expect(reach.map(\.links) == [[link]])
        #expect(reach.map(\.isIntact) == [false])
    }

    @Test func `what a key signed before it was revoked goes on counting, and nothing later`() async throws {
        let world = try Chain()
        try await world.write()
        let id = world.installation.key.keyID
        try await Self.revoke(.key(id), at: Self.after, in: world)
        #expect(try await world.chain().isIntact)
        let reach = try await RevocationReach(world.walker()).affected(by: .key(id))
        #expect(reach.first?.links.contains("built") == true)
        #expect(reach.first?.isIntact == true)
        try await Self.revoke(.key(id), at: Self.before, in: world)
        #expect(ChainWalkerTests.broken(try await world.chain()).contains("built"))
    }

    @Test func `a person's revoked key takes its commits and reviews with it`() async throws {
        let world = try Chain()
        try await world.write()
        let author = world.author.key.sshFingerprint, reviewer = world.reviewer.key.sshFingerprint
        #expect(
            try await RevocationReach(world.walker()).affected(by: .key(author)).map(\.links) == [
                ["promoted", "commit"]
            ])
        #expect(
            try await RevocationReach(world.walker()).affected(by: .key(reviewer)).map(\.links) == [["review"]])
        try await Self.revoke(.key(reviewer), at: Self.before, in: world)
        #expect(ChainWalkerTests.broken(try await world.chain()) == ["review"])
        try await Self.revoke(.key(author), at: Self.after, in: world)
        #expect(ChainWalkerTests.broken(try await world.chain()) == ["promoted", "commit", "review"])
    }

    @Test func `what nothing runs on affects nothing`() async throws {
        let world = try Chain()
        try await world.write()
        let stranger = try TestKey("stranger")
        #expect(try await RevocationReach(world.walker()).affected(by: .key(stranger.key.keyID)).isEmpty)
        #expect(try await RevocationReach(world.walker()).affected(by: .paper(.sha256(of: [1]))).isEmpty)
    }

    @Test func `a revocation that no trusted key signed is seen and not obeyed`() async throws {
        let world = try Chain()
        let paper = try #require(try await world.walk().links.first { $0.name == "built" }?.paper)
        try await Self.revoke(.paper(paper), at: Self.after, in: world, by: try TestKey("waybill"))
        #expect(ChainWalkerTests.broken(try await world.chain()) == ["revocations"])
    }

    @Test func `a pack carries revocations, and they cannot be left out`() async throws {
        let world = try Chain()
        let paper = try #require(try await world.walk().links.first { $0.name == "built" }?.paper)
        try await Self.revoke(.paper(paper), at: Self.after, in: world)
        var pack = try await EvidencePackTests.sealed(world)
        #expect(ChainWalkerTests.broken(try await EvidencePackTests.chain(pack, world)) == ["built"])
        pack.answers.removeAll { $0.subject == Revocations.subject }
        #expect(ChainWalkerTests.broken(try await EvidencePackTests.chain(pack, world)).first == "pack")
    }

    @Test(arguments: [
        "", "SHA256:", "SHA256:AAAA", "sha256:aa", "md5:d41d8cd98f00b204e9800998ecf8427e", "deployment/shop",
    ])
    func `what names neither a key nor an attestation is refused`(_ text: String) {
        let error = #expect(throws: WaybillError.self) { try Revocation.target(text) }
        #expect(error?.code == .invalidInput)
    }

    @Test func `a revocation reads back as it was written`() throws {
        let key = try TestKey("x").key
        for target in [
            Revocation.Target.key(key.keyID), .key(key.sshFingerprint), .paper(.sha256(of: Array("paper".utf8))),
        ] {
            let revocation = Revocation(
                target: target, reason: "r", actor: "a", time: Timestamp(seconds: 1_790_000_000))
            #expect(try Revocation(revocation.statement) == revocation)
        }
        var other = Revocation(target: .key(key.keyID), reason: "", actor: "", time: Timestamp(seconds: 0)).statement
        other.subjects[0].name = "something"
        #expect(throws: WaybillError.self) { try Revocation(other) }
    }
}
