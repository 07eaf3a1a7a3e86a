import Foundation
import GitRepositories
import Processes
import Testing
import WaybillCore

@Suite(.enabled(if: Programs.git, "git and ssh-keygen are not installed"))
struct GitExecutableTests {
    @Test func `a folder that is no repository is told apart`() throws {
        let scratch = try Scratch()
        let error = #expect(throws: WaybillError.self) { try GitExecutable(scratch.path) }
        #expect(error?.code == .notFound)
    }

    @Test func `a repository is found from a folder inside it`() async throws {
        let scratch = try Scratch()
        let tree = try await WorkingTree.initialize("\(scratch.path)/work")
        try FileManager.default.createDirectory(atPath: "\(tree.path)/a/b", withIntermediateDirectories: true)
        #expect(try GitExecutable.discover(from: "\(tree.path)/a/b").root == tree.path)
        #expect(throws: WaybillError.self) { try GitExecutable.discover(from: scratch.path) }
    }

    @Test func `an object reader survives the end of its child and many questions at once`() async throws {
        let scratch = try Scratch()
        let repository = try await GitExecutable.initializeBare("\(scratch.path)/one.git")
        var ids: [ObjectID] = []
        for number in 0..<20 { ids.append(try await repository.store("blob", Array("\(number)".utf8))) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for (number, id) in ids.enumerated() {
                group.addTask { try await repository.object(id)?.bytes == Array("\(number)".utf8) }
            }
            for try await isRight in group { #expect(isRight) }
        }
        // Objects that come after the child has started are found, too.
        let late = try await repository.store("blob", Array("late".utf8))
        #expect(try await repository.object(late)?.bytes == Array("late".utf8))
    }

    @Test func `an object past the bound is refused and the next question still answered`() async throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/one.git"
        _ = try await GitExecutable.initializeBare(path)
        let repository = try GitExecutable(path, limits: .init(objectBytesMax: 100))
        let large = try await repository.store("blob", [UInt8](repeating: 1, count: 101))
        let small = try await repository.store("blob", [1])
        let error = await #expect(throws: WaybillError.self) { try await repository.object(large) }
        #expect(error?.code == .limitExceeded)
        #expect(try await repository.object(small)?.bytes == [1])
    }

    @Test func `configuration of the user and hooks of the repository have no effect`() async throws {
        let scratch = try Scratch()
        let tree = try await WorkingTree.initialize("\(scratch.path)/work")
        let author = try await scratch.author("alice")
        let hook = "\(tree.path)/.git/hooks"
        try FileManager.default.createDirectory(atPath: hook, withIntermediateDirectories: true)
        try Data("#!/bin/sh\ntouch \(scratch.path)/ran\n".utf8).write(to: URL(fileURLWithPath: "\(hook)/post-commit"))
        chmod("\(hook)/post-commit", 0o755)
        try await tree.write(Array("1".utf8), to: "a.txt")
        _ = try await tree.commit("one", by: author)
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/ran"))
    }

    @Test func `a replaced object is read under its own name`() async throws {
        let scratch = try Scratch()
        let repository = try await GitExecutable.initializeBare("\(scratch.path)/one.git")
        let one = try await repository.store("blob", Array("honest".utf8))
        let two = try await repository.store("blob", Array("forged".utf8))
        try await repository.move([ReferenceMove("refs/replace/\(one)", from: nil, to: two)])
        #expect(try await repository.object(one)?.bytes == Array("honest".utf8))
    }

    @Test func `a damaged object is an error, never content`() async throws {
        let scratch = try Scratch()
        let repository = try await GitExecutable.initializeBare("\(scratch.path)/one.git")
        let one = try await repository.store("blob", Array("one".utf8)),
            two = try await repository.store("blob", Array("two".utf8))
        func file(_ id: ObjectID) -> String {
            "\(repository.gitFolder)/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
        }
        try FileManager.default.removeItem(atPath: file(one))
        try FileManager.default.createDirectory(
            atPath: "\(repository.gitFolder)/objects/\(one.hex.prefix(2))", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: file(two), toPath: file(one))
        await #expect(throws: WaybillError.self) { try await repository.object(one) }
    }

    @Test func `commits are fetched, and only over allowed transports`() async throws {
        let scratch = try Scratch()
        let source = try await WorkingTree.initialize("\(scratch.path)/work")
        try await source.write(Array("1".utf8), to: "a.txt")
        let head = try await source.commit("one", by: try await scratch.author("alice"))
        let mirror = try await GitExecutable.initializeBare("\(scratch.path)/mirror.git")
        let specs = ["+refs/heads/*:refs/heads/*"]
        for url in [source.path, "ext::sh -c touch% /tmp/x", "ssh://host/x", "-u./x", "https://a b"] {
            let error = await #expect(throws: WaybillError.self) { try await mirror.fetch(from: url, specs) }
            #expect(error?.code == .unsupported)
        }
        try await mirror.fetch(from: source.path, specs, transports: [.file])
        #expect(try await mirror.resolve("refs/heads/main") == head)
        await #expect(throws: WaybillError.self) {
            try await mirror.fetch(from: source.path, ["--upload-pack=touch"], transports: [.file])
        }
    }

    @Test func `a signed commit is cloned, made and pushed`() async throws {
        let scratch = try Scratch()
        let bare = try await GitExecutable.initializeBare("\(scratch.path)/one.git")
        let first = try await WorkingTree.initialize("\(scratch.path)/first")
        let author = try await scratch.author("alice")
        try await first.write(Array("1".utf8), to: "deploy/a.txt")
        let one = try await first.commit("one", by: author)
        try await first.push(one, to: "refs/heads/main", at: bare.gitFolder, transports: [.file])
        let second = try await WorkingTree.clone(
            bare.gitFolder, to: "\(scratch.path)/second", branch: "main", transports: [.file])
        #expect(try await second.head() == one)
        try await second.checkout("change", create: true)
        try await second.write(Array("2".utf8), to: "deploy/a.txt")
        let two = try await second.commit("two\n\nwith a reason", by: author)
        try await second.push(two, to: "refs/heads/change", at: bare.gitFolder, transports: [.file])
        #expect(try await bare.isAncestor(one, of: two))
        let commit = String(decoding: try #require(try await bare.object(two)).bytes, as: UTF8.self)
        #expect(commit.contains("gpgsig -----BEGIN SSH SIGNATURE-----"))
        #expect(commit.contains("author alice <alice@shop.example>"))
        #expect(
            try await bare.diffStatistics(from: one, to: two) == [
                FileChange(path: "deploy/a.txt", added: 1, removed: 1)
            ])
        #expect(String(decoding: try await bare.diff(from: one, to: two), as: UTF8.self).contains("+2"))
        let error = await #expect(throws: WaybillError.self) { try await second.commit("empty", by: author) }
        #expect(error?.code == .conflict)
        await #expect(throws: WaybillError.self) { try await second.write([1], to: "../escape") }
    }

    @Test func `a file is not written through a link that leads out of the tree`() async throws {
        let scratch = try Scratch()
        let tree = try await WorkingTree.initialize("\(scratch.path)/work")
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/outside", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(tree.path)/out", withDestinationPath: "\(scratch.path)/outside")
        await #expect(throws: WaybillError.self) { try await tree.write([1], to: "out/a.txt") }
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/outside/a.txt"))
    }

    @Test func `only a folder that git made for a push is a quarantine`() throws {
        let folder = "/srv/one.git"
        for spelling in ["objects", "./objects"] {
            let quarantine = try Quarantine(objectFolder: "\(folder)/\(spelling)/tmp_objdir-incoming-a1", of: folder)
            #expect(quarantine.objectFolder == "\(folder)/objects/tmp_objdir-incoming-a1")
        }
        for hostile in [
            "/tmp/x", "\(folder)/objects/tmp_objdir-", "\(folder)/objects/tmp_objdir-a/../../../etc",
            "\(folder)/objects",
        ] {
            #expect(throws: WaybillError.self) { try Quarantine(objectFolder: hostile, of: folder) }
        }
    }

    @Test func `credentials do not print`() {
        #expect(!"\(GitCredentials(token: "wb_secret"))".contains("secret"))
    }
}
