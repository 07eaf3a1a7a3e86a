import Testing
import WaybillCore

@testable import Delivery

/// Images whose newest tag is followed, and what the machine's own key may change.
@Suite struct FollowTests {
    private static func environment(_ follow: String, more: String = "") throws(WaybillError) -> EnvironmentEntry {
        let text = """
            version: 1
            environments:
              - name: staging
                path: staging
                follow:
                  - { image: shop, repository: registry.example/shop/web, \(follow) }
            \(more)
            """
        let file = try EnvironmentsFile(parsing: text.utf8)
        guard let entry = file.environment(named: "staging") else {
            throw WaybillError(.notFound, "no environment", subject: "test")
        }
        return entry
    }

    static let tags = [
        "latest", "1.2.3", "1.10.0", "v1.9.9", "2.0.0", "1.11.0-rc.1", "main-7", "main-12", "main-012", "b",
    ]

    @Test(arguments: [
        ("semver: \"^1.2\"", "1.10.0"), ("semver: \">=1.11.0-0 <2\"", "1.11.0-rc.1"), ("semver: \"*\"", "2.0.0"),
        ("semver: \"^3\"", nil), ("tags: \"^main-(?P<order>[0-9]+)$\", order: numerical", "main-12"),
        ("tags: \"^[a-z]+$\", order: alphabetical", "latest"), ("tags: \"^none\", order: alphabetical", nil),
        ("order: numerical", nil), ("tags: \"^v(?P<order>.*)\", semver: \"1.x\"", "v1.9.9"),
    ])
    func `the newest tag is found whatever the order of the list`(_ setting: String, _ expected: String?) throws {
        let follow = try #require(try Self.environment(setting).follow.first)
        #expect(try follow.newest(of: Self.tags) == expected)
        #expect(try follow.newest(of: Self.tags.reversed()) == expected)
    }

    @Test(arguments: [
        "semver: \"not a range\"", "order: random", "semver: \"1.x\", order: numerical",
        "tags: \"(\", order: numerical",
        "path: production, order: numerical", "tags: \"x\"",
    ])
    func `a wrong setting is refused with its place`(_ setting: String) {
        let error = #expect(throws: WaybillError.self) { _ = try Self.environment(setting) }
        #expect(error?.subject.hasPrefix("waybill.yaml:6") == true, "\(error?.subject ?? "")")
    }

    @Test func `a repository is a registry and a path without a scheme`() throws {
        let follow = try #require(try Self.environment("order: numerical").follow.first)
        #expect(follow.address.host == "registry.example" && follow.address.path == "shop/web")
        #expect(follow.path == "staging")
        for repository in ["https://r/x", "/", "//", "r/", "/x", "r", "u@r/x"] {
            #expect(throws: WaybillError.self, "\(repository)") {
                try EnvironmentsFile(
                    parsing: Array(
                        "version: 1\nenvironments: [{ name: a, path: a, follow: [{ image: x, repository: \"\(repository)\", order: numerical }] }]"
                            .utf8))
            }
        }
        #expect(FollowSettings.isLoopback("127.0.0.1:5000") && FollowSettings.isLoopback("[::1]:80"))
        #expect(!FollowSettings.isLoopback("localhost.evil.example"))
    }

    // MARK: Limits

    private static let limits = AutomationLimits([
        {
            var entry = EnvironmentEntry(name: "staging", path: "staging")
            entry.promotion.isAutomatic = true
            return entry
        }(),
        EnvironmentEntry(name: "inner", path: "staging/inner"),
        EnvironmentEntry(name: "production", path: "production"),
    ])

    @Test(arguments: [
        ("staging/shop/kustomization.yaml", true), ("staging/shop/base/deployment.yaml", true),
        ("staging/inner/kustomization.yaml", false), ("production/kustomization.yaml", false),
        ("waybill.yaml", false), (".waybill/allowed_signers", false), ("staging/.waybill/x", false),
        ("staging/.gitattributes", false), (".gitmodules", false), ("stagingx/a", false), ("staging", false),
        ("policy/a.rego", false),
    ])
    func `the machine's key may change the folders that ask for it and nothing else`(_ path: String, _ isAllowed: Bool)
    {
        #expect(Self.limits.allows(path) == isAllowed)
        #expect(Self.limits.violations([path], of: "abc").isEmpty == isAllowed)
    }

    @Test func `a key without environments that ask for it may change nothing`() {
        #expect(AutomationLimits([]).violations(["a", "b"], of: "abc").first?.rule == "WB-AGT-009")
        #expect(AutomationLimits([]).violations([], of: "abc").isEmpty)
    }
}
