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

    struct Token: Sendable {
        var rule: String
        var path = "a.sh"
        var before = ""
        var value: String
        var behind = ""
    }

    /// Each put together here, of parts that show no kind.
    private static let tokens: [Token] = [
        Token(rule: "aws-access-key-id", before: "A3T", value: "K4C2HNAOKSLEIGAI3"),
        Token(
            rule: "dropbox-token", before: "dropbox = \"p8nlq1xmvkrAAAAAAAAAA",
            value: "xtbd8kqm30n6vq5wluytkhu6yj56k66r1qagbmp3pcw", behind: "\""),
        Token(
            rule: "json-web-token-base64", before: "ZXlK",
            value: "MmpYSnphVzl1SWpvJepEUQxUwtxzx5wL3o8haOwTyoLi5weqKlT5UXye"),
        Token(rule: "slack-token", before: "xoxb-", value: "5270555828-2496873066"),
        Token(
            rule: "telegram-token", before: "telegram_token: \"55732:",
            value: "Au9xhdk6ijez3yiyuqxn96xuy0c0p2sqq6x", behind: "\""),
        Token(
            rule: "terraform-password", path: "a.tf", before: "administrator_login_password = \"",
            value: "thisIsDog11", behind: "\""),
        Token(
            rule: "freemius-secret-key", path: "a.php", before: "\"secret_key\" => \"sk_",
            value: "ubb4yN3mzqGR2x8#P7r5&@*xC$utE", behind: "\""),
        Token(
            rule: "curl-credentials", before: "curl -u \"user:", value: "Zr8xQn31kPw",
            behind: "\" https://x.example"),
    ]

    @Test(arguments: tokens) func `tokens of many kinds are found`(_ token: Token) throws {
        let text = token.before + token.value + token.behind
        #expect(try scan(text, path: token.path).map(\.rule) == ["WB-SECRET-" + token.rule])
    }

    @Test(arguments: [
        ("a.tf", "password = \"var_password_name\""), ("a.tf", "password = var.password"),
        ("a.sh", "curl -u user:password https://x.example"),
    ])
    func `what only names a password is no secret`(_ path: String, _ text: String) throws {
        #expect(try scan(text, path: path).isEmpty)
    }

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
