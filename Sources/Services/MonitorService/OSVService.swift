public import Advisories
import Documents
import Foundation
public import HTTPServing
public import Hummingbird
import Logging
import NIOCore
import Packages
import WaybillCore

/// OSV's API over our own advisories: `/v1/query`, `/v1/querybatch`, `/v1/vulns/{id}`. PyPI's pip-audit and others that
/// speak it need no other server.
public struct OSVService: Sendable {
    /// As many questions as OSV's own server takes at once.
    static let queriesMax = 1000
    static let bodyBytesMax = 4 << 20

    private let index: @Sendable () async -> AdvisoryIndex

    public init(index: @escaping @Sendable () async -> AdvisoryIndex) { self.index = index }

    public func addRoutes(to router: Router<ServiceContext>) {
        router.post("/v1/query") { request, context in
            try await answer(request) { (value) throws(WaybillError) in try await query(value) }
        }
        router.post("/v1/querybatch") { request, context in
            try await answer(request) { (value) throws(WaybillError) in try await batch(value) }
        }
        router.get("/v1/vulns/:id") { request, context -> Response in
            let id = try context.parameters.require("id")
            let name = id.removingPercentEncoding ?? id
            let index = await index()
            guard let advisory = index[name] ?? (name.hasPrefix("x_") ? index[String(name.dropFirst(2))] : nil) else {
                return Self.response(["code": 5, "message": "Bug not found."], .notFound)
            }
            return Self.response(OSVWriter.value(of: advisory))
        }
    }

    private func answer(
        _ request: Request, _ work: (Value) async throws(WaybillError) -> Value
    ) async throws -> Response {
        let body = try await request.body.collect(upTo: Self.bodyBytesMax)
        let value: Value
        do {
            value = try JSONReader.value(from: Array(body.readableBytesView), limits: DocumentLimits(depthMax: 32))
        } catch {
            return Self.response(["code": 3, "message": .string("\(error)")], .badRequest)
        }
        do {
            return Self.response(try await work(value))
        } catch {
            return Self.response(["code": 3, "message": .string(error.message)], .badRequest)
        }
    }

    private static func response(_ value: Value, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(value))))
    }

    private func query(_ value: Value) async throws(WaybillError) -> Value {
        let index = await index()
        let query = try OSVQuery(value)
        try Self.check(query, index)
        let found = query.records(MatchingSession(index))
        return found.isEmpty ? [:] : ["vulns": .array(found.map(OSVWriter.value))]
    }

    /// An empty answer would say that nothing is known against a package of which nobody has told us anything.
    private static func check(_ query: OSVQuery, _ index: AdvisoryIndex) throws(WaybillError) {
        let name = query.package.ecosystem.name
        guard index.imported[name] == nil, !index.ecosystems.contains(name) else { return }
        throw WaybillError(
            .notFound, "there is no advisory data for \(Redaction.excerpt(name))", subject: "query",
            remedy: "import advisories of it: waybill advisories import FOLDER")
    }

    private func batch(_ value: Value) async throws(WaybillError) -> Value {
        guard let queries = value["queries"]?.array else {
            throw WaybillError(.invalidInput, "the member queries is missing", subject: "querybatch")
        }
        guard queries.count <= Self.queriesMax else {
            throw WaybillError(.limitExceeded, "more than \(Self.queriesMax) queries", subject: "querybatch")
        }
        let index = await index()
        let session = MatchingSession(index)
        var results: [Value] = []
        for query in queries {
            let query = try OSVQuery(query)
            try Self.check(query, index)
            let found = query.records(session)
            results.append(
                found.isEmpty
                    ? [:]
                    : [
                        "vulns": .array(
                            found.map { OSVWriter.reference(to: $0) })
                    ])
        }
        return ["results": .array(results)]
    }
}
