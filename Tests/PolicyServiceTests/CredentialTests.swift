import Documents
import Files
import NIOHTTP1
import Synchronization
import Testing
import WaybillCore

@testable import PolicyService

/// How the policy server shows who it is to the services that it asks.
@Suite struct CredentialTests {
    private func settings(_ text: String) throws -> ServiceSettings {
        try ServiceSettings(try YAMLReader.node(from: text), name: "a")
    }

    private func granting(_ url: String) throws -> ServiceSettings {
        try settings(
            """
            url: \(url)
            credentials:
              oauth2:
                token_url: \(url)/token
                client_id: "my id"
                client_secret: "s:e+t"
                scopes: [read, write]
                additional_parameters: {audience: "a b"}
            """)
    }

    @Test func `a token is fetched for identifier and secret, once for its life`() async throws {
        try await BundleServer.with { bundles, url in
            let endpoint = try ServiceEndpoint(try granting(url))
            for _ in 0..<2 { #expect(try await endpoint.send(.GET, "/bundle", bytesMax: 1 << 20).status == 200) }
            let state = bundles.state.withLock { $0 }
            // "my+id:s%3Ae%2Bt"
            #expect(
                state.grants == [
                    "Basic bXkraWQ6cyUzQWUlMkJ0 grant_type=client_credentials&scope=read+write&audience=a+b"
                ])
            #expect(state.token == "Bearer granted-1")
            await endpoint.shutdown()
        }
    }

    @Test func `a token that ends is fetched anew`() async throws {
        try await BundleServer.with { bundles, url in
            bundles.state.withLock { $0.grantSeconds = 1 }
            let endpoint = try ServiceEndpoint(try granting(url))
            for _ in 0..<2 { _ = try await endpoint.send(.GET, "/bundle", bytesMax: 1 << 20) }
            #expect(bundles.state.withLock { $0.token } == "Bearer granted-2")
            await endpoint.shutdown()
        }
    }

    @Test func `without a token nothing is asked`() async throws {
        try await BundleServer.with { bundles, url in
            bundles.state.withLock { $0.status = 401 }
            let endpoint = try ServiceEndpoint(try granting(url))
            let error = await #expect(throws: WaybillError.self) {
                _ = try await endpoint.send(.GET, "/bundle", bytesMax: 1 << 20)
            }
            #expect(error?.code == .forbidden)
            #expect(bundles.state.withLock { $0.requests } == 0)
            await endpoint.shutdown()
        }
    }

    @Test func `a certificate that cannot be read is told before anything is asked`() throws {
        let text = "url: https://a.example\ncredentials: {client_tls: {cert: /no/such, private_key: /no/such}}"
        #expect(throws: WaybillError.self) { try ServiceEndpoint(try settings(text)) }
    }

    @Test func `a server that lets callers wait is asked again at once`() async throws {
        try await BundleServer.with { bundles, url in
            let endpoint = try ServiceEndpoint(try settings("url: \(url)"))
            let source = HTTPBundleSource(
                endpoint: endpoint, resource: "/bundle", bytesMax: 1 << 20, longPollingSeconds: 2)
            _ = try await source.fetch(etag: nil)
            #expect(bundles.state.withLock { $0.preference } == "modes=snapshot;wait=2")
            #expect(!source.letsWait, "it did not say so")
            bundles.state.withLock { $0.bundleType = HTTPBundleSource.waitingType }
            _ = try await source.fetch(etag: nil)
            #expect(source.letsWait)
            await endpoint.shutdown()
        }
    }
}
