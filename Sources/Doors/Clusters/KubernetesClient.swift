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
    /// In whose name every request is made; nil for the client's own.
    let impersonated: String?
    /// The client whose connections these are; nil for one that has its own.
    private let owner: KubernetesClient?
    private let client: HTTPClient
    private let discovery = DiscoveryCache()

    static let userAgent = "waybill/1"
    /// How often a busy server is asked, and how long its wish to wait is followed.
    private static let attemptsMax = 5
    private static let waitSecondsMax = 10
    static let answerBytesMax = 64 << 20
    static let pageSize = 500
    private static let timeout = TimeAmount.seconds(30)

    public init(_ access: ClusterAccess) throws(WaybillError) {
        self.access = access
        impersonated = nil
        owner = nil
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            if let authority = access.authorityPEM {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
            }
            if case .certificate(let certificate, let key) = access.credentials {
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map {
                    .certificate($0)
                }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
            }
        } catch {
            throw WaybillError(.invalidInput, "the certificates cannot be read", subject: access.server, cause: error)
        }
        if access.serverName != nil {
            throw WaybillError(.unsupported, "tls-server-name is not supported", subject: access.server)
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// From a kubeconfig file.
    public convenience init(kubeconfig path: String, context: String? = nil) throws(WaybillError) {
        try self.init(ClusterAccess.kubeconfig(path, context: context))
    }

    private init(_ owner: KubernetesClient, impersonating user: String) {
        access = owner.access
        client = owner.client
        impersonated = user
        self.owner = owner
    }

    /// The same connections in another user's name, `system:serviceaccount:NAMESPACE:NAME`: what that user may not do is
    /// refused.
    public func impersonating(_ user: String) -> KubernetesClient { KubernetesClient(self, impersonating: user) }

    deinit {
        guard owner == nil else { return }
        // A client that nobody stopped is stopped by its end.
        Task { [client] in try? await client.shutdown() }
    }

    /// Ends all connections. The client cannot be used afterwards.
    public func stop() async { if owner == nil { await client.end() } }

    struct Answer: Sendable {
        var code: Int
        var value: Value
    }

    /// One request with a JSON answer; refusals become errors.
    func send(
        _ method: String, _ path: String, body: Value? = nil, contentType: String = "application/json"
    ) async throws(WaybillError) -> Value {
        do {
            var request = try request(method, path)
            if let body {
                request.headers.add(name: "content-type", value: contentType)
                request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
            }
            let response = try await patient(request)
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

    /// A server that is too busy says when to come back: what it turned away was not done and is asked again.
    private func patient(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        for attempt in 1... {
            let response = try await client.execute(request, timeout: Self.timeout)
            guard response.status == .tooManyRequests, attempt < Self.attemptsMax,
                let wait = response.headers.first(name: "retry-after").flatMap({ Int($0) })
            else { return response }
            // The body is read so that the connection can be used again.
            _ = try? await response.body.collect(upTo: Self.answerBytesMax)
            try await Task.sleep(for: .seconds(min(max(wait, 0), Self.waitSecondsMax)))
        }
        throw CancellationError()
    }

    func request(_ method: String, _ path: String) throws(WaybillError) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: access.server + path)
        request.method = .init(rawValue: method)
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: Self.userAgent)
        if let impersonated { request.headers.add(name: "impersonate-user", value: impersonated) }
        switch access.credentials {
        case .none, .certificate: break
        case .token(let token): request.headers.add(name: "authorization", value: "Bearer \(token)")
        case .tokenFile(let file):
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw WaybillError(.unauthenticated, "the token file cannot be read", subject: file)
            }
            let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            request.headers.add(name: "authorization", value: "Bearer \(token)")
        }
        return request
    }

    func stream(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        try await client.execute(request, deadline: .distantFuture)
    }

    /// The resource of a kind, asked once and again when the kind is unknown.
    func resource(_ kind: ObjectKind) async throws(WaybillError) -> DiscoveryCache.Entry {
        if let known = await discovery.entry(kind) { return known }
        let root = kind.group.isEmpty ? "/api/\(kind.version)" : "/apis/\(kind.group)/\(kind.version)"
        do {
            await discovery.keep(try await send("GET", root), kind, root)
        } catch  where error.code == .notFound {
            throw Self.unknown(kind)
        }
        guard let found = await discovery.entry(kind) else { throw Self.unknown(kind) }
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
