import AsyncHTTPClient
import Files
import Foundation
import NIOCore
import NIOHTTP1
import OCI
import Processes
import Registries
import Testing
import WaybillCore

/// OpenPGP signatures beside an image: `/extensions/v2/NAME/signatures/DIGEST`.
@Suite struct SignatureExtensionTests {
    private func put(_ registry: RunningRegistry, _ path: String, _ body: String, token: String?) async throws -> Int {
        var request = HTTPClientRequest(url: registry.address + path)
        request.method = .PUT
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        request.body = .bytes(ByteBuffer(string: body))
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(30)).status.code)
    }

    @Test func `what was added is read again, once however often it was added`() async throws {
        let image = try RunningRegistry.image()
        try await RunningRegistry.with { registry in
            let client = try registry.client()
            try await client.push(image, tag: "1.0", to: "shop/cart")
            #expect(try await client.signatures(of: image.digest, in: "shop/cart") == [])
            try await client.add(signature: [1, 2, 3], to: image.digest, in: "shop/cart")
            try await client.add(signature: [1, 2, 3], to: image.digest, in: "shop/cart")
            try await client.add(signature: [4], to: image.digest, in: "shop/cart")
            #expect(
                Set(try await registry.client(token: nil).signatures(of: image.digest, in: "shop/cart"))
                    == [[1, 2, 3], [4]])
            #expect(try await client.signatures(of: .sha256(of: []), in: "shop/cart") == [])
        }
    }

    static let refused: [(body: String, status: Int)] = [
        ("", 400), ("[]", 400), (#"{"schemaVersion":1,"name":"D@a","type":"atomic","content":"AQ=="}"#, 400),
        (#"{"schemaVersion":2,"name":"D@a","type":"other","content":"AQ=="}"#, 400),
        (#"{"schemaVersion":2,"name":"a","type":"atomic","content":"AQ=="}"#, 400),
        (#"{"schemaVersion":2,"name":"D@","type":"atomic","content":"AQ=="}"#, 400),
        (#"{"schemaVersion":2,"name":"D@../../a","type":"atomic","content":"AQ=="}"#, 400),
        (#"{"schemaVersion":2,"name":"D@a","type":"atomic","content":"!"}"#, 400),
        (#"{"schemaVersion":2,"name":"D@a","type":"atomic","content":""}"#, 400),
        (#"{"schemaVersion":2,"name":"D@there","type":"atomic","content":"AQ=="}"#, 409),
        (String(repeating: "x", count: 200_000), 413),
    ]

    @Test(arguments: refused)
    func `what is no signature is refused and nothing is kept`(_ wrong: (body: String, status: Int)) async throws {
        let image = try RunningRegistry.image()
        try await RunningRegistry.with { registry in
            let client = try registry.client()
            try await client.push(image, tag: "1.0", to: "shop/cart")
            let path = "/extensions/v2/shop/cart/signatures/\(image.digest)"
            let there = #"{"schemaVersion":2,"name":"\#(image.digest)@there","type":"atomic","content":"Ag=="}"#
            #expect(try await put(registry, path, there, token: RunningRegistry.token) == 201)
            let body = wrong.body.replacingOccurrences(of: "D@", with: "\(image.digest)@")
            #expect(try await put(registry, path, body, token: RunningRegistry.token) == wrong.status)
            #expect(try await client.signatures(of: image.digest, in: "shop/cart") == [[2]])
        }
    }

    @Test func `who may not push may not add a signature, and one needs an image`() async throws {
        let image = try RunningRegistry.image()
        try await RunningRegistry.with { registry in
            try await registry.client().push(image, tag: "1.0", to: "shop/cart")
            let body = #"{"schemaVersion":2,"name":"\#(image.digest)@a","type":"atomic","content":"AQ=="}"#
            let path = "/extensions/v2/shop/cart/signatures/"
            #expect(try await put(registry, path + image.digest.description, body, token: nil) == 401)
            let other = Digest.sha256(of: [])
            #expect(try await put(registry, path + other.description, body, token: RunningRegistry.token) == 404)
            #expect(try await put(registry, path + "latest", body, token: RunningRegistry.token) == 400)
        }
    }

    static let isReady = ["skopeo", "gpg"].allSatisfy { Files.exists("/usr/bin/\($0)") }

    @Test(.enabled(if: isReady, "skopeo or gpg is not installed"))
    func `skopeo signs into the registry and lets through what is signed there, without a lookaside folder`()
        async throws
    {
        let image = try RunningRegistry.image()
        try await RunningRegistry.with { registry in
            let client = try registry.client()
            try await client.push(image, tag: "1.0", to: "shop/cart")
            // The agent's socket must have a short path.
            let home = "/tmp/wb-gnupg-\(UInt32.random(in: 0 ... .max))"
            try Files.makeFolder(home, mode: 0o700)
            defer { try? Files.remove(home) }
            func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
                try await ProcessRunner.run(
                    Command(
                        program, arguments, environment: ["HOME": registry.folder, "GNUPGHOME": home],
                        timeout: .seconds(60)))
            }
            let gpg = ["--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""]
            let made = try await run(
                "gpg", gpg + ["--quick-generate-key", "ann <ann@example.test>", "rsa2048", "sign", "never"])
            #expect(made.isSuccess, "\(made.errorText)")
            _ = try await run("gpg", gpg + ["--armor", "--output", "\(registry.folder)/ann.asc", "--export", "ann"])
            let policy = """
                {"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{"\(registry.host)/shop/copy":[
                  {"type":"signedBy","keyType":"GPGKeys","keyPath":"\(registry.folder)/ann.asc"}]}}}
                """
            try Files.write(Array(policy.utf8), to: "\(registry.folder)/policy.json")
            try Files.makeFolder("\(registry.folder)/registries.d")
            let global = [
                "--policy", "\(registry.folder)/policy.json", "--registries.d", "\(registry.folder)/registries.d",
            ]
            let source = "docker://\(registry.host)/shop/cart:1.0", copy = "docker://\(registry.host)/shop/copy:1.0"
            func push(_ more: [String]) async throws -> Outcome {
                try await run(
                    "skopeo",
                    global + [
                        "copy", "--src-tls-verify=false", "--dest-tls-verify=false", "--dest-creds",
                        "builder:\(RunningRegistry.token)",
                    ] + more + [source, copy])
            }
            func pull(_ name: String) async throws -> Outcome {
                try await run(
                    "skopeo",
                    global + ["copy", "--src-tls-verify=false", copy, "dir:\(registry.folder)/\(name)"])
            }
            let unsigned = try await push([])
            #expect(unsigned.isSuccess, "\(unsigned.errorText)")
            #expect(!(try await pull("before").isSuccess))
            let signed = try await push(["--sign-by", "ann@example.test"])
            #expect(signed.isSuccess, "\(signed.errorText)")
            let pulled = try await pull("after")
            #expect(pulled.isSuccess, "\(pulled.errorText)")
            #expect(try await client.signatures(of: image.digest, in: "shop/copy").count == 1)
            _ = try await run("gpgconf", ["--kill", "all"])
        }
    }
}
