import AsyncHTTPClient
public import Documents
import Foundation
public import Kubernetes
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import Synchronization
public import WaybillCore

/// Any Kubernetes API server, over HTTPS.
public final class KubernetesClient: Cluster {
    private let configuration: Kubeconfig
    private let http: HTTPClient
    /// Resource names by kind, from discovery.
    private let resources = Mutex<[ObjectKind: APIResource]>([:])
    /// The longest answer that is read, in bytes.
    private static let answerBytesMax = 256 << 20
    private static let timeout = TimeAmount.seconds(30)
    /// Objects asked for in one page of a list.
    private static let pageLimit = 500

    struct APIResource: Sendable {
        var name: String
        var isNamespaced: Bool
    }

    public convenience init(kubeconfig path: String) throws(WaybillError) {
        try self.init(try Kubeconfig(path: path))
    }

    public init(_ configuration: Kubeconfig) throws(WaybillError) {
        self.configuration = configuration
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            if let authority = configuration.authorityPEM {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
            }
            if let certificate = configuration.clientCertificatePEM, let key = configuration.clientKeyPEM {
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
            }
        } catch {
            throw WaybillError(.invalidInput, "the certificates cannot be read", subject: configuration.server, cause: error)
        }
        var options = HTTPClient.Configuration(tlsConfiguration: tls)
        options.httpVersion = .http1Only
        options.timeout = .init(connect: .seconds(10))
        // Each watch holds a connection of its own.
        options.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: options)
    }

    deinit { http.shutdown { _ in } }

    // MARK: Cluster

    public func get(_ key: ObjectKey) async throws(WaybillError) -> Resource? {
        let answer = try await send(.GET, try await path(key))
        if answer.status == 404 { return nil }
        return try resource(answer, "get \(key)")
    }

    public func list(_ kind: ObjectKind, namespace: String?, labels: String?) async throws(WaybillError) -> [Resource] {
        var found: [Resource] = []
        var token: String?
        repeat {
            var query = [("limit", String(Self.pageLimit))]
            if let labels { query.append(("labelSelector", labels)) }
            if let token { query.append(("continue", token)) }
            let answer = try await send(.GET, try await collection(kind, namespace), query: query)
            guard answer.status == 200 else { throw failure(answer, "list \(kind)") }
            for var item in answer.value["items"]?.array ?? [] {
                // Items of a list carry neither of the two.
                item["apiVersion"] = .string(kind.apiVersion)
                item["kind"] = .string(kind.kind)
                found.append(try Resource(item))
            }
            token = answer.value["metadata"]?["continue"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        } while token != nil
        return found
    }

    @discardableResult
    public func apply(
        _ resource: Resource, fieldManager: String, force: Bool, dryRun: Bool
    ) async throws(WaybillError) -> Resource {
        var query = [("fieldManager", fieldManager), ("force", force ? "true" : "false")]
        if dryRun { query.append(("dryRun", "All")) }
        let answer = try await send(
            .PATCH, try await path(resource.key), query: query, body: resource.value, type: "application/apply-patch+yaml")
        return try self.resource(answer, "apply \(resource.key)")
    }

    @discardableResult
    public func create(_ resource: Resource, dryRun: Bool) async throws(WaybillError) -> Resource {
        let namespace = resource.namespace.isEmpty ? nil : resource.namespace
        let answer = try await send(
            .POST, try await collection(resource.objectKind, namespace), query: dryRun ? [("dryRun", "All")] : [],
            body: resource.value)
        return try self.resource(answer, "create \(resource.key)")
    }

    @discardableResult
    public func patch(_ key: ObjectKey, merge: Value, subresource: String?) async throws(WaybillError) -> Resource {
        let base = try await path(key)
        let answer = try await send(
            .PATCH, subresource.map { "\(base)/\($0)" } ?? base, body: merge, type: "application/merge-patch+json")
        return try resource(answer, "patch \(key)")
    }

    public func delete(_ key: ObjectKey) async throws(WaybillError) {
        let answer = try await send(.DELETE, try await path(key), query: [("propagationPolicy", "Background")])
        guard answer.status == 404 || (200..<300).contains(answer.status) else { throw failure(answer, "delete \(key)") }
    }

    public func watch(_ kind: ObjectKind, namespace: String?) -> AsyncThrowingStream<WatchEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await follow(kind, namespace) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func follow(
        _ kind: ObjectKind, _ namespace: String?, _ report: (WatchEvent) -> Void
    ) async throws {
        let path = try await collection(kind, namespace)
        let list = try await send(.GET, path, query: [("limit", "1")])
        guard list.status == 200 else { throw failure(list, "watch \(kind)") }
        let version = list.value["metadata"]?["resourceVersion"]?.string ?? ""
        let request = try self.request(
            .GET, path, [("watch", "true"), ("resourceVersion", version), ("allowWatchBookmarks", "true")], nil, "")
        let response = try await http.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            throw WaybillError(.unavailable, "answered with status \(response.status.code)", subject: "watch \(kind)")
        }
        var lines = LineSplitter(bytesMax: Self.answerBytesMax)
        for try await piece in response.body {
            for line in try lines.feed(piece.readableBytesView) {
                guard let event = try Self.event(line, kind) else { continue }
                report(event)
            }
        }
        throw WaybillError(.unavailable, "the watch ended", subject: "watch \(kind)")
    }

    /// Nil for a bookmark; an error event (410 Gone among them) is thrown.
    private static func event(_ line: [UInt8], _ kind: ObjectKind) throws -> WatchEvent? {
        let value = try JSONReader.value(from: line)
        switch value["type"]?.string {
        case "BOOKMARK": return nil
        case "ERROR":
            throw WaybillError(
                .unavailable, value["object"]?["message"]?.string ?? "the watch failed", subject: "watch \(kind)")
        case let type:
            guard let type, let event = WatchEvent.Kind(rawValue: type), let object = value["object"] else {
                throw WaybillError(.invalidInput, "an event of unknown type", subject: "watch \(kind)")
            }
            return WatchEvent(kind: event, resource: try Resource(object))
        }
    }

    // MARK: Paths

    private func path(_ key: ObjectKey) async throws(WaybillError) -> String {
        "\(try await collection(key.kind, key.namespace.isEmpty ? nil : key.namespace))/\(Self.escaped(key.name))"
    }

    private func collection(_ kind: ObjectKind, _ namespace: String?) async throws(WaybillError) -> String {
        let resource = try await discover(kind)
        let root = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
        guard resource.isNamespaced, let namespace else { return "\(root)/\(resource.name)" }
        return "\(root)/namespaces/\(Self.escaped(namespace))/\(resource.name)"
    }

    private func discover(_ kind: ObjectKind) async throws(WaybillError) -> APIResource {
        if let known = resources.withLock({ $0[kind] }) { return known }
        let root = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
        let answer = try await send(.GET, root)
        guard answer.status == 200 else { throw failure(answer, "discovery of \(kind)") }
        resources.withLock { known in
            for entry in answer.value["resources"]?.array ?? [] {
                // A name with a slash is a subresource.
                guard let name = entry["name"]?.string, !name.contains("/"), let each = entry["kind"]?.string else { continue }
                known[ObjectKind(group: kind.group, version: kind.version, kind: each)] = APIResource(
                    name: name, isNamespaced: entry["namespaced"]?.bool ?? false)
            }
        }
        guard let found = resources.withLock({ $0[kind] }) else {
            throw WaybillError(
                .notFound, "the cluster has no such kind", subject: "\(kind)", remedy: "install its custom resource definition")
        }
        return found
    }

    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-._~".utf8.contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }.joined()
    }

    // MARK: Requests

    private struct Answer {
        var status: Int
        var value: Value
    }

    private func request(
        _ method: HTTPMethod, _ path: String, _ query: [(String, String)], _ body: Value?, _ type: String
    ) throws(WaybillError) -> HTTPClientRequest {
        let query = query.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        var request = HTTPClientRequest(url: configuration.server + path + (query.isEmpty ? "" : "?\(query)"))
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "waybill")
        if let token = configuration.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
        }
        return request
    }

    private func send(
        _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], body: Value? = nil,
        type: String = "application/json"
    ) async throws(WaybillError) -> Answer {
        let request = try request(method, path, query, body, type)
        let subject = "\(method.rawValue) \(path)"
        let status: Int
        let bytes: [UInt8]
        do {
            let response = try await http.execute(request, timeout: Self.timeout)
            status = Int(response.status.code)
            bytes = Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
        } catch {
            throw WaybillError(.unavailable, "the API server does not answer", subject: subject, cause: error)
        }
        do {
            return Answer(status: status, value: bytes.isEmpty ? .null : try JSONReader.value(from: bytes))
        } catch {
            // A refusal of something in between is often plain text.
            guard status >= 400 else { throw WaybillError(.corrupted, "the answer is not JSON", subject: subject, cause: error) }
            return Answer(status: status, value: ["message": .string(String(decoding: bytes.prefix(200), as: UTF8.self))])
        }
    }

    private func resource(_ answer: Answer, _ what: String) throws(WaybillError) -> Resource {
        guard (200..<300).contains(answer.status) else { throw failure(answer, what) }
        return try Resource(answer.value)
    }

    private func failure(_ answer: Answer, _ what: String) -> WaybillError {
        let code: WaybillError.Code =
            switch answer.status {
            case 400, 422: .invalidInput
            case 401: .unauthenticated
            case 403: .forbidden
            case 404: .notFound
            case 409: .conflict
            case 429, 500...: .unavailable
            default: .failed
            }
        return WaybillError(code, answer.value["message"]?.string ?? "status \(answer.status)", subject: what)
    }
}

/// Cuts a stream into lines.
struct LineSplitter {
    private var rest: [UInt8] = []
    let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Whole lines that the piece completes, without line breaks and without empty ones.
    mutating func feed(_ piece: some Sequence<UInt8>) throws(WaybillError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in piece {
            if byte == 0x0A {
                if !rest.isEmpty { lines.append(rest) }
                rest = []
            } else {
                rest.append(byte)
            }
        }
        guard rest.count <= bytesMax else {
            throw WaybillError(.limitExceeded, "a line is longer than \(bytesMax) bytes", subject: "watch")
        }
        return lines
    }
}
