import Attestations
import Documents
import Foundation
import GitRepositories
import Ledger
import Processes
import Testing
import WaybillCore

@testable import ForgeService

@Suite(.enabled(if: Programs.all, "git, ssh-keygen, perl or curl is not installed"))
struct ChangeTests {
    let alice = Identity("alice@shop.example"), bob = Identity("bob@shop.example")

    @Test func `a reviewed change is merged by moving main to the reviewed commit`() async throws {
        let forge = try await Forge.start()
        let (tree, base) = try await forge.shop()
        let head = try await forge.branch("cart", from: base, in: tree)
        let change = try await forge.service.openChange(in: "shop", branch: "cart", title: "Add the cart", by: alice)
        #expect(change.id == 1 && change.head == head && change.base == base && change.state == .open)
        #expect(change.commits.map(\.signature) == ["signed by alice@shop.example"])
        #expect(change.files == [FileChange(path: "cart.txt", added: 1, removed: 0)])
        #expect(change.verdict?.violations.map(\.rule) == ["WB-SRC-005"])

        let refused = try await forge.service.merge(1, in: "shop", by: alice)
        #expect(refused.violations.map(\.rule) == ["WB-SRC-005"])
        #expect(try await forge.head() == base)

        let entry = try await forge.service.review(1, in: "shop", try await forge.review(head, by: "bob"), by: bob)
        #expect(entry.counts && entry.reviewer == "bob@shop.example")
        #expect(try await forge.service.change(1, in: "shop").verdict?.isAllowed == true)
        let verdict = try await forge.service.merge(1, in: "shop", by: bob)
        #expect(verdict.isAllowed)
        #expect(try await forge.head() == head)
        await forge.service.stop()
        #expect(forge.announcements.all.last == "shop refs/heads/main \(base.short) \(head.short)")

        let papers = try await forge.ledger.papers(about: "gitCommit:\(head)", predicateType: nil)
        #expect(papers.map(\.predicateType) == [PredicateType.review, PredicateType.referenceMove])
        let move = try Statement(parsing: papers[1].envelope.payload)
        let logged = try ReferenceLogEntry(move.predicate)
        #expect(logged.actor == "bob@shop.example" && logged.old == base.hex && logged.new == head.hex)
        #expect(logged.change == 1 && logged.commits == 1 && logged.reviews == [entry.envelope])
        let log = try await EvidenceBranch(of: forge.service.repository("shop"))
        let first = try #require(try await log.move(of: "refs/heads/main", to: base))
        #expect(try ReferenceLogEntry(Statement(parsing: first.payload).predicate).number == 1)
        #expect(logged.number == 2 && logged.previous == first.digest)
        #expect(try await log.lastMove() == papers[1].envelope)
        let repository = try await forge.service.repository("shop")
        let evidence = try #require(try await repository.resolve("refs/waybill/evidence"))
        let paths = try await repository.files(at: evidence, under: "").map(\.path)
        #expect(paths.contains("moves/main/\(head).json"))
        #expect(paths.contains("reviews/\(head)/\(entry.envelope.hex).json"))

        let merged = try await forge.service.change(1, in: "shop")
        #expect(merged.state == .merged && merged.head == head && merged.base == base && merged.verdict == nil)
        let actions = try await forge.actions(about: "change:shop/1")
        #expect(actions == ["change.merged", "review.recorded", "change.refused", "change.opened"])
        await forge.stop()
    }

    @Test func `an author's own approval is kept and does not count`() async throws {
        let forge = try await Forge.start()
        let (tree, base) = try await forge.shop()
        let head = try await forge.branch("cart", from: base, in: tree)
        _ = try await forge.service.openChange(in: "shop", branch: "cart", title: "Add the cart", by: alice)
        let entry = try await forge.service.review(1, in: "shop", try await forge.review(head, by: "alice"), by: alice)
        #expect(!entry.counts && entry.reason?.contains("does not count") == true)
        #expect(try await forge.service.merge(1, in: "shop", by: alice).isAllowed == false)
        #expect(
            try await forge.ledger.papers(about: "gitCommit:\(head)", predicateType: PredicateType.review).count == 1)
        await forge.stop()
    }

    @Test func `a review of an older head does not count for the new one`() async throws {
        let forge = try await Forge.start()
        let (tree, base) = try await forge.shop()
        let head = try await forge.branch("cart", from: base, in: tree)
        _ = try await forge.service.openChange(in: "shop", branch: "cart", title: "Add the cart", by: alice)
        let review = try await forge.review(head, by: "bob")
        _ = try await forge.service.review(1, in: "shop", review, by: bob)
        let newer = try await forge.branch("cart", from: head, in: tree, content: "cart with a surprise\n")
        #expect(newer != head)
        #expect(try await forge.service.merge(1, in: "shop", by: alice).violations.map(\.rule) == ["WB-SRC-005"])
        let change = try await forge.service.change(1, in: "shop")
        #expect(change.reviews.map(\.counts) == [false] && change.reviews.first?.reason == "the head has moved since")
        let error = await #expect(throws: WaybillError.self) {
            try await forge.service.review(1, in: "shop", review, by: bob)
        }
        #expect(error?.code == .conflict)
        #expect(try await forge.head() == base)
        await forge.stop()
    }

    @Test func `a rejection is recorded and a forged review is refused`() async throws {
        let forge = try await Forge.start()
        let (tree, base) = try await forge.shop()
        let head = try await forge.branch("cart", from: base, in: tree)
        _ = try await forge.service.openChange(in: "shop", branch: "cart", title: "Add the cart", by: alice)
        let forgeries = [
            try await forge.review(head, by: "bob", key: "mallory"),
            try await forge.review(head, by: "bob", key: "carol"),
            try await forge.review(head, by: "bob", tree: String(repeating: "1", count: 40)),
            try await forge.review(head, by: "bob", target: "refs/heads/other"),
        ]
        for envelope in forgeries {
            let error = await #expect(throws: WaybillError.self) {
                try await forge.service.review(1, in: "shop", envelope, by: bob)
            }
            #expect(error?.code == .forbidden)
        }
        #expect(try await forge.service.change(1, in: "shop").reviews.isEmpty)
        let entry = try await forge.service.review(
            1, in: "shop", try await forge.review(head, by: "bob", decision: .reject), by: bob)
        #expect(entry.decision == .reject)
        #expect(try await forge.service.merge(1, in: "shop", by: alice).isAllowed == false)
        await forge.stop()
    }

    @Test func `an approved change is not merged when main has moved past it`() async throws {
        let forge = try await Forge.start()
        let (tree, base) = try await forge.shop()
        let cart = try await forge.branch("cart", from: base, in: tree),
            till = try await forge.branch("till", from: base, in: tree)
        for (branch, head) in [("cart", cart), ("till", till)] {
            let change = try await forge.service.openChange(in: "shop", branch: branch, title: branch, by: alice)
            _ = try await forge.service.review(change.id, in: "shop", try await forge.review(head, by: "bob"), by: bob)
        }
        #expect(try await forge.service.merge(1, in: "shop", by: alice).isAllowed)
        #expect(try await forge.service.merge(2, in: "shop", by: alice).violations.map(\.rule).contains("WB-SRC-004"))
        #expect(try await forge.head() == cart)
        await forge.stop()
    }

    @Test func `an approved head may be pushed to main directly, which merges its change`() async throws {
        let forge = try await Forge.start()
        let (tree, base) = try await forge.shop()
        let head = try await forge.branch("cart", from: base, in: tree)
        _ = try await forge.service.openChange(in: "shop", branch: "cart", title: "Add the cart", by: alice)
        _ = try await forge.service.review(1, in: "shop", try await forge.review(head, by: "bob"), by: bob)
        try await forge.push(tree, head, "main")
        #expect(try await forge.service.change(1, in: "shop").state == .merged)
        await forge.stop()
    }

    @Test func `everything is there again after the forge was killed at any moment`() async throws {
        let first = try await Forge.start()
        let (tree, base) = try await first.shop()
        let head = try await first.branch("cart", from: base, in: tree)
        _ = try await first.service.openChange(in: "shop", branch: "cart", title: "Add the cart", by: alice)
        let entry = try await first.service.review(1, in: "shop", try await first.review(head, by: "bob"), by: bob)
        await first.stop(remove: false)
        // As if it had been killed after git moved the branch and before anything else was written.
        try await GitExecutable("\(first.folder)/forge/repositories/shop.git").move([
            ReferenceMove("refs/heads/main", from: base, to: head)
        ])
        let second = try await Forge.start(in: first.folder)
        await second.service.stop()
        #expect(second.announcements.all == ["shop refs/heads/main \(base.short) \(head.short)"])
        let change = try await second.service.change(1, in: "shop")
        #expect(change.state == .merged && change.reviews.map(\.envelope) == [entry.envelope])
        #expect(
            try await second.ledger.papers(about: "gitCommit:\(head)", predicateType: PredicateType.referenceMove).count
                == 1)
        await second.stop(remove: false)
        let third = try await Forge.start(in: first.folder)
        await third.service.stop()
        #expect(third.announcements.all.isEmpty)
        #expect(
            try await third.ledger.papers(about: "gitCommit:\(head)", predicateType: PredicateType.referenceMove).count
                == 1)
        await third.stop()
    }

    @Test func `what Git knows and the ledger lost is written again with the same papers`() async throws {
        let first = try await Forge.start()
        let (tree, base) = try await first.shop()
        let head = try await first.branch("cart", from: base, in: tree)
        _ = try await first.service.openChange(in: "shop", branch: "cart", title: "Add the cart", by: alice)
        _ = try await first.service.review(1, in: "shop", try await first.review(head, by: "bob"), by: bob)
        await first.stop(remove: false)
        // As if the power had failed between Git's transaction and the ledger's.
        let names = ["ledger.db", "ledger.db-wal", "ledger.db-shm"]
        func copy(from: String, to: String) throws {
            for name in names {
                try? FileManager.default.removeItem(atPath: "\(to)/\(name)")
                guard FileManager.default.fileExists(atPath: "\(from)/\(name)") else { continue }
                try FileManager.default.copyItem(atPath: "\(from)/\(name)", toPath: "\(to)/\(name)")
            }
        }
        try FileManager.default.createDirectory(atPath: "\(first.folder)/copy", withIntermediateDirectories: true)
        try copy(from: first.folder, to: "\(first.folder)/copy")
        let second = try await Forge.start(in: first.folder)
        #expect(try await second.service.merge(1, in: "shop", by: bob).isAllowed)
        await second.stop(remove: false)
        try copy(from: "\(first.folder)/copy", to: first.folder)
        let third = try await Forge.start(in: first.folder)
        await third.service.stop()
        let papers = try await third.ledger.papers(
            about: "gitCommit:\(head)", predicateType: PredicateType.referenceMove)
        let written = try await EvidenceBranch(of: third.service.repository("shop")).move(
            of: "refs/heads/main", to: head)
        #expect(papers.map(\.envelope) == [written])
        #expect(try await third.service.change(1, in: "shop").state == .merged)
        #expect(third.announcements.all == ["shop refs/heads/main \(base.short) \(head.short)"])
        await third.stop()
    }

    @Test func `a move that nobody was told about is announced at the next start`() async throws {
        let first = try await Forge.start()
        let (_, head) = try await first.shop()
        await first.stop(remove: false)
        var heads = try #require(try await first.ledger.state("forge/shop/heads"))
        #expect(heads["unannounced"]?.array == [])
        heads["unannounced"] = [["reference": "refs/heads/main", "old": .null, "new": .string(head.hex)]]
        try await first.ledger.setState("forge/shop/heads", to: heads)
        let second = try await Forge.start(in: first.folder)
        await second.service.stop()
        #expect(second.announcements.all == ["shop refs/heads/main - \(head.short)"])
        #expect(try await second.ledger.state("forge/shop/heads")?["unannounced"]?.array == [])
        await second.stop()
    }

    @Test func `a branch that main holds already cannot be opened as a change`() async throws {
        let forge = try await Forge.start()
        let (tree, base) = try await forge.shop()
        try await forge.push(tree, base, "same")
        for (branch, code) in [("same", WaybillError.Code.conflict), ("main", .invalidInput), ("../x", .invalidInput)] {
            let error = await #expect(throws: WaybillError.self) {
                try await forge.service.openChange(in: "shop", branch: branch, title: "x", by: alice)
            }
            #expect(error?.code == code)
        }
        let error = await #expect(throws: WaybillError.self) {
            try await forge.service.openChange(in: "shop", branch: "same", title: "two\nlines", by: alice)
        }
        #expect(error?.code == .invalidInput)
        await forge.stop()
    }

    @Test func `a branch that was moved around the forge gets no paper and is not announced`() async throws {
        let first = try await Forge.start()
        let (tree, base) = try await first.shop()
        let head = try await first.branch("cart", from: base, in: tree)
        await first.stop(remove: false)
        try await GitExecutable("\(first.folder)/forge/repositories/shop.git").move([
            ReferenceMove("refs/heads/main", from: base, to: head)
        ])
        let second = try await Forge.start(in: first.folder)
        await second.service.stop()
        #expect(second.announcements.all.isEmpty)
        #expect(
            try await second.ledger.papers(about: "gitCommit:\(head)", predicateType: PredicateType.referenceMove)
                .isEmpty)
        #expect(try await second.actions(about: "gitCommit:\(head)").contains("reference.unexplained"))
        await second.stop()
    }

    @Test func `the whole road goes over HTTP`() async throws {
        let forge = try await Forge.start()
        let signers = String(decoding: try forge.signers("alice") + forge.signers("bob"), as: UTF8.self)
        let created = try await forge.request(
            "POST", "/api/repositories", as: "alice", body: ["name": "shop", "signers": .string(signers)])
        #expect(created.0 == 201)
        #expect(
            try await forge.request(
                "POST", "/api/repositories", as: "alice", body: ["name": "shop", "signers": .string(signers)]
            ).0 == 409)
        let tree = try await WorkingTree.initialize("\(forge.folder)/work")
        try await tree.write(Array(signers.utf8), to: ".waybill/allowed_signers")
        let base = try await tree.commit("Begin", by: forge.author("alice"))
        try await forge.push(tree, base, "main")
        let head = try await forge.branch("cart", from: base, in: tree)
        #expect(
            try await forge.request("GET", "/api/repositories", as: "bob").1["repositories"]?[0]?["head"]?.string
                == base.hex)
        let path = "/api/repositories/shop/changes"
        #expect(try await forge.request("POST", path, as: "alice", body: ["branch": "cart", "titel": "x"]).0 == 400)
        #expect(try await forge.request("POST", path, as: "alice", body: ["branch": "absent", "title": "x"]).0 == 404)
        #expect(try await forge.request("POST", path, as: "alice", body: ["branch": "cart", "title": "Cart"]).0 == 201)
        #expect(try await forge.request("POST", path, as: "alice", body: ["branch": "cart", "title": "Cart"]).0 == 409)
        #expect(try await forge.request("POST", "\(path)/1/merge", as: "alice").0 == 422)
        let review = try await forge.review(head, by: "bob").value
        #expect(try await forge.request("POST", "\(path)/1/reviews", as: "bob", body: review).0 == 201)
        #expect(try await forge.request("POST", "\(path)/1/reviews", as: "bob", body: ["payload": "x"]).0 == 400)
        let one = try await forge.request("GET", "\(path)/1", as: "bob")
        #expect(one.1["diff"]?.string?.contains("+cart") == true)
        #expect(one.1["verdict"]?["verdict"]?.string == "allow")
        #expect(try await forge.request("POST", "\(path)/1/merge", as: "bob").0 == 200)
        #expect(try await forge.request("GET", path, as: "bob").1["changes"]?[0]?["state"]?.string == "merged")
        #expect(try await forge.request("GET", "\(path)/2", as: "bob").0 == 404)
        #expect(try await forge.request("GET", "\(path)/0x1", as: "bob").0 == 404)
        #expect(try await forge.head() == head)
        await forge.stop()
    }

    @Test(arguments: [
        "../x", "x/../y", "", ".git", "a.git", "a.lock", "-x", "A", "a\0b", "ä", "a b",
        String(repeating: "a", count: 65),
    ])
    func `a repository's name is a plain word`(_ name: String) async throws {
        let forge = try await Forge.start()
        let error = await #expect(throws: WaybillError.self) {
            try await forge.service.createRepository(name, signers: try forge.signers("alice"), by: alice)
        }
        #expect(error?.code == .invalidInput)
        await forge.stop()
    }
}
