import AsyncHTTPClient
import Files
import Foundation
import HTTPServing
import NIOCore
import NIOHTTP1
import OCI
import Registries
import Testing
import WaybillCore

@testable import RegistryService

@Suite struct RegistryServiceTests {
    private struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: String
        subscript(name: String) -> String? { headers.first(name: name) }
    }

    private func send(
        _ registry: RunningRegistry, _ method: HTTPMethod, _ path: String, _ headers: [(String, String)] = [],
        body: [UInt8]? = nil,
        token: String? = RunningRegistry.token
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : registry.address + path)
        request.method = method
        for header in headers { request.headers.add(name: header.0, value: header.1) }
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 24)
        return Answer(status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
    }

    @Test func `a blob is uploaded in chunks, each where the last one ended`() async throws {
        try await RunningRegistry.with { registry in
            let begun = try await send(registry, .POST, "/v2/a/b/blobs/uploads/")
            let place = try #require(begun["Location"])
            #expect(begun.status == 202)
            let first = try await send(registry, .PATCH, place, [("Content-Range", "0-3")], body: Array("pape".utf8))
            #expect(first.status == 202 && first["Range"] == "0-3")
            #expect(
                try await send(registry, .PATCH, place, [("Content-Range", "0-1")], body: Array("rs".utf8)).status
                    == 416)
            #expect(try await send(registry, .GET, place).status == 204)
            let digest = Digest.sha256(of: "papers".utf8)
            let done = try await send(
                registry, .PUT, place + "?digest=\(digest)", [("Content-Range", "4-5")], body: Array("rs".utf8))
            #expect(done.status == 201 && done["Docker-Content-Digest"] == digest.description)
            let part = try await send(registry, .GET, "/v2/a/b/blobs/\(digest)", [("Range", "bytes=1-3")])
            #expect(part.status == 206 && part.body == "ape" && part["Content-Range"] == "bytes 1-3/6")
            #expect(try await send(registry, .GET, "/v2/a/b/blobs/\(digest)", [("Range", "bytes=6-")]).status == 416)
            let head = try await send(registry, .HEAD, "/v2/a/b/blobs/\(digest)")
            #expect(head.status == 200 && head["Content-Length"] == "6")
            #expect(try await send(registry, .GET, "/v2/other/blobs/\(digest)").status == 404)
            let mounted = try await send(registry, .POST, "/v2/other/blobs/uploads/?mount=\(digest)&from=a/b")
            #expect(mounted.status == 201)
            #expect(try await send(registry, .GET, "/v2/other/blobs/\(digest)").body == "papers")
            #expect(try await send(registry, .DELETE, "/v2/other/blobs/\(digest)").status == 202)
            #expect(try await send(registry, .GET, "/v2/a/b/blobs/\(digest)").status == 200)
        }
    }

    @Test func `one request is enough for a blob, and its digest must be right`() async throws {
        try await RunningRegistry.with { registry in
            let digest = Digest.sha256(of: "x".utf8)
            #expect(
                try await send(registry, .POST, "/v2/a/blobs/uploads/?digest=\(digest)", body: Array("x".utf8)).status
                    == 201)
            let wrong = try await send(registry, .POST, "/v2/a/blobs/uploads/?digest=\(digest)", body: Array("y".utf8))
            #expect(wrong.status == 400 && wrong.body.contains("DIGEST_INVALID"))
        }
    }

    @Test func `pushing needs a token, pulling only where it is not open to all`() async throws {
        try await RunningRegistry.with(anonymousPull: false) { registry in
            let answer = try await send(registry, .GET, "/v2/a/tags/list", token: nil)
            #expect(answer.status == 401 && answer["WWW-Authenticate"]?.hasPrefix("Basic ") == true)
            #expect(answer.body.contains("UNAUTHORIZED"))
            #expect(try await send(registry, .GET, "/v2/").status == 200)
        }
        try await RunningRegistry.with { registry in
            #expect(try await send(registry, .GET, "/v2/a/tags/list", token: nil).status == 404)
            #expect(try await send(registry, .GET, "/v2/", token: nil).status == 401)
            #expect(try await send(registry, .POST, "/v2/a/blobs/uploads/", token: nil).status == 401)
            #expect(try await send(registry, .POST, "/v2/a/blobs/uploads/", token: "wrong").status == 401)
            let wrong = try registry.client(token: "wrong")
            let image = try RunningRegistry.image()
            let error = await #expect(throws: WaybillError.self) { try await wrong.push(image, tag: "1", to: "a") }
            #expect(error?.code == .unauthenticated)
        }
    }

    @Test func `an image that the gate denies is not served, its papers are`() async throws {
        let image = try RunningRegistry.image()
        let gate: ServeGate = { repository, digest in
            guard digest == image.digest else { return nil }
            return Verdict(
                gate: .publish, subject: "\(repository)@\(digest.short)",
                violations: [
                    Finding(
                        rule: "WB-1", kind: .policy, severity: .high, message: "no reviewed source",
                        remedy: "ask for a review")
                ])
        }
        try await RunningRegistry.with(gate: gate) { registry in
            let client = try registry.client()
            try await client.push(image, tag: "1", to: "a")
            for reference in ["1", image.digest.description] {
                let answer = try await send(registry, .GET, "/v2/a/manifests/\(reference)")
                #expect(answer.status == 403)
                #expect(
                    answer.body.contains("DENIED") && answer.body.contains("no reviewed source")
                        && answer.body.contains("ask for a review"))
            }
            let paper = try await client.attach(
                [1], mediaType: "application/x", artifactType: "application/x", to: image.manifest.descriptor, in: "a")
            #expect(try await client.resolve(paper.digest.description, in: "a").digest == paper.digest)
            // A subject alone makes no paper of an image.
            let disguised = Manifest(
                configuration: image.manifest.configuration, layers: image.manifest.layers, subject: paper.descriptor)
            #expect(ManifestDocument.image(disguised).needsVerdict)
            #expect(!ManifestDocument.image(paper).needsVerdict)
        }
    }

    @Test func `tags come in pages, and a deleted manifest takes its tags along`() async throws {
        let image = try RunningRegistry.image()
        try await RunningRegistry.with { registry in
            let client = try registry.client()
            for tag in ["a", "b", "c"] { try await client.push(image, tag: tag, to: "r") }
            let page = try await send(registry, .GET, "/v2/r/tags/list?n=2")
            #expect(page.body.contains(#""tags":["a","b"]"#))
            #expect(page["Link"] == "</v2/r/tags/list?n=2&last=b>; rel=\"next\"")
            #expect(try await send(registry, .GET, "/v2/r/tags/list?n=2&last=b").body.contains(#"["c"]"#))
            #expect(try await send(registry, .DELETE, "/v2/r/manifests/a").status == 202)
            #expect(try await client.tags(in: "r") == ["b", "c"])
            #expect(try await send(registry, .DELETE, "/v2/r/manifests/\(image.digest)").status == 202)
            #expect(try await client.tags(in: "r").isEmpty)
            #expect(try await send(registry, .GET, "/v2/r/manifests/\(image.digest)").status == 404)
        }
    }

    @Test func `what was acknowledged is there after a restart`() async throws {
        let image = try RunningRegistry.image()
        let first = try await RunningRegistry.start()
        try await first.client().push(image, tag: "1", to: "a/b")
        let paper = try await first.client().attach(
            [1], mediaType: "application/x", artifactType: "application/x", to: image.manifest.descriptor, in: "a/b")
        await first.server.stop(grace: .milliseconds(100))
        let second = try await RunningRegistry.start(folder: first.folder)
        let client = try second.client()
        #expect(try await client.resolve("1", in: "a/b").digest == image.digest)
        #expect(
            try await client.referrers(of: image.digest, artifactType: nil, in: "a/b").map(\.digest) == [paper.digest])
        await second.stop()
    }

    @Test func `a manifest that is not what it is sent as is refused`() async throws {
        try await RunningRegistry.with { registry in
            let type = [("Content-Type", MediaType.imageManifest.rawValue)]
            let bad = try await send(registry, .PUT, "/v2/a/manifests/1", type, body: Array("{}".utf8))
            #expect(bad.status == 400 && bad.body.contains("MANIFEST_INVALID"))
            let image = try RunningRegistry.image()
            let missing = try await send(registry, .PUT, "/v2/a/manifests/1", type, body: image.manifest.bytes)
            #expect(missing.status == 404 && missing.body.contains("MANIFEST_BLOB_UNKNOWN"))
            let digest = Digest.sha256(of: [])
            #expect(
                try await send(registry, .PUT, "/v2/a/manifests/\(digest)", type, body: image.manifest.bytes).status
                    == 400)
            let large = [UInt8](repeating: 32, count: Manifest.bytesMax + 1)
            #expect(try await send(registry, .PUT, "/v2/a/manifests/1", type, body: large).status == 413)
        }
    }

    @Test(arguments: [
        ("/v2/", RegistryRoute.base), ("/v2", .base), ("/v2/_catalog", .catalog),
        ("/v2/a/b/blobs/uploads/", .uploads(repository: "a/b")),
        ("/v2/a/blobs/uploads/x", .upload(repository: "a", id: "x")),
        ("/v2/a/b/c/manifests/1.0", .manifest(repository: "a/b/c", reference: "1.0")),
        ("/v2/manifests/manifests/manifests", .manifest(repository: "manifests", reference: "manifests")),
        ("/v2/a/tags/list", .tags(repository: "a")), ("/v2/a/referrers/d", .referrers(repository: "a", digest: "d")),
    ])
    func `a path names a repository and a part of it`(_ path: String, _ route: RegistryRoute) {
        #expect(RegistryRoute(path: path) == route)
    }

    @Test(arguments: [
        "/", "/v1/", "/v2/a", "/v2/A/manifests/1", "/v2/../manifests/1", "/v2//manifests/1", "/v2/a/blobs",
        "/v2/manifests/1",
    ])
    func `a path that names nothing is refused`(_ path: String) { #expect(RegistryRoute(path: path) == nil) }

    @Test(
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=2-", 2..<10), ("bytes=-3", 7..<10), ("bytes=5-100", 5..<10),
            ("bytes=10-", nil),
            ("bytes=3-2", nil), ("bytes=+1-2", nil), ("bytes=0-1,3-4", nil), ("items=0-1", nil), ("bytes=-0", nil),
            ("bytes=0-9223372036854775807", 0..<10), ("bytes=99999999999999999999-", nil),
        ] as [(String, Range<Int>?)])
    func `a range is read as HTTP has it`(_ header: String, _ range: Range<Int>?) {
        #expect(RegistryService.range(header, size: 10) == range)
    }
}
