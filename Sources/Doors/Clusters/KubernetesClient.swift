import AsyncHTTPClient
import Documents
import Foundation
import Kubernetes
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
public import WaybillCore

/// A real Kubernetes API, through its REST interface.
public final class KubernetesClient: Cluster {
    let access: ClusterAccess
    private let connection: ClusterConnection

    static let userAgent = "waybill/1"
    /// How often a busy server is asked, and how long its wish to wait is followed.
    private static let attemptsMax = 5
    private static let waitSecondsMax = 10
    static let answerBytesMax = 64 << 20
    static let pageSize = 500
    private static let timeout = TimeAmount.seconds(30)

    public init(_ access: ClusterAccess) throws(WaybillError) {
        self.access = access
        connection = try ClusterConnection(access)
    }

    private init(_ access: ClusterAccess, _ connection: ClusterConnection) {
        self.access = access
        self.connection = connection
    }

    /// From a kubeconfig file.
    public convenience init(kubeconfig path: String, context: String? = nil) throws(WaybillError) {
        try self.init(ClusterAccess.kubeconfig(path, context: context))
    }

    /// The same cluster in another's name, over the same connections.
    public func acting(as impersonation: Impersonation) -> KubernetesClient {
        var access = access
        access.impersonation = impersonation
        return KubernetesClient(access, connection)
    }

    /// Ends all connections. Neither this client nor those that act in another's name can be used afterwards.
    public func stop() async { await connection.client.end() }

    struct Answer: Sendable {
        var code: Int
        var value: Value
    }

    /// One request with a JSON answer; refusals become errors.
    func send(
        _ method: String, _ path: String, body: Value? = nil, contentType: String = "application/json"
    ) async throws(WaybillError) -> Value {
        do {
            let response = try await answered { () throws(WaybillError) in
                var request = try await request(method, path)
                if let body {
                    request.headers.add(name: "content-type", value: contentType)
                    request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
                }
                return request
            }
            let bytes = try await response.body.collect(upTo: Self.answerBytesMax)
            let value = try? JSONReader.value(from: bytes.readableBytesView)
            guard (200..<300).contains(Int(response.status.code)) else {
                throw StatusError.error(code: Int(response.status.code), value, subject: Self.subject(method, path))
            }
            guard let value else {
                throw WaybillError(.failed, "the answer is not JSON", subject: Self.subject(method, path))
            }
            return value
        } catch let error as WaybillError {
            throw error
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout {
            throw WaybillError(
                .timeout, "the cluster did not answer in time", subject: Self.subject(method, path), cause: error)
        } catch {
            throw WaybillError(
                .unavailable, "the cluster cannot be reached", subject: Redaction.url(access.server),
                remedy: "check the address and the certificate authority in the kubeconfig", cause: error)
        }
    }

    /// The answer to a request. Credentials of a program that the cluster no longer takes are asked for anew, once.
    private func answered(
        _ request: () async throws(WaybillError) -> HTTPClientRequest
    ) async throws -> HTTPClientResponse {
        let response = try await patient(try await request())
        guard response.status == .unauthorized, let keeper = connection.keeper else { return response }
        // The body is read so that the connection can be used again; where that fails another one is opened.
        _ = try? await response.body.collect(upTo: Self.answerBytesMax)
        await keeper.forget()
        return try await patient(try await request())
    }

    /// A server that is too busy says when to come back: what it turned away was not done and is asked again.
    private func patient(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        for attempt in 1... {
            let response = try await connection.client.execute(request, timeout: Self.timeout)
            guard response.status == .tooManyRequests, attempt < Self.attemptsMax,
                let wait = response.headers.first(name: "retry-after").flatMap({ Int($0) })
            else { return response }
            // The body is read so that the connection can be used again.
            _ = try? await response.body.collect(upTo: Self.answerBytesMax)
            try await Task.sleep(for: .seconds(min(max(wait, 0), Self.waitSecondsMax)))
        }
        throw CancellationError()
    }

    func request(_ method: String, _ path: String) async throws(WaybillError) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: connection.address + path)
        request.method = .init(rawValue: method)
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: Self.userAgent)
        for (name, value) in access.impersonation?.headers ?? [] { request.headers.add(name: name, value: value) }
        switch access.credentials {
        case .none, .certificate: break
        case .token(let token): request.headers.add(name: "authorization", value: "Bearer \(token)")
        case .tokenFile(let file):
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw WaybillError(.unauthenticated, "the token file cannot be read", subject: file)
            }
            let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            request.headers.add(name: "authorization", value: "Bearer \(token)")
        case .program:
            guard let credential = try await connection.keeper?.credential() else { break }
            if let token = credential.token {
                request.headers.add(name: "authorization", value: "Bearer \(token)")
            }
            if let pair = credential.certificate {
                request.tlsConfiguration = try ClusterConnection.tls(access, identity: pair)
            }
        }
        return request
    }

    func stream(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        try await connection.client.execute(request, deadline: .distantFuture)
    }

    /// The resource of a kind, asked once and again when the kind is unknown.
    func resource(_ kind: ObjectKind) async throws(WaybillError) -> DiscoveryCache.Entry {
        if let known = await connection.discovery.entry(kind) { return known }
        let root = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
        do {
            await connection.discovery.keep(try await send("GET", root), kind, root)
        } catch  where error.code == .notFound {
            throw Self.unknown(kind)
        }
        guard let found = await connection.discovery.entry(kind) else { throw Self.unknown(kind) }
        return found
    }

    private static func unknown(_ kind: ObjectKind) -> WaybillError {
        WaybillError(
            .notFound, "the cluster does not know this kind", subject: kind.description,
            remedy: "install its custom resource definition first")
    }

    private static func subject(_ method: String, _ path: String) -> String { "\(method) \(Redaction.url(path))" }
}

/// Which resource serves which kind.
actor DiscoveryCache {
    struct Entry: Sendable {
        /// `/apis/apps/v1`.
        var root: String
        var plural: String
        var isNamespaced: Bool
    }

    private var entries: [ObjectKind: Entry] = [:]

    func entry(_ kind: ObjectKind) -> Entry? { entries[kind] }

    func keep(_ list: Value, _ kind: ObjectKind, _ root: String) {
        for resource in list["resources"]?.array ?? [] {
            guard let plural = resource["name"]?.string, !plural.contains("/"), let name = resource["kind"]?.string
            else { continue }
            entries[ObjectKind(group: kind.group, version: kind.version, kind: name)] = Entry(
                root: root, plural: plural, isNamespaced: resource["namespaced"]?.bool == true)
        }
    }
}

/// The API's `Status` objects as errors.
enum StatusError {
    static func error(code: Int, _ status: Value?, subject: String) -> WaybillError {
        let message = status?["message"]?.string.map { String($0.prefix(2000)) } ?? "the cluster answered \(code)"
        let kind: WaybillError.Code =
            switch (code, status?["reason"]?.string) {
            case (401, _): .unauthenticated
            case (403, _): .forbidden
            case (404, _): .notFound
            case (409, _): .conflict
            case (410, _): .conflict
            case (400, _), (422, _): message.contains("denied the request") ? .forbidden : .invalidInput
            case (413, _), (429, _): .limitExceeded
            case (415, _), (501, _): .unsupported
            case (503, _): .unavailable
            case (504, _): .timeout
            default: message.contains("denied the request") ? .forbidden : .failed
            }
        return WaybillError(kind, message, subject: subject)
    }
}
