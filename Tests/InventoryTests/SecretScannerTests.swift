import Inventory
import Testing
import WaybillCore

struct SecretScannerTests {
    /// Made-up values, put together here so that no scanner takes this file for a leak.
    private static let key = "AKIA" + "Q3EGWNTB5KVLXM7C"
    private static let token = "ghp_" + "0Zb3VwPq9LmXs7RtYu2KcNd5HfGj8AeTiB4o"

    private func scan(_ text: String, path: String = "deploy.sh") throws -> [Finding] {
        try SecretScanner().scan(path: path, bytes: Array(text.utf8))
    }

    @Test func `a secret is found at its line and column and never shown`() throws {
        let findings = try scan(
            "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=\(Self.key)\ncurl -H \"Authorization: token \(Self.token)\"\n")
        #expect(findings.map(\.rule) == ["WB-SECRET-aws-access-key-id", "WB-SECRET-github-token"])
        #expect(findings.map(\.severity) == [.critical, .critical])
        #expect(findings[0].place.location?.description == "deploy.sh:2:26")
        for finding in findings {
            #expect(!"\(finding)".contains(Self.key) && !"\(finding)".contains(Self.token))
            #expect(finding.kind == .secret && finding.remedy != nil)
        }
    }

    @Test(arguments: [
        "password = \"${DB_PASSWORD}\"", "token: \"{{ .Values.token }}\"", "api_key = \"xxxxxxxxxxxxxxxxxxxxxxxx\"",
        "AKIAIOSFODNN7EXAMPLE", "secret: \"this-is-a-plain-sentence\"", "https://user:password@example.com/",
    ])
    func `a placeholder is no secret`(_ text: String) throws { #expect(try scan(text).isEmpty) }

    @Test func `lockfiles and binary files are not read for secrets`() throws {
        #expect(try scan(Self.token, path: "app/package-lock.json").isEmpty)
        #expect(try scan("\u{0}" + Self.token, path: "program").isEmpty)
    }

    @Test func `the standard rules are there without asking`() {
        let bytes = Array(Self.token.utf8)
        #expect(SecretScanner.scan(path: "a.txt", bytes: bytes).map(\.rule) == ["WB-SECRET-github-token"])
    }

    @Test func `a rule that is no RE2 is refused`() {
        #expect(throws: WaybillError.self) {
            try SecretScanner(rules: [SecretRule(id: "x", title: "x", pattern: "(?=a)")])
        }
    }
}
