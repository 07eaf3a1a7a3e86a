import AsyncHTTPClient
import Documents
import Files
import Foundation
import HTTPServing
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import PolicyTools
import Rego
import WaybillCore

@testable import PolicyService

/// A policy server on a free port of this machine.
struct RunningServer {
    let server: HTTPServer
    let store: PolicyStore
    let service: PolicyServer

    static let policy = """
        package shop

        import rego.v1

        default allow := false

        allow if input.user in data.staff

        greeting := sprintf("hello %s", [input.user])

        numbers contains n if some n in [1, 2, 3]
        """

    static func sources(_ extra: [(String, String)] = []) throws -> PolicySources {
        var sources = PolicySources(modules: [], data: ["staff": ["ann"], "list": [1, 2], "a": ["b": 1]])
        for (file, text) in [("shop.rego", policy)] + extra {
            sources.modules.append(try SourceModule(parsing: text, file: file))
        }
        return sources
    }

    /// Runs a test against a server that is stopped afterwards.
    static func with(
        _ extra: [(String, String)] = [], settings: PolicyServer.Settings = .init(),
        plugins: (PolicyStore) throws -> PolicyPlugins? = { _ in nil }, _ body: (RunningServer) async throws -> Void
    ) async throws {
        let store = try PolicyStore(try sources(extra))
        let plugins = try plugins(store)
        let service = PolicyServer(
            store: store, settings: settings, host: .system(version: "0.1.0"), plugins: plugins)
        let server = try await HTTPServer.start(service.router(), name: "policy")
        let running = RunningServer(server: server, store: store, service: service)
        do {
            try await body(running)
        } catch {
            await server.stop(grace: .milliseconds(200))
            await plugins?.stop()
            throw error
        }
        await server.stop(grace: .milliseconds(200))
        await plugins?.stop()
    }

    struct Answer {
        var status: Int
        var text: String
        var headers: HTTPHeaders
        var value: Value { (try? JSONReader.value(from: text)) ?? .null }
    }

    func ask(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await ask(method, path, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    func ask(
        _ method: HTTPMethod, _ path: String, bytes: [UInt8]?, headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)")
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 1 << 22)
        return Answer(status: Int(response.status.code), text: String(buffer: body), headers: response.headers)
    }

    static func scratch() throws -> String {
        let folder = "/tmp/waybill-policy-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(folder, mode: 0o700)
        return folder
    }
}
