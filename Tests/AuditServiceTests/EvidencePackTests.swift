import Attestations
import Documents
import GitRepositories
import Ledger
import TestSupport
import Testing
import Trust
import WaybillCore

@testable import AuditService

/// A pack shows the same chain on another machine, and nothing can be changed or left out unnoticed.
@Suite struct EvidencePackTests {
    static let now = Timestamp(seconds: 1_790_000_100)
    static let workload = ChainSubject.workload("deployment/shop", namespace: "staging")

    static func sealed(_ world: Chain, _ subject: ChainSubject = workload) async throws -> EvidencePack {
        var (_, pack) = try await world.walker().evidence(of: subject)
        pack.seal = try world.installation.envelope(pack.sealStatement)
        return pack
    }

    static func root(_ world: Chain) -> [TrustedKey] { [TrustedKey(world.installation.key, name: "waybill")] }

    /// Read back from its bytes, as another machine does.
    static func chain(_ pack: EvidencePack, _ world: Chain) async throws -> PaperChain {
        try await EvidencePack(parsing: pack.bytes).chain(trusting: root(world), at: now)
    }

    @Test func `the chain of a pack is the chain of the ledger, with the seal before it`() async throws {
        let world = try Chain()
        let here = try await world.walk()
        let there = try await Self.chain(try await Self.sealed(world), world)
        #expect(there.links.first?.name == "pack")
        #expect(Array(there.links.dropFirst()) == here.links)
        #expect(there.isIntact)
        #expect(there.image == here.image && there.repository == "shop" && there.commit == world.commit)
    }

    @Test func `the same chain gives the same bytes`() async throws {
        let world = try Chain()
        try await world.write()
        let first = try await world.walker().evidence(of: Self.workload).pack
        let second = try await world.walker().evidence(of: Self.workload).pack
        #expect(first.bytes == second.bytes)
        let read = try EvidencePack(parsing: first.bytes)
        #expect(read.bytes == first.bytes)
        #expect(read.contentDigest == first.contentDigest)
    }

    @Test func `images and commits have chains and packs of their own`() async throws {
        let world = try Chain()
        try await world.write()
        let image = try await Self.chain(try await Self.sealed(world, .image(Chain.image)), world)
        #expect(image.isIntact)
        #expect(
            image.links.map(\.name) == [
                "pack", "verdict", "scanned", "test result", "contents", "built", "commit", "review", "merged",
            ])
        let commit = try await Self.chain(
            try await Self.sealed(world, .commit(world.commit, repository: "shop")), world)
        #expect(commit.isIntact)
        #expect(commit.links.map(\.name) == ["pack", "commit", "review", "merged"])
    }

    @Test func `a pack answers for what it holds and for nothing else`() async throws {
        let world = try Chain()
        try await world.write()
        let pack = try await Self.sealed(world)
        let other = try await pack.chain(of: .image(.sha256(of: [9])), trusting: Self.root(world), at: Self.now)
        #expect(!other.isIntact)
        let error = await #expect(throws: WaybillError.self) {
            try await pack.chain(
                of: .workload("deployment/other", namespace: "staging"), trusting: Self.root(world), at: Self.now)
        }
        #expect(error?.code == .notFound)
    }

    @Test func `the reader's own keys count, not those in the pack`() async throws {
        let world = try Chain()
        try await world.write()
        let pack = try await Self.sealed(world)
        let stranger = try TestKey("waybill")
        let chain = try await pack.chain(
            trusting: [TrustedKey(stranger.key, name: "waybill")], at: Self.now)
        #expect(!chain.isIntact)
        #expect(chain.links.first?.isIntact == false)
        let revoked = TrustedKey(
            world.installation.key, name: "waybill", revoked: Timestamp(seconds: 1_700_000_000))
        #expect(try await !pack.chain(trusting: [revoked], at: Self.now).isIntact)
    }

    /// A changed envelope under its old name, for each paper of the chain: its link and the seal break, no other.
    @Test(arguments: ChainWalkerTests.linkOfType)
    func `a changed paper is named by its link`(_ type: String, _ link: String) async throws {
        let world = try Chain()
        try await world.write()
        var pack = try await Self.sealed(world)
        let place = try #require(pack.papers.firstIndex { $0.predicateType == type })
        pack.papers[place].envelope.payload[pack.papers[place].envelope.payload.count / 2] ^= 1
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack", link])
        // Under the name of its new content, the signature fails.
        let old = pack.papers[place].id
        pack.papers[place].id = pack.papers[place].envelope.digest
        let new = pack.papers[place].id
        for answer in pack.answers.indices {
            pack.answers[answer].papers = pack.answers[answer].papers.map { $0 == old ? new : $0 }
        }
        pack = EvidencePack(
            subject: pack.subject, deployment: pack.deployment, environments: pack.environments, papers: pack.papers,
            answers: pack.answers, repositories: pack.repositories, keys: pack.keys, seal: pack.seal)
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack", link])
    }

    @Test(arguments: ChainWalkerTests.linkOfType)
    func `a paper that was left out is named by its link`(_ type: String, _ link: String) async throws {
        let world = try Chain()
        try await world.write()
        var pack = try await Self.sealed(world)
        for answer in pack.answers.indices where pack.answers[answer].predicateType == type {
            pack.answers[answer].papers = []
        }
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack", link])
    }

    @Test func `every object of Git that was changed or left out breaks the chain`() async throws {
        let world = try Chain()
        try await world.write()
        let pack = try await Self.sealed(world)
        for (repository, objects) in pack.repositories {
            for (name, object) in objects {
                var changed = pack
                changed.repositories[repository]?[name]?.bytes[object.bytes.count / 2] ^= 1
                #expect(
                    ChainWalkerTests.broken(try await Self.chain(changed, world)).contains("pack"),
                    "\(repository) \(name)")
                var missing = pack
                missing.repositories[repository]?[name] = nil
                missing.seal = try world.installation.envelope(missing.sealStatement)
                let broken = ChainWalkerTests.broken(try await Self.chain(missing, world))
                // Policies are for the reader; without them the walk is the same.
                if broken.isEmpty { continue }
                #expect(broken.allSatisfy { ["promoted", "commit"].contains($0) }, "\(broken)")
            }
        }
    }

    @Test func `an unsigned commit cannot be hidden by leaving it out`() async throws {
        let world = try Chain()
        world.isCommitSigned = false
        try await world.write()
        var pack = try await Self.sealed(world)
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["commit"])
        pack.repositories["shop"]?[world.commit] = nil
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack", "commit"])
    }

    @Test func `a pack without a seal, or with another one, does not hold`() async throws {
        let world = try Chain()
        try await world.write()
        var pack = try await Self.sealed(world)
        let image = try await Self.sealed(world, .image(Chain.image))
        pack.seal = image.seal
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack"])
        pack.seal = try TestKey("waybill").envelope(pack.sealStatement)
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack"])
        var statement = pack.sealStatement
        statement.predicateType = PredicateType.posture
        pack.seal = try world.installation.envelope(statement)
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack"])
        pack.seal = try world.installation.envelope(pack.sealStatement)
        pack.seal?.signatures[0].keyID += "x"
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack"])
        pack.seal = nil
        #expect(ChainWalkerTests.broken(try await Self.chain(pack, world)) == ["pack"])
    }

    @Test func `bytes that are no pack, or one with something added, are refused`() async throws {
        let world = try Chain()
        try await world.write()
        let bytes = try await Self.sealed(world).bytes
        let text = String(decoding: bytes, as: UTF8.self)
        for bad in [
            "", "{}", "[]", String(text.dropLast()), text + "\n",
            text.replacing("evidence-pack/v1", with: "evidence-pack/v2"),
            text.replacing("\"recorded\":", with: "\"recorded\":9999999999999999999"),
            text.replacing("{\"content\":{", with: "{\"content\":{\"more\":1,"),
            text.replacing("\"seal\":", with: "\"seel\":"),
            text.replacing("\"payloadType\":", with: "\"a\":1,\"payloadType\":"),
        ] {
            let error = #expect(throws: WaybillError.self) { try EvidencePack(parsing: Array(bad.utf8)) }
            #expect(error?.code == .invalidInput)
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard changed != bytes, let pack = try? EvidencePack(parsing: changed) else { continue }
            let chain = try? await pack.chain(trusting: Self.root(world), at: Self.now)
            #expect(chain?.isIntact != true)
        }
    }
}
