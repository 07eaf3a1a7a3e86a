import AsyncHTTPClient
import Documents
import Foundation
import Grafeas
import HTTPServing
import Ledger
import LedgerService
import MetadataRules
import NIOCore
import NIOHTTP1
import Processes
import SwiftProtobuf
import Testing
import WaybillCore

struct LedgerServerTests {
    private struct Answer {
        var status: Int
        var body: Value
    }

    private func withServer<T>(
        _ house: LedgerHouse, _ body: (LedgerServer) async throws -> T
    ) async throws -> T {
        let server = try await LedgerServer.start(house.service, identities: house.identities)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    private func call(
        _ server: LedgerServer, _ method: String, _ path: String, body: String? = nil, token: String? = "secret"
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.rest.port)\(path)")
        request.method = .RAW(value: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 22)
        return Answer(
            status: Int(response.status.code), body: try JSONReader.value(from: Array(bytes.readableBytesView)))
    }

    static let note = #"{"shortDescription":"s","vulnerability":{"severity":"HIGH"}}"#
    static let occurrence = """
        {"resourceUri":"https://r/a","noteName":"projects/shop/notes/CVE-1","vulnerability":{"packageIssue":[
        {"affectedCpeUri":"c","affectedPackage":"p","affectedVersion":{"kind":"MINIMUM"},"fixedVersion":{"kind":"MAXIMUM"}}]}}
        """

    @Test func `REST speaks JSON with Google's shape of errors`() async throws {
        try await withServer(LedgerHouse()) { server in
            let project = try await call(server, "POST", "/v1/projects", body: #"{"name":"projects/shop"}"#)
            #expect(project.status == 200 && project.body == ["name": "projects/shop"])
            let made = try await call(server, "POST", "/v1/projects/shop/notes?noteId=CVE-1", body: Self.note)
            #expect(made.status == 200 && made.body["kind"] == "VULNERABILITY")
            let number = try await call(
                server, "GET", "/v1/projects/shop/notes/CVE-1?%24alt=json%3Benum-encoding%3Dint")
            #expect(number.body["kind"] == 1)
            let occurrence = try await call(server, "POST", "/v1/projects/shop/occurrences", body: Self.occurrence)
            #expect(occurrence.body["name"] == "projects/shop/occurrences/o1")
            let patched = try await call(
                server, "PATCH", "/v1/projects/shop/notes/CVE-1?updateMask=shortDescription",
                body: #"{"shortDescription":"new"}"#)
            #expect(patched.body["shortDescription"] == "new" && patched.body["vulnerability"]?["severity"] == "HIGH")
            let listed = try await call(
                server, "GET", "/v1/projects/shop/occurrences?filter=resourceUrl%3D%22https%3A%2F%2Fr%2Fa%22")
            #expect(listed.body["occurrences"]?.array?.count == 1)
            let of = try await call(server, "GET", "/v1/projects/shop/notes/CVE-1/occurrences")
            #expect(of.body["occurrences"]?.array?.count == 1)
            let note = try await call(server, "GET", "/v1/projects/shop/occurrences/o1/notes")
            #expect(note.body["name"] == "projects/shop/notes/CVE-1")
            let missing = try await call(server, "GET", "/v1/projects/shop/notes/none")
            #expect(missing.status == 404)
            #expect(missing.body["error"]?["code"] == 404 && missing.body["error"]?["status"] == "NOT_FOUND")
            let deleted = try await call(server, "DELETE", "/v1/projects/shop/occurrences/o1")
            #expect(deleted.status == 200 && deleted.body == [:])
        }
    }

    @Test(
        arguments: [
            ("GET", "/v1/projects/shop/notes/a", nil, nil, 401, "UNAUTHENTICATED"),
            ("GET", "/v1/projects/shop/notes/a", nil, "wrong", 401, "UNAUTHENTICATED"),
            ("GET", "/v1/projects/shop/notes/a%2Fb", nil, "secret", 400, "INVALID_ARGUMENT"),
            ("GET", "/v1/nothing", nil, "secret", 404, "NOT_FOUND"),
            ("GET", "/v1/projects/shop/notes?pageSize=x", nil, "secret", 400, "INVALID_ARGUMENT"),
            ("GET", "/v1/projects/shop/notes?pagesize=1", nil, "secret", 400, "INVALID_ARGUMENT"),
            ("GET", "/v1/projects/shop/notes?pageSize=-1", nil, "secret", 400, "INVALID_ARGUMENT"),
            ("GET", "/v1/projects/shop/notes?asOf=yesterday", nil, "secret", 400, "INVALID_ARGUMENT"),
            ("GET", "/v1/projects/shop/notes?alt=proto", nil, "secret", 400, "INVALID_ARGUMENT"),
            ("POST", "/v1/projects/shop/notes?noteId=n", "{", "secret", 400, "INVALID_ARGUMENT"),
            ("POST", "/v1/projects/shop/notes?noteId=n", nil, "secret", 400, "INVALID_ARGUMENT"),
            (
                "POST", "/v1/projects/shop/notes", #"{"build":{"builderVersion":"1"}}"#, "secret", 400,
                "INVALID_ARGUMENT"
            ),
            ("POST", "/v1/projects/shop/notes?noteId=n", #"{"kimd":"BUILD"}"#, "secret", 400, "INVALID_ARGUMENT"),
            ("POST", "/v1/projects/shop/notes/n", "{}", "secret", 501, "UNIMPLEMENTED"),
            ("GET", "/v1/projects/shop/occurrences:vulnerabilitySummary", nil, "secret", 404, "NOT_FOUND"),
        ] as [(String, String, String?, String?, Int, String)])
    func `REST refuses what is wrong`(
        _ method: String, _ path: String, _ body: String?, _ token: String?, _ status: Int, _ word: String
    ) async throws {
        try await withServer(LedgerHouse()) { server in
            let answer = try await call(server, method, path, body: body, token: token)
            #expect(answer.status == status)
            #expect(answer.body["error"]?["status"]?.string == word)
            #expect(answer.body["error"]?["message"]?.string?.isEmpty == false)
        }
    }

    @Test func `v1beta1 has its own shapes and its summary`() async throws {
        try await withServer(LedgerHouse()) { server in
            let note = try await call(
                server, "POST", "/v1beta1/projects/shop/notes?noteId=CVE-1",
                body: #"{"vulnerability":{"details":[{"cpeUri":"c","package":"p"}]}}"#)
            #expect(note.status == 200, "\(note.body)")
            let made = try await call(
                server, "POST", "/v1beta1/projects/shop/occurrences:batchCreate",
                body: """
                    {"occurrences":[{"resource":{"uri":"https://r/a"},"noteName":"projects/shop/notes/CVE-1",
                    "vulnerability":{"effectiveSeverity":"HIGH","packageIssue":[{"affectedLocation":
                    {"cpeUri":"c","package":"p","version":{"kind":"MINIMUM"}},"fixedLocation":
                    {"cpeUri":"c","package":"p","version":{"kind":"NORMAL","name":"2"}}}]}}]}
                    """)
            #expect(made.status == 200, "\(made.body)")
            let v1 = try await call(server, "GET", "/v1/projects/shop/occurrences/o1")
            #expect(v1.body["vulnerability"]?["packageIssue"]?[0]?["fixedVersion"]?["name"] == "2")
            let summary = try await call(
                server, "GET", "/v1beta1/projects/shop/occurrences:vulnerabilitySummary")
            let row = summary.body["counts"]?[0]
            #expect(row?["severity"] == "HIGH" && row?["fixableCount"] == "1" && row?["totalCount"] == "1")
        }
    }

    @Test func `reads as of a moment need no other path`() async throws {
        let house = LedgerHouse()
        try await withServer(house) { server in
            _ = try await call(server, "POST", "/v1/projects/shop/notes?noteId=CVE-1", body: Self.note)
            house.tick()
            _ = try await call(
                server, "PATCH", "/v1/projects/shop/notes/CVE-1?updateMask=shortDescription",
                body: #"{"shortDescription":"new"}"#)
            let then = try await call(
                server, "GET", "/v1/projects/shop/notes/CVE-1?asOf=2026-09-21T14:13:20.500Z")
            #expect(then.body["shortDescription"] == "s")
            let before = try await call(server, "GET", "/v1/projects/shop/notes/CVE-1?asOf=2026-01-01T00:00:00Z")
            #expect(before.status == 404)
        }
    }

    @Test(
        .enabled(if: PythonClient.isThere, "the Python library “grafeas” is not there: run scripts/setup"),
        arguments: ["rest", "grpc"])
    func `Google's Python client makes all of its calls`(_ transport: String) async throws {
        try await withServer(LedgerHouse()) { server in
            let port = transport == "rest" ? server.rest.port : server.grpcPort
            let outcome = try await ProcessRunner.run(
                Command(
                    PythonClient.interpreter,
                    ["-c", PythonClient.script, transport, "127.0.0.1:\(port)"],
                    environment: ["PATH": "/usr/bin:/bin", "GRPC_VERBOSITY": "NONE"], timeout: .seconds(100)))
            let words = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(words == PythonClient.words, "\(String(decoding: outcome.errorOutput, as: UTF8.self))")
        }
    }
}
