import Documents
import Foundation
import GitRepositories
import Ledger
import Processes
import Testing
import WaybillCore

@testable import ForgeService

@Suite(.enabled(if: Programs.all, "git, ssh-keygen, perl or curl is not installed"))
struct PushTests {
    /// What the pusher reads when a push is refused.
    private func refusal(_ work: () async throws -> Void) async -> String {
        let error = await #expect(throws: WaybillError.self) { try await work() }
        return error?.message ?? ""
    }

    @Test func `a signed first commit is taken, cloned again, and announced`() async throws {
        let forge = try await Forge.start()
        let (_, head) = try await forge.shop()
        #expect(try await forge.head() == head)
        let copy = try await WorkingTree.clone(
            forge.url(), to: "\(forge.folder)/copy", credentials: forge.credentials("bob"))
        #expect(try await copy.head() == head)
        await forge.service.stop()
        #expect(forge.announcements.all == ["shop refs/heads/main - \(head.short)"])
        let papers = try await forge.ledger.papers(about: "gitCommit:\(head)", predicateType: nil)
        #expect(papers.count == 1)
        #expect(try await forge.actions().contains("push.accepted"))
        await forge.stop()
    }

    @Test(arguments: ["main", "cart"])
    func `an unsigned commit is refused on every branch`(_ branch: String) async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop()
        try await tree.checkout("work", create: true, at: head)
        let unsigned = try await tree.repository.store(
            CommitDraft(
                tree: try await tree.repository.storeTree(changing: ["a.txt": [1]], of: head), parents: [head],
                author: CommitPerson(name: "alice", email: "alice@shop.example", seconds: 1_800_000_000),
                message: "quick fix"))
        let words = await refusal { try await forge.push(tree, unsigned, branch) }
        #expect(
            words.contains("remote: ") && words.contains("WB-SRC-001") && words.contains(unsigned.short), "\(words)")
        #expect(words.contains("try: "))
        #expect(try await forge.head() == head)
        #expect(try await forge.head("refs/heads/cart") == nil)
        #expect(try await forge.actions(about: "gitCommit:\(unsigned)") == ["push.refused"])
        await forge.stop()
    }

    @Test func `an impostor who writes the author's name is refused`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop()
        try await tree.checkout("cart", create: true, at: head)
        try await tree.write([1], to: "cart.txt")
        let forged = try await tree.commit("Add the cart", by: forge.author("alice", key: "mallory"))
        let unknown = await refusal { try await forge.push(tree, forged, "cart", as: "mallory") }
        #expect(unknown.contains("WB-SRC-002"), "\(unknown)")
        // A listed key that signs in another listed person's name.
        try await tree.checkout("cart", create: true, at: head)
        try await tree.write([2], to: "cart.txt")
        let borrowed = try await tree.commit("Add the cart", by: forge.author("alice", key: "bob"))
        let mismatch = await refusal { try await forge.push(tree, borrowed, "cart", as: "bob") }
        #expect(mismatch.contains("WB-SRC-003"), "\(mismatch)")
        await forge.stop()
    }

    @Test func `one bad commit below a good head refuses the whole range`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop()
        try await tree.checkout("cart", create: true, at: head)
        try await tree.write([1], to: "a.txt")
        _ = try await tree.commit("hidden", by: forge.author("mallory"))
        try await tree.write([2], to: "a.txt")
        let top = try await tree.commit("good", by: forge.author("alice"))
        let words = await refusal { try await forge.push(tree, top, "cart") }
        #expect(words.contains("hidden"), "\(words)")
        await forge.stop()
    }

    @Test func `history is not rewritten and protected branches are not deleted`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop(reviews: 0)
        try await tree.write([1], to: "a.txt")
        let second = try await tree.commit("second", by: forge.author("alice"))
        try await forge.push(tree, second, "main")
        try await tree.checkout("other", create: true, at: head)
        try await tree.write([2], to: "b.txt")
        let other = try await tree.commit("other", by: forge.author("alice"))
        let forced = await refusal { try await forge.push(tree, other, "main", force: true) }
        #expect(forced.contains("WB-SRC-004"), "\(forced)")
        let deletion = try await ProcessRunner.run(
            Command(
                "git",
                [
                    "-C", tree.path, "push",
                    forge.url().replacingOccurrences(of: "http://", with: "http://x:token-alice@"), ":main",
                ],
                environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"]))
        #expect(!deletion.isSuccess && deletion.errorText.contains("WB-SRC-006"), "\(deletion.errorText)")
        #expect(try await forge.head() == second)
        await forge.stop()
    }

    @Test func `a direct push to a branch that needs reviews is refused without them`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop(reviews: 1)
        try await tree.write([1], to: "a.txt")
        let second = try await tree.commit("second", by: forge.author("alice"))
        let words = await refusal { try await forge.push(tree, second, "main") }
        #expect(words.contains("WB-SRC-005"), "\(words)")
        #expect(try await forge.head() == head)
        await forge.stop()
    }

    @Test func `a push cannot name its own signers, hide the policy or break it`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop(reviews: 0)
        try await tree.write(try forge.signers("mallory"), to: ".waybill/allowed_signers")
        let own = try await tree.commit("Trust me", by: forge.author("mallory"))
        #expect(await refusal { try await forge.push(tree, own, "main", as: "mallory") }.contains("WB-SRC-002"))
        for (path, content) in [
            ("waybill.yaml", "source:\n  reveiws: 0\n"),
            (".waybill/allowed_signers", "alice@shop.example ssh-ed25519 broken\n"),
        ] {
            try await tree.checkout("try", create: true, at: head)
            try await tree.write(Array(content.utf8), to: path)
            let broken = try await tree.commit("Break it", by: forge.author("alice"))
            let words = await refusal { try await forge.push(tree, broken, "main") }
            #expect(words.contains("WB-SRC-021"), "\(words)")
        }
        try await tree.checkout("try", create: true, at: head)
        try FileManager.default.removeItem(atPath: "\(tree.path)/.waybill/allowed_signers")
        try await tree.add()
        let removed = try await tree.commit("Remove the list", by: forge.author("alice"))
        #expect(await refusal { try await forge.push(tree, removed, "main") }.contains("WB-SRC-021"))
        await forge.stop()
    }

    @Test func `only branches and signed tags are taken`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop()
        for reference in ["refs/waybill/evidence", "refs/notes/x", "refs/replace/\(head)"] {
            let words = await refusal {
                try await tree.push(head, to: reference, at: forge.url(), credentials: forge.credentials("alice"))
            }
            #expect(words.contains("WB-SRC-020") || words.contains("hidden ref"), "\(words)")
        }
        let tag = await refusal {
            try await tree.push(head, to: "refs/tags/v1", at: forge.url(), credentials: forge.credentials("alice"))
        }
        #expect(tag.contains("WB-SRC-001"), "\(tag)")
        await forge.stop()
    }

    @Test func `nobody reads or pushes without a token`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop()
        let without = await refusal { try await tree.push(head, to: "refs/heads/x", at: forge.url()) }
        #expect(!without.isEmpty)
        for path in [
            "/git/shop.git/info/refs?service=git-upload-pack", "/git/shop.git/info/refs?service=git-receive-pack",
        ] {
            #expect(try await forge.request("GET", path).0 == 401)
            #expect(try await forge.request("GET", path, as: "nobody").0 == 401)
            #expect(try await forge.request("GET", path, as: "bob").0 == 200)
        }
        #expect(try await forge.request("POST", "/git/shop.git/git-receive-pack").0 == 401)
        #expect(try await forge.request("GET", "/api/repositories").0 == 401)
        await forge.stop()
    }

    @Test func `readers may be anonymous where the forge says so, pushers never`() async throws {
        let forge = try await Forge.start(options: .init(anonymousRead: true))
        _ = try await forge.shop()
        #expect(try await forge.request("GET", "/git/shop.git/info/refs?service=git-upload-pack").0 == 200)
        #expect(try await forge.request("GET", "/git/shop.git/info/refs?service=git-receive-pack").0 == 401)
        await forge.stop()
    }

    @Test(arguments: [
        "/git/../forge.git/info/refs?service=git-upload-pack",
        "/git/%2e%2e%2fshop.git/info/refs?service=git-upload-pack",
        "/git/shop.git/HEAD", "/git/shop.git/objects/info/packs", "/git/.hidden.git/info/refs?service=git-upload-pack",
        "/git/-x.git/info/refs?service=git-upload-pack", "/git/absent.git/info/refs?service=git-upload-pack",
        "/git/shop.git/info/refs?service=git-upload-archive", "/git/shop.git/info/refs",
    ])
    func `paths lead to hosted repositories only`(_ path: String) async throws {
        let forge = try await Forge.start()
        _ = try await forge.shop()
        #expect([400, 404, 501].contains(try await forge.request("GET", path, as: "alice").0))
        await forge.stop()
    }

    @Test func `a push is refused when the forge does not answer`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop(reviews: 0)
        try await tree.write([1], to: "a.txt")
        let second = try await tree.commit("second", by: forge.author("alice"))
        // Git goes on to be served, but nobody answers its hooks.
        await forge.service.stop()
        let words = await refusal { try await forge.push(tree, second, "main") }
        #expect(words.contains("no forge"), "\(words)")
        #expect(try await forge.head() == head)
        await forge.stop()
    }

    @Test func `a push around the forge is refused, and so is one without its hook program`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop(reviews: 0)
        try await tree.write([1], to: "a.txt")
        let second = try await tree.commit("second", by: forge.author("alice"))
        let hook = "\(forge.folder)/forge/hooks/pre-receive"
        let outcome = try await ProcessRunner.run(Command(hook, []))
        #expect(!outcome.isSuccess && outcome.errorText.contains("did not come through the forge"))
        try FileManager.default.removeItem(atPath: "\(forge.folder)/hook")
        _ = await refusal { try await forge.push(tree, second, "main") }
        #expect(try await forge.head() == head)
        await forge.stop()
    }

    @Test func `a hook that was removed is put back before the next push`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop()
        try FileManager.default.removeItem(atPath: "\(forge.folder)/forge/hooks/pre-receive")
        let words = await refusal { try await forge.push(tree, try await unsigned(tree, head), "cart") }
        #expect(words.contains("WB-SRC-001"), "\(words)")
        await forge.stop()
    }

    private func unsigned(_ tree: WorkingTree, _ head: ObjectID) async throws -> ObjectID {
        try await tree.repository.store(
            CommitDraft(
                tree: try await tree.repository.storeTree(changing: ["a.txt": [1]], of: head), parents: [head],
                author: CommitPerson(name: "alice", email: "alice@shop.example", seconds: 1_800_000_000), message: "x"))
    }

    @Test func `a large push and its compressed requests flow through`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop(reviews: 0)
        try await tree.checkout("large", create: true, at: head)
        var random = SystemRandomNumberGenerator()
        try await tree.write(
            (0..<3_000_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }, to: "blob.bin")
        for number in 0..<5 { try await tree.write(Array("\(number)".utf8), to: "dir\(number)/f.txt") }
        let large = try await tree.commit("large", by: forge.author("alice"))
        try await forge.push(tree, large, "large")
        let copy = try await WorkingTree.clone(
            forge.url(), to: "\(forge.folder)/copy", branch: "large", credentials: forge.credentials("bob"))
        #expect(try await copy.head() == large)
        await forge.stop()
    }

    @Test func `the evidence of a repository can be fetched and not be pushed`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop()
        let mirror = try await GitExecutable.initializeBare("\(forge.folder)/mirror.git")
        try await mirror.fetch(
            from: forge.url(), ["+refs/heads/*:refs/heads/*", "+refs/waybill/*:refs/waybill/*"],
            credentials: forge.credentials("bob"))
        #expect(try await EvidenceBranch(of: mirror).move(of: "refs/heads/main", to: head) != nil)
        let evidence = try #require(try await mirror.resolve("refs/waybill/evidence"))
        let words = await refusal {
            try await tree.push(
                head, to: "refs/waybill/evidence", at: forge.url(), credentials: forge.credentials("alice"), force: true
            )
        }
        #expect(!words.isEmpty)
        #expect(try await forge.head("refs/waybill/evidence") == evidence)
        await forge.stop()
    }

    @Test func `a signed tag is taken once and never moved or removed`() async throws {
        let forge = try await Forge.start()
        let (tree, head) = try await forge.shop(reviews: 0)
        func tag(_ key: String, _ commit: ObjectID) async throws -> ObjectID {
            try await ProcessRunner.output(
                of: Command(
                    "git", ["-C", tree.path, "tag", "-f", "-s", "v1", "-m", "first", commit.hex],
                    environment: [
                        "HOME": "/nonexistent", "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "gpg.format",
                        "GIT_CONFIG_VALUE_0": "ssh",
                        "GIT_CONFIG_KEY_1": "user.signingKey", "GIT_CONFIG_VALUE_1": "\(forge.folder)/keys/\(key)",
                        "GIT_COMMITTER_NAME": "alice", "GIT_COMMITTER_EMAIL": "alice@shop.example",
                    ]))
            return try #require(try await tree.repository.references()["refs/tags/v1"])
        }
        func push(_ id: ObjectID) async throws {
            try await tree.push(
                id, to: "refs/tags/v1", at: forge.url(), credentials: forge.credentials("alice"), force: true)
        }
        let forged = try await tag("mallory", head)
        #expect(await refusal { try await push(forged) }.contains("WB-SRC-002"))
        let good = try await tag("alice", head)
        try await push(good)
        #expect(try await forge.service.repository("shop").references()["refs/tags/v1"] == good)
        try await tree.write([1], to: "a.txt")
        let second = try await tree.commit("second", by: forge.author("alice"))
        let moved = try await tag("alice", second)
        #expect(await refusal { try await push(moved) }.contains("WB-SRC-012"))
        await forge.stop()
    }

    @Test func `a client that goes away in the middle leaves nothing behind`() async throws {
        let forge = try await Forge.start()
        let (_, head) = try await forge.shop()
        // Says that it will send more than it does, and hangs up after a second.
        let outcome = try await ProcessRunner.run(
            Command(
                "curl",
                [
                    "-s", "--max-time", "1", "-H", "Authorization: Bearer token-alice", "-H", "Content-Length: 100000",
                    "-H", "Content-Type: application/x-git-receive-pack-request", "--data-binary", "0094",
                    "\(forge.url())/git-receive-pack",
                ]))
        #expect(!outcome.isSuccess)
        let clock = ContinuousClock(), deadline = clock.now + .seconds(20)
        while await forge.service.exchanges > 0, clock.now < deadline { try await Task.sleep(for: .milliseconds(50)) }
        #expect(await forge.service.exchanges == 0)
        #expect(await forge.service.tickets.isEmpty)
        #expect(try await forge.head() == head)
        await forge.stop()
    }
}
