import Attestations
import GitRepositories
import Testing
import WaybillCore

struct EvidenceBranchTests {
    private let commit = ObjectID(String(repeating: "1", count: 40)) ?? .zero
    private let moment = Timestamp(seconds: 1_800_000_000)

    private func envelope(_ text: String) -> Envelope {
        Envelope(payloadType: "text/plain", payload: Array(text.utf8), signatures: [.init(keyID: "k", bytes: [1])])
    }

    @Test func `papers are found by the commit that they are about`() async throws {
        let repository = InMemoryRepository()
        let evidence = EvidenceBranch(of: repository)
        #expect(try await evidence.reviews(of: commit).isEmpty)
        #expect(try await evidence.move(of: "refs/heads/main", to: commit) == nil)
        for text in ["one", "two"] {
            try await evidence.add(
                envelope(text), at: [EvidencePath.review(envelope(text), of: commit)], because: text, on: moment)
        }
        try await evidence.add(
            envelope("move"), at: [EvidencePath.move(of: "refs/heads/main", to: commit), EvidencePath.lastMove],
            because: "move", on: moment)
        #expect(Set(try await evidence.reviews(of: commit)) == [envelope("one"), envelope("two")])
        #expect(try await evidence.reviews(of: .zero).isEmpty)
        #expect(try await evidence.move(of: "refs/heads/main", to: commit) == envelope("move"))
        #expect(try await evidence.move(of: "refs/heads/release", to: commit) == nil)
        #expect(try await evidence.lastMove() == envelope("move"))
    }

    @Test func `two people who add papers at once both succeed`() async throws {
        let evidence = EvidenceBranch(of: InMemoryRepository())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                let paper = envelope("\(number)")
                group.addTask {
                    try await evidence.add(
                        paper, at: [EvidencePath.review(paper, of: commit)], because: "x", on: moment)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await evidence.reviews(of: commit).count == 4)
    }

    @Test func `a paper that cannot be read is an error, not one paper fewer`() async throws {
        let repository = InMemoryRepository()
        let tree = try await repository.storeTree(changing: ["reviews/\(commit)/x.json": Array("{}".utf8)], of: nil)
        let person = CommitPerson(name: "A", email: "a@shop.example", seconds: 1)
        let head = try await repository.store(CommitDraft(tree: tree, parents: [], author: person, message: "x"))
        try await repository.move([ReferenceMove(EvidencePath.reference, from: nil, to: head)])
        await #expect(throws: WaybillError.self) { try await EvidenceBranch(of: repository).reviews(of: commit) }
    }
}
