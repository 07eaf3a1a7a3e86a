import Testing
import WaybillCore

@testable import Delivery

@Suite struct ProjectFileTests {
    static let whole = """
        version: 1
        name: shop
        owner: shop-team@shop.example
        source: { protect: [main, release/1], signers: .waybill/allowed_signers, reviews: 2 }
        build: { containerfile: Containerfile, context: ., image: shop/web, memory: 1Gi, timeout: 1h30m, network: host }
        test: { goss: [tests/goss.yaml] }
        scan: { deny: critical, secrets: warn, unknown: allow, advisory-age: 7d }
        posture: { manifests: [deploy/], deny: medium, pod-security: baseline }
        policy: { paths: [policy] }
        exceptions:
          - { rule: CVE-2020-0000, place: "app/**", owner: x@y, reason: text, expires: 2026-12-31 }
        environments:
          - { name: staging, repository: shop-environments, path: staging/shop, namespace: shop-staging }
        """

    @Test func `every key is read`() throws {
        let file = try ProjectFile(parsing: Self.whole.utf8)
        #expect(file.name == "shop")
        #expect(file.owner == Identity("shop-team@shop.example"))
        #expect(file.source == SourceSettings(protect: ["main", "release/1"], reviews: 2))
        #expect(file.build.memoryBytes == 1 << 30)
        #expect(file.build.timeout == .seconds(5400))
        #expect(file.build.network == .host)
        #expect(file.build.image == "shop/web")
        #expect(
            file.scan
                == ScanSettings(deny: .critical, secrets: .warn, unknown: .allow, advisoryAge: .seconds(7 * 86_400)))
        #expect(file.posture == PostureSettings(manifests: ["deploy"], deny: .medium, podSecurity: .baseline))
        #expect(file.test.goss == ["tests/goss.yaml"])
        #expect(file.policy.paths == ["policy"])
        #expect(file.exceptions.first?.expires == CalendarDate(year: 2026, month: 12, day: 31))
        #expect(
            file.environments == [
                ProjectEnvironment(
                    name: "staging", repository: "shop-environments", path: "staging/shop", namespace: "shop-staging")
            ])
    }

    @Test func `three lines are enough and choose the safe defaults`() throws {
        let file = try ProjectFile(parsing: "version: 1\nname: shop\nowner: a@b\n".utf8)
        #expect(file.build == BuildSettings(image: "shop"))
        #expect(file.build.network == .none)
        #expect(
            file.scan == ScanSettings(deny: .high, secrets: .deny, unknown: .deny, advisoryAge: .seconds(30 * 86_400)))
        #expect(file.source == SourceSettings(protect: ["main"], reviews: 1))
        #expect(file.posture.podSecurity == .restricted)
    }

    struct Refusal: Sendable { var text: String, place: String, word: String }

    @Test(arguments: [
        Refusal(text: "version: 2", place: ":1:10", word: "version 1"),
        Refusal(text: "version: 1\nnmae: shop\nowner: a@b", place: ":2:1", word: "did you mean “name”"),
        Refusal(text: "version: 1\nname: Shop\nowner: a@b", place: ":2:7", word: "lower-case"),
        Refusal(text: "version: 1\nname: shop", place: ":1:1", word: "“owner” is missing"),
        Refusal(text: "version: 1\nname: shop\nowner: a@b\nbuilds: {}", place: ":4:1", word: "did you mean “build”"),
        Refusal(text: "version: 1\nname: shop\nname: shop\nowner: a@b", place: ":3:1", word: "duplicate key"),
        Refusal(text: "version: 1\nname: shop\nowner: a@b\nbuild: { memory: 512Mb }", place: ":4:18", word: "512Mi"),
        Refusal(text: "version: 1\nname: shop\nowner: a@b\nbuild: { timeout: 10 }", place: ":4:19", word: "10m"),
        Refusal(
            text: "version: 1\nname: shop\nowner: a@b\nbuild: { context: ../other }", place: ":4:19",
            word: "inside the repository"),
        Refusal(
            text: "version: 1\nname: shop\nowner: a@b\nbuild: { image: Shop:1 }", place: ":4:17", word: "repository"),
        Refusal(
            text: "version: 1\nname: shop\nowner: a@b\nscan: { deny: hihg }", place: ":4:15",
            word: "did you mean “high”"),
        Refusal(text: "version: 1\nname: shop\nowner: a@b\ntest: { goss: tests }", place: ":4:15", word: "a list"),
        Refusal(
            text: "version: 1\nname: shop\nowner: a@b\ntest: { goss: [missing.yaml] }", place: ":4:16",
            word: "does not exist"),
        Refusal(
            text: "version: 1\nname: shop\nowner: a@b\nsource: { reviews: -1 }", place: ":4:20", word: "from 0 to 10"),
        Refusal(
            text: "version: 1\nname: shop\nowner: a@b\nsource: { protect: [a..b] }", place: ":4:21", word: "branch"),
        Refusal(
            text:
                "version: 1\nname: shop\nowner: a@b\nexceptions: [{ rule: X, owner: a@b, reason: r, expires: 2026-02-30 }]",
            place: ":4:57", word: "a date"),
        Refusal(
            text: "version: 1\nname: shop\nowner: a@b\nexceptions: [{ rule: X, owner: a@b, expires: 2026-02-20 }]",
            place: ":4:14",
            word: "“reason” is missing"),
        Refusal(text: "version: 1\nname: shop\nowner: a@b\n---\nversion: 1", place: ":5:1", word: "one document"),
        Refusal(text: "", place: ":1:1", word: "expected an object"),
    ])
    func `a wrong file is refused at its line`(_ refusal: Refusal) throws {
        let error = #expect(throws: WaybillError.self) {
            try ProjectFile(parsing: refusal.text.utf8, exists: { $0 != "missing.yaml" })
        }
        #expect(error?.subject == "waybill.yaml\(refusal.place)")
        #expect(error?.message.contains(refusal.word) == true, "\(error?.message ?? "")")
    }
}

@Suite struct EnvironmentsFileTests {
    @Test func `every key is read and defaults ask for every paper`() throws {
        let file = try EnvironmentsFile(
            parsing: """
                version: 1
                environments:
                  - { name: staging, path: staging }
                  - { name: production, path: production, namespace: shop, reviews: 2, require: [sbom, test-result], prune: false }
                """.utf8)
        #expect(file.environment(named: "staging") == EnvironmentEntry(name: "staging", path: "staging"))
        #expect(file.environment(named: "staging")?.require == RequiredPaper.allCases)
        let production = try #require(file.environment(named: "production"))
        #expect(production.require == [.sbom, .testResult])
        #expect(production.reviews == 2)
        #expect(!production.prune)
        #expect(file.environment(named: "test") == nil)
    }

    @Test(arguments: [
        ("version: 1", "“environments” is missing"),
        ("version: 1\nenvironments: [{ name: a, path: p }, { name: b, path: p }]", "name or the path"),
        ("version: 1\nenvironments: [{ name: a, path: p, require: [sbomb] }]", "did you mean “sbom”"),
        ("version: 1\nenvironments: [{ name: a, path: p, require: [sbom, sbom] }]", "named twice"),
        ("version: 1\nenvironments: [{ name: a, path: p, prune: maybe }]", "true or false"),
        ("version: 1\nenvironments: [{ name: a, path: /p }]", "inside the repository"),
    ])
    func `a wrong file is refused`(_ text: String, _ word: String) throws {
        let error = #expect(throws: WaybillError.self) { try EnvironmentsFile(parsing: text.utf8) }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }
}

@Suite struct CalendarDateTests {
    @Test(arguments: [("1970-01-01", 86_400_000), ("2000-02-29", 951_868_800_000), ("2026-12-31", 1_798_761_600_000)])
    func `a day ends at midnight UTC`(_ text: String, _ milliseconds: Int64) throws {
        let date = try #require(CalendarDate(parsing: text))
        #expect(date.endMilliseconds == milliseconds)
        #expect(date.description == text)
    }

    @Test(arguments: [
        "2026-2-1", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-01-01T00:00",
        "２０26-01-01",
    ])
    func `what is no day is refused`(_ text: String) { #expect(CalendarDate(parsing: text) == nil) }
}
