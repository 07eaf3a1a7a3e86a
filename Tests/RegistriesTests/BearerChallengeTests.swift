import Testing
import WaybillCore

@testable import Registries

@Suite struct RegistryTransportTests {
    @Test func `a challenge names where a token is to be fetched`() throws {
        let challenge = try #require(
            BearerChallenge(
                #"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:shop/cart:pull,push""#
            ))
        #expect(
            challenge.url
                == "https://auth.example/token?service=registry.example&scope=repository%3Ashop%2Fcart%3Apull%2Cpush")
    }

    @Test(arguments: ["Basic realm=\"x\"", "Bearer", "Bearer service=\"x\"", "Bearer realm=\"x", ""])
    func `any other challenge is none`(_ header: String) {
        #expect(BearerChallenge(header) == nil)
    }

    @Test(arguments: ["ftp://x", "registry.example", "http://user:secret@x", "https://x/path", "https://x?y"])
    func `an address that is none, or holds credentials, is refused without quoting them`(_ address: String) {
        let error = #expect(throws: WaybillError.self) { try RegistryClient(address) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: [
        ("../x", "latest"), ("shop/cart", "a/b"), ("shop/cart", "..?x"), ("", "latest"), ("Shop", "latest"),
    ])
    func `a name that would ask for something else is refused`(_ repository: String, _ version: String) {
        #expect(throws: WaybillError.self) { try RegistryClient.path(repository, "manifests", version) }
    }
}
