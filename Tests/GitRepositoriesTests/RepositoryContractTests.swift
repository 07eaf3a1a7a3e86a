import Foundation
import GitRepositories
import Testing
import WaybillCore

/// What every repository promises, asked of the real one and of the one in memory.
@Suite(.enabled(if: Programs.git, "git and ssh-keygen are not installed"))
struct RepositoryContractTests {
    enum Kind: String, CaseIterable, Sendable { case executable, memory }

    private func repository(_ kind: Kind, _ scratch: Scratch) async throws -> any WritableGitRepository {
        switch kind {
        case .executable: try await GitExecutable.initializeBare("\(scratch.path)/one.git")
        case .memory: InMemoryRepository()
        }
    }

    private func commit(
        _ files: [String: [UInt8]?], onto parent: ObjectID?, in repository: any WritableGitRepository,
        second: ObjectID? = nil,
        message: String = "change"
    ) async throws -> ObjectID {
        let tree = try await repository.storeTree(changing: files, of: parent)
        let person = CommitPerson(name: "A", email: "a@shop.example", seconds: 1_700_000_000)
        return try await repository.store(
            CommitDraft(tree: tree, parents: [parent, second].compactMap { $0 }, author: person, message: message))
    }

    @Test(arguments: Kind.allCases)
    func `the same files and words give the same commit everywhere`(_ kind: Kind) async throws {
        let scratch = try Scratch()
        let repository = try await repository(kind, scratch)
        let files: [String: [UInt8]?] = [
            "a": Array("1\n".utf8), "a.b/c": Array("2\n".utf8), "a-b/c": Array("3\n".utf8),
        ]
        let id = try await commit(files, onto: nil, in: repository)

        let other = try await commit(files, onto: nil, in: InMemoryRepository())
        #expect(id == other)
    }

    @Test(arguments: Kind.allCases)
    func `a commit is found by reference, short name and id, and nothing else is`(_ kind: Kind) async throws {
        let scratch = try Scratch()
        let repository = try await repository(kind, scratch)
        let id = try await commit(["a.txt": Array("1".utf8)], onto: nil, in: repository)
        try await repository.move([ReferenceMove("refs/heads/main", from: nil, to: id)])
        for name in ["refs/heads/main", "main", "HEAD", id.hex] { #expect(try await repository.resolve(name) == id) }
        #expect(try await repository.resolve("refs/heads/absent") == nil)
        #expect(try await repository.resolve(String(repeating: "1", count: 40)) == nil)
        #expect(try await repository.references() == ["refs/heads/main": id])
        for hostile in ["", "-all", "--git-dir=/", ":/secret", "main\nHEAD", "a b"] {
            await #expect(throws: WaybillError.self) { try await repository.resolve(hostile) }
        }
    }

    @Test(arguments: Kind.allCases)
    func `objects come back byte by byte`(_ kind: Kind) async throws {
        let scratch = try Scratch()
        let repository = try await repository(kind, scratch)
        for bytes in [
            [], [0x0A], Array("x missing\n".utf8), [UInt8](repeating: 0, count: 300_000),
            Array((0...255).map { UInt8($0) }),
        ] {
            let id = try await repository.store("blob", bytes)
            let found = try #require(try await repository.object(id))
            #expect(found.type == "blob")
            #expect(found.bytes == bytes)
        }
        #expect(try await repository.object(.zero) == nil)
    }

    @Test(arguments: Kind.allCases)
    func `files, folders and changes of a tree are listed by path`(_ kind: Kind) async throws {
        let scratch = try Scratch()
        let repository = try await repository(kind, scratch)
        let one = try await commit(
            [
                "deploy/base/a.yaml": Array("a".utf8), "deploy/b.yaml": Array("b".utf8), "deployment": Array("c".utf8),
                "ä ö\t": Array("d".utf8),
            ],
            onto: nil, in: repository)
        #expect(try await repository.files(at: one, under: "").count == 4)
        #expect(
            try await repository.files(at: one, under: "deploy").map(\.path).sorted() == [
                "deploy/b.yaml", "deploy/base/a.yaml",
            ])
        #expect(try await repository.files(at: one, under: "deploy/base/").map(\.path) == ["deploy/base/a.yaml"])
        #expect(try await repository.files(at: one, under: "absent").isEmpty)
        #expect(try await repository.read("ä ö\t", at: one) == Array("d".utf8))
        #expect(try await repository.read("deploy", at: one) == nil)
        #expect(try await repository.read("deploy/absent", at: one) == nil)
        for hostile in ["", "/etc/passwd", "../a", "a/../b", "a//b", "a\nb", ".git/config"] {
            await #expect(throws: WaybillError.self) { try await repository.read(hostile, at: one) }
        }
        let two = try await commit(
            ["deploy/b.yaml": nil, "deployment": Array("C".utf8), "new": Array("n".utf8)], onto: one, in: repository)
        #expect(try await repository.changedPaths(from: one, to: two) == ["deploy/b.yaml", "deployment", "new"])
    }

    @Test(arguments: Kind.allCases)
    func `a range holds what the head has and the base has not, parents first`(_ kind: Kind) async throws {
        let scratch = try Scratch()
        let repository = try await repository(kind, scratch)
        let root = try await commit(["a": [1]], onto: nil, in: repository)
        let left = try await commit(["b": [2]], onto: root, in: repository)
        let right = try await commit(["c": [3]], onto: root, in: repository)
        let join = try await commit(["b": [2], "c": [3]], onto: left, in: repository, second: right)
        let all = try await repository.commits(from: nil, to: join)
        #expect(all.count == 4 && all.first == root && all.last == join)
        #expect(Set(try await repository.commits(from: left, to: join)) == [right, join])
        #expect(try await repository.commits(from: join, to: join).isEmpty)
        #expect(try await repository.commits(from: join, to: root).isEmpty)
        #expect(try await repository.isAncestor(root, of: join))
        #expect(try await repository.isAncestor(join, of: join))
        #expect(try await repository.isAncestor(left, of: right) == false)
        await #expect(throws: WaybillError.self) { try await repository.isAncestor(.zero, of: join) }
        await #expect(throws: WaybillError.self) { try await repository.commits(from: .zero, to: join) }
    }

    @Test(arguments: Kind.allCases)
    func `references move all together and only from where they are expected`(_ kind: Kind) async throws {
        let scratch = try Scratch()
        let repository = try await repository(kind, scratch)
        let one = try await commit(["a": [1]], onto: nil, in: repository)
        let two = try await commit(["a": [2]], onto: one, in: repository)
        try await repository.move([ReferenceMove("refs/heads/main", from: nil, to: one)])
        let stale = ReferenceMove("refs/heads/main", from: two, to: one)
        let error = await #expect(throws: WaybillError.self) {
            try await repository.move([ReferenceMove("refs/waybill/evidence", from: nil, to: one), stale])
        }
        #expect(error?.code == .conflict)
        #expect(try await repository.references() == ["refs/heads/main": one])
        await #expect(throws: WaybillError.self) {
            try await repository.move([ReferenceMove("refs/heads/main", from: nil, to: two)])
        }
        try await repository.move([
            ReferenceMove("refs/heads/main", from: one, to: two), ReferenceMove("refs/heads/extra", from: nil, to: one),
        ])
        try await repository.move([ReferenceMove("refs/heads/extra", from: one, to: nil)])
        #expect(try await repository.references() == ["refs/heads/main": two])
        for hostile in [
            "main", "refs/heads/../x", "refs/heads/a b", "refs/heads/a\0b", "refs/heads/x.lock", "refs/heads/-\n",
        ] {
            await #expect(throws: WaybillError.self) {
                try await repository.move([ReferenceMove(hostile, from: nil, to: one)])
            }
        }
    }
}
