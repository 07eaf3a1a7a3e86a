import Documents
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import OCI
import PolicyTools
import Synchronization

@testable import PolicyService

/// A server of bundles that can break, lie and come back, and that takes decision logs and status reports.
final class BundleServer: Sendable {
    struct State: Sendable {
        var archive: [UInt8] = []
        var etag = "1"
        var status = 200
        var requests = 0
        var unchanged = 0
        var token: String?
        var logs: [Value] = []
        var logStatus = 200
        var reports: [Value] = []
        /// What callers asked the authorization server with, and how long its tokens are good for.
        var grants: [String] = []
        var grantSeconds = 3600
        /// What the last caller would rather have.
        var preference: String?
        var bundleType: String?
    }

    let state = Mutex(State())

    func set(_ files: [BundleFile], etag: String) throws {
        let archive = try BundleArchive.bytes(of: files)
        state.withLock { ($0.archive, $0.etag, $0.status) = (archive, etag, 200) }
    }

    private func respond(_ request: Request) async throws -> Response {
        let path = request.uri.path
        let header = request.headers[.authorization]
        if path.hasPrefix("/logs") || path.hasPrefix("/status") {
            var bytes = Array(try await request.body.collect(upTo: 1 << 22).readableBytesView)
            if request.headers[.contentEncoding] == "gzip" {
                bytes = try Compression.unpack(bytes, bytesMax: 1 << 24, subject: "log")
            }
            let value = try JSONReader.value(from: bytes)
            return state.withLock { state in
                if path.hasPrefix("/status") {
                    state.reports.append(value)
                } else if state.logStatus == 200 {
                    state.logs += value.array ?? []
                }
                return Response(status: .init(code: state.logStatus))
            }
        }
        if path == "/token" {
            let form = String(buffer: try await request.body.collect(upTo: 1 << 16))
            return state.withLock { state in
                state.grants.append("\(header ?? "") \(form)")
                guard state.status == 200 else { return Response(status: .init(code: state.status)) }
                let answer: Value = [
                    "access_token": .string("granted-\(state.grants.count)"), "token_type": "Bearer",
                    "expires_in": .integer(state.grantSeconds),
                ]
                return Response(
                    status: .ok, headers: [.contentType: "application/json"],
                    body: .init(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(answer))))
            }
        }
        let preference = HTTPField.Name("Prefer").flatMap { request.headers[$0] }
        return state.withLock { state in
            state.requests += 1
            state.token = header
            state.preference = preference
            guard state.status == 200 else { return Response(status: .init(code: state.status)) }
            if request.headers[.ifNoneMatch] == state.etag {
                state.unchanged += 1
                return Response(status: .notModified)
            }
            return Response(
                status: .ok,
                headers: [.eTag: state.etag, .contentType: state.bundleType ?? "application/gzip"],
                body: .init(byteBuffer: ByteBuffer(bytes: state.archive)))
        }
    }

    func router() -> Router<ServiceContext> {
        let router = Router(context: ServiceContext.self)
        for method in [HTTPRequest.Method.get, .post] {
            router.on("**", method: method) { request, _ in try await self.respond(request) }
        }
        return router
    }

    static func with(_ body: (BundleServer, String) async throws -> Void) async throws {
        let bundles = BundleServer()
        let server = try await HTTPServer.start(bundles.router(), name: "bundles")
        do {
            try await body(bundles, "http://127.0.0.1:\(server.port)")
        } catch {
            await server.stop(grace: .milliseconds(100))
            throw error
        }
        await server.stop(grace: .milliseconds(100))
    }
}
