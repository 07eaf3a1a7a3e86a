import Files
import GitRepositories
import PipelineService
import Testing
import WaybillCore

/// Commits that try to reach outside of their checkout.
@Suite struct CheckoutTests {
    /// The entries of a project's root folder.
    private func root(
        _ works: Works, _ files: [String: String] = Works.files
    ) async throws -> [(mode: String, name: String, id: ObjectID)] {
        var entries: [(mode: String, name: String, id: ObjectID)] = []
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            entries.append(("100644", name, try await works.blob(text)))
        }
        return entries
    }

    @Test(arguments: [false, true])
    func `a file behind a link that leads outside is refused, whichever comes first`(_ isLinkFirst: Bool) async throws {
        let works = try Works()
        let outside = works.folder + "/outside"
        try Files.makeFolder(outside)
        let link = ("120000", "escape", try await works.blob(outside))
        let inner = try await works.tree([("100644", "planted", try await works.blob("x"))])
        let entries =
            try await root(works)
            + (isLinkFirst ? [link, ("40000", "escape", inner)] : [("40000", "escape", inner), link])
        let commit = try await works.commit(tree: try await works.tree(entries))
        let sandbox = FakeSandbox(image: try Works.image())
        await #expect(throws: WaybillError.self) { try await works.run(sandbox, commit) }
        #expect(sandbox.requests.isEmpty)
        #expect(try Files.names(in: outside) == [])
        #expect(try works.leftovers() == [])
    }

    @Test(arguments: ["..", "a/../.."])
    func `a path with dots in it is refused`(_ name: String) async throws {
        let works = try Works()
        let inner = try await works.tree([("100644", "planted", try await works.blob("x"))])
        let entries = try await root(works) + [("40000", name, inner)]
        let commit = try await works.commit(tree: try await works.tree(entries))
        await #expect(throws: WaybillError.self) { try await works.run(FakeSandbox(image: try Works.image()), commit) }
        #expect(!Files.exists(works.folder + "/planted") && !Files.exists(works.folder + "/work/planted"))
        #expect(try works.leftovers() == [])
    }

    @Test(arguments: [
        "{context: escape, containerfile: escape}", "{context: escape, containerfile: Containerfile}",
        "{containerfile: linked}",
    ])
    func `a build's context or file behind a link is refused: it would bring files of the host`(_ build: String)
        async throws
    {
        let works = try Works()
        let outside = works.folder + "/outside"
        try Files.makeFolder(outside)
        try Files.write(Array("FROM x\n".utf8), to: outside + "/Containerfile")
        var files = Works.files
        files["waybill.yaml"] = Works.project.replacing("{containerfile: Containerfile}", with: build)
        var entries = try await root(works, files)
        entries.append(("120000", "linked", try await works.blob(outside + "/Containerfile")))
        entries.append(("120000", "escape", try await works.blob(outside)))
        let commit = try await works.commit(tree: try await works.tree(entries))
        let sandbox = FakeSandbox(image: try Works.image())
        await #expect(throws: WaybillError.self) { try await works.run(sandbox, commit) }
        #expect(sandbox.requests.isEmpty)
        #expect(try works.leftovers() == [])
    }

    @Test func `a link that leads outside is brought as a link, not followed`() async throws {
        let works = try Works()
        let entries = try await root(works) + [("120000", "zlink", try await works.blob("/etc/passwd"))]
        let commit = try await works.commit(tree: try await works.tree(entries))
        let run = try await works.run(FakeSandbox(image: try Works.image()), commit)
        #expect(run.verdict.isAllowed)
    }
}
