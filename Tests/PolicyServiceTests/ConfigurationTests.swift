import Documents
import Testing
import WaybillCore

@testable import PolicyService

@Suite struct ConfigurationTests {
    static func read(_ text: String, _ environment: [String: String] = [:]) throws(WaybillError)
        -> PolicyServerConfiguration
    {
        try PolicyServerConfiguration(parsing: Array(text.utf8), environment: environment, subject: "config.yaml")
    }

    @Test func `a configuration in OPA's shape is read`() throws {
        let configuration = try Self.read(
            """
            services:
              acme:
                url: https://bundles.example/v1/
                credentials:
                  bearer:
                    token: ${TOKEN}
            labels:
              app: shop
            bundles:
              shop:
                service: acme
                resource: shop.tar.gz
                persist: true
                polling:
                  min_delay_seconds: 10
                  max_delay_seconds: 20
                signing:
                  keyid: main
                  scope: read
            keys:
              main:
                algorithm: HS256
                key: secret
            decision_logs:
              service: acme
              console: true
              reporting:
                min_delay_seconds: 1
                max_delay_seconds: 2
                max_decisions_per_second: 5
            status:
              service: acme
            default_decision: shop/allow
            """, ["TOKEN": "t0ken"])
        #expect(configuration.services["acme"]?.url == "https://bundles.example/v1")
        #expect(configuration.services["acme"]?.bearerToken == "t0ken")
        let bundle = try #require(configuration.bundles.first)
        #expect(bundle.name == "shop" && bundle.isPersisted && bundle.polling.maximumSeconds == 20)
        #expect(bundle.signing?.keyIdentifier == "main")
        #expect(configuration.decisionLogs?.resource == "/logs")
        #expect(configuration.decisionLogs?.decisionsPerSecondMax == 5)
        #expect(configuration.defaultDecision == ["shop", "allow"])
        let shown = JSONWriter.string(configuration.shown)
        #expect(!shown.contains("t0ken") && !shown.contains("secret"))
        #expect(configuration.shown["services"]?["acme"]?["url"] == "https://bundles.example/v1/")
    }

    @Test func `nothing is a configuration too`() throws {
        #expect(try Self.read("").bundles.isEmpty)
        #expect(try Self.read("{}").services.isEmpty)
    }

    @Test(arguments: [
        ("bundels: {}", "unknown key", "did you mean “bundles”?"),
        ("services: {a: {url: 'http://a', tokn: x}}", "unknown key", "tokn"),
        ("services: {a: {}}", "the key “url” is missing", "services.a"),
        ("services: {a: {url: 'ftp://a'}}", "expected http:// or https://", ""),
        ("services: {a: {url: 'http://user:pw@a'}}", "without credentials", ""),
        ("services: [{url: 'http://a'}]", "the key “name” is missing", ""),
        ("bundles: {x: {service: none}}", "names the service “none”, which is not configured", ""),
        ("bundles: {x: {resource: a}}", "needs a service", ""),
        ("bundles: {'../x': {resource: 'file:///a'}}", "not a bundle's name", ""),
        (
            "bundles: {x: {resource: 'file:///a', polling: {min_delay_seconds: 9, max_delay_seconds: 1}}}",
            "is more than", ""
        ),
        ("bundles: {x: {resource: 'file:///a', polling: {min_delay_seconds: 9}}}", "give both", ""),
        ("bundles: {x: {resource: 'file:///a', signing: {keyid: k}}}", "names the key “k”", ""),
        ("keys: {k: {key: no, algorithm: XX256}}", "unknown signature algorithm", ""),
        ("keys: {k: {key: no PEM}}", "not one that RS256", ""),
        ("discovery: {name: x}", "configuration.discovery is not supported", ""),
        ("plugins: {x: {}}", "configuration.plugins is not supported", ""),
        ("services: {a: {url: 'http://a', credentials: {s3_signing: {x: 1}}}}", "s3_signing is not supported", ""),
        ("services: {a: {url: 'http://a', credentials: {oauth2: {x: 1}}}}", "the key “token_url” is missing", "oauth2"),
        (
            "services: {a: {url: 'http://a', credentials: {oauth2: {token_url: 'http://b.example/t', client_id: a, client_secret: b}}}}",
            "expected https://", "token_url"
        ),
        (
            "services: {a: {url: 'http://a', credentials: {oauth2: {grant_type: jwt_bearer, token_url: 'https://b'}}}}",
            "only client_credentials", ""
        ),
        (
            "services: {a: {url: 'http://a', credentials: {client_tls: {cert: a}}}}",
            "the key “private_key” is missing", ""
        ),
        ("bundles: {x: {resource: 'file:///a', polling: {long_polling_timeout_seconds: 0}}}", "long_polling", ""),
        ("decision_logs: {reporting: {min_delay: 1}}", "unknown key", ""),
        ("labels: {a: 1}", "expected a string", ""),
        ("- a", "expected an object", ""),
        ("a: [", "config.yaml", ""),
    ])
    func `what is not understood is refused with its place`(_ text: String, _ message: String, _ hint: String) {
        let error = #expect(throws: WaybillError.self) { try Self.read(text) }
        let description = error.map { "\($0)" } ?? ""
        #expect(description.contains(message) && description.contains(hint), "\(description)")
        #expect(description.contains("config.yaml"))
    }
}
