import GitRepositories
import Synchronization
import Testing
import WaybillCore

/// A repository of bare objects answers as the whole one does, from no more objects than it read.
struct ObjectRepositoryTests {
    /// A random history with merges, and commits in the order in which they were made.
    static func history(
        _ random: inout some RandomNumberGenerator, clocksAreOdd: Bool, in repository: InMemoryRepository
    ) async throws -> [ObjectID] {
        var commits: [ObjectID] = []
        for number in 0..<30 {
            var parents: [ObjectID] = []
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                // Mostly on what was made lately, now and then on what is old.
                let recent = commits.suffix(Int.random(in: 0..<4, using: &random) == 0 ? 30 : 3)
                if let parent = recent.randomElement(using: &random), !parents.contains(parent) {
                    parents.append(parent)
                }
            }
            let tree = try await repository.storeTree(
                changing: ["a/b/\(number % 7).txt": Array("\(number)".utf8)], of: parents.first)
            let seconds = clocksAreOdd ? Int64.random(in: 0...50, using: &random) : Int64(number)
            let person = CommitPerson(name: "A", email: "a@shop.example", seconds: seconds)
            commits.append(
                try await repository.store(
                    CommitDraft(tree: tree, parents: parents, author: person, message: "\(number)")))
        }
        return commits
    }

    @Test(arguments: [false, true])
    func `histories, ancestors and files are those of the whole repository`(_ clocksAreOdd: Bool) async throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<8 {
            let whole = InMemoryRepository()
            let commits = try await Self.history(&random, clocksAreOdd: clocksAreOdd, in: whole)
            let bare = ObjectRepository(name: "bare") { id throws(WaybillError) in await whole.object(id) }
            for _ in 0..<25 {
                let base = Bool.random() ? commits.randomElement() : nil
                let head = try #require(commits.randomElement())
                let expected = try await whole.commits(from: base, to: head)
                let found = try await bare.commits(from: base, to: head)
                // A wrong clock may show more than there is between the two, never less.
                #expect(Set(found).isSuperset(of: expected))
                #expect(Set(found).count == found.count)
                if !clocksAreOdd { #expect(found.count == expected.count) }
                if let base {
                    #expect(try await bare.isAncestor(base, of: head) == whole.isAncestor(base, of: head))
                }
                // Parents before children.
                for (place, id) in found.enumerated() where !clocksAreOdd {
                    for later in found[(place + 1)...] { #expect(try await !whole.isAncestor(later, of: id)) }
                }
                for folder in ["", "a", "a/b/", "c"] {
                    #expect(
                        Set(try await bare.files(at: head, under: folder))
                            == Set(try await whole.files(at: head, under: folder)))
                }
                for path in ["a/b/1.txt", "a/b", "a", "x", "a/b/1.txt/y"] {
                    #expect(try await bare.read(path, at: head) == whole.read(path, at: head), "\(path)")
                }
            }
        }
    }

    @Test func `what one walk read is all that another one needs`() async throws {
        var random = SystemRandomNumberGenerator()
        let whole = InMemoryRepository()
        let commits = try await Self.history(&random, clocksAreOdd: false, in: whole)
        let head = try #require(commits.last), base = commits[20]
        let seen = Mutex<[ObjectID: (type: String, bytes: [UInt8])]>([:])
        let watched = ObjectRepository(name: "watched") { id throws(WaybillError) in
            let object = await whole.object(id)
            seen.withLock { $0[id] = object }
            return object
        }
        let expected = try await watched.commits(from: base, to: head)
        let objects = seen.withLock { $0 }
        let packed = ObjectRepository(name: "packed") { id throws(WaybillError) in objects[id] }
        #expect(try await packed.commits(from: base, to: head) == expected)
        for id in objects.keys {
            let fewer = objects.filter { $0.key != id }
            let torn = ObjectRepository(name: "torn") { id throws(WaybillError) in fewer[id] }
            await #expect(throws: WaybillError.self) { try await torn.commits(from: base, to: head) }
        }
    }

    @Test func `bytes that are not those of their name are refused`() async throws {
        let whole = InMemoryRepository()
        let blob = try await whole.store("blob", Array("right".utf8))
        let bare = ObjectRepository(name: "bare") { _ throws(WaybillError) in ("blob", Array("wrong".utf8)) }
        let error = await #expect(throws: WaybillError.self) { try await bare.object(blob) }
        #expect(error?.code == .corrupted)
    }
}
