import Testing
import WaybillCore

@testable import Delivery

/// Releases of several images.
@Suite struct ReleaseAssemblyTests {
    private static func image(_ text: String) -> Digest { .sha256(of: text.utf8) }

    private static func passed(
        _ project: String, _ commit: String, _ time: Int64, name: String? = nil
    ) -> ReleaseAssembly.Passed {
        ReleaseAssembly.Passed(
            project: project, commit: commit, name: name ?? project, image: image("\(project) \(commit)"), time: time,
            authors: ["\(commit)@example"])
    }

    private let assembly = ReleaseAssembly(project: "shop", companions: ["s1": [], "s2": ["api", "worker"]])

    @Test func `a release is made of the newest image of each project, once all have passed`() throws {
        let releases = try assembly.releases(from: [
            Self.passed("api", "a1", 1), Self.passed("shop", "s1", 2), Self.passed("shop", "s2", 3),
            Self.passed("worker", "w1", 4), Self.passed("other", "o1", 5), Self.passed("api", "a2", 6),
            Self.passed("api", "a2", 7),
        ])
        #expect(releases.map(\.commit) == ["s1", "s2", "s2"])
        #expect(releases.map(\.created) == [2, 4, 6])
        #expect(releases[0].images.keys.sorted() == ["shop"])
        #expect(releases[1].images.keys.sorted() == ["api", "shop", "worker"])
        #expect(releases[1].images["api"] == Self.image("api a1"))
        #expect(releases[2].images["api"] == Self.image("api a2"))
        #expect(releases[2].authors == ["a2@example", "s2@example", "w1@example"])
    }

    @Test func `two projects that push one image make no release`() {
        #expect(throws: WaybillError.self) {
            try assembly.releases(from: [
                Self.passed("api", "a1", 1, name: "same"), Self.passed("worker", "w1", 2, name: "same"),
                Self.passed("shop", "s2", 3),
            ])
        }
    }

    private static func release(_ images: [String: String], _ commit: String = "c") -> Release {
        Release(project: "shop", commit: commit, images: images.mapValues(image), created: 0)
    }

    private static func run(
        _ text: String, _ environment: String, _ since: Int64, _ until: Int64? = nil
    ) -> PromotionFacts.ImageRun {
        .init(image: image(text), environment: environment, since: since, until: until)
    }

    @Test func `a release runs while all of its images do`() {
        let one = Self.release(["a": "a1", "b": "b1"]), two = Self.release(["a": "a2", "b": "b1"])
        let single = Self.release(["a": "a2"])
        let placements = PromotionFacts.placements(
            of: [one, two, single],
            from: [
                Self.run("a1", "staging", 10, 30), Self.run("b1", "staging", 20), Self.run("a2", "staging", 30),
                Self.run("a1", "production", 5),
            ])
        #expect(
            placements == [
                .init(release: one.id, environment: "staging", since: 20, until: 30),
                .init(release: two.id, environment: "staging", since: 30),
                .init(release: single.id, environment: "staging", since: 30),
            ])
    }

    @Test func `what one image was found to be with another says nothing about the release`() {
        let release = Self.release(["a": "a2", "b": "b1"])
        let placements = [PromotionFacts.Placement(release: release.id, environment: "staging", since: 30)]
        func report(_ text: String, _ isPassed: Bool, _ time: Int64) -> PromotionFacts.ImageReport {
            .init(image: Self.image(text), environment: "staging", isPassed: isPassed, time: time, message: "")
        }
        func found(_ reports: [PromotionFacts.ImageReport]) -> [Bool] {
            PromotionFacts.verifications(of: [release], from: reports, placements).map(\.isPassed)
        }
        #expect(found([report("b1", true, 20)]).isEmpty)
        #expect(found([report("a2", true, 31)]) == [false])
        #expect(found([report("b1", true, 20), report("a2", true, 31)]) == [true])
        #expect(found([report("b1", true, 20), report("a2", true, 31), report("b1", false, 40)]) == [true, false])
    }

    @Test func `a project names those that go with it, each once and never itself`() throws {
        let head = "version: 1\nname: shop\nowner: a@b\n"
        let file = try ProjectFile(parsing: (head + "release: { with: [api, worker] }\n").utf8)
        #expect(file.releasesWith == ["api", "worker"])
        for wrong in ["release: { with: [shop] }\n", "release: { with: [api, api] }\n", "release: { wiht: [] }\n"] {
            #expect(throws: WaybillError.self) { try ProjectFile(parsing: (head + wrong).utf8) }
        }
    }

    @Test func `every image of a release is named in the environment`() throws {
        let files = try PromotionFiles(
            manifests: ["kustomization.yaml": "resources: []\n"],
            project: ProjectEnvironment(name: "live", repository: "environments", path: "live/shop"),
            environment: EnvironmentEntry(name: "live", path: "live"),
            edits: [
                PromotionEdit(image: "api", newName: "r/api", digest: Self.image("api")),
                PromotionEdit(image: "shop", newName: "r/shop", digest: Self.image("shop")),
            ], current: { _ in nil })
        let text = try #require(files.files["live/shop/kustomization.yaml"])
        #expect(
            try PromotionEdit.images(in: text) == ["api": Self.image("api"), "shop": Self.image("shop")])
    }
}
