import AsyncHTTPClient
import Clusters
import Documents
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import WaybillCore

/// A webhook that could not be asked, in the real server's words.
struct WebhookFailure: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

/// Calls webhooks over HTTPS, trusting only the authority that their configuration names.
actor WebhookClient {
    /// Where a webhook's service is reached: from `namespace/name` to `host:port`.
    private let resolve: @Sendable (_ namespace: String, _ name: String, _ port: Int) async -> String?
    /// Clients by what they trust, so that connections are kept.
    private var clients: [String: HTTPClient] = [:]
    private static let clientsMax = 64
    private static let answerBytesMax = 4 << 20

    init(resolve: @escaping @Sendable (String, String, Int) async -> String?) { self.resolve = resolve }

    func call(_ hook: Webhook, _ document: Value) async throws(WebhookFailure) -> [UInt8] {
        let (url, overrides) = try await address(of: hook)
        let withTimeout = url + (url.contains("?") ? "&" : "?") + "timeout=\(hook.timeoutSeconds)s"
        let client = try client(for: hook, overrides)
        do {
            var request = HTTPClientRequest(url: withTimeout)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.headers.add(name: "accept", value: "application/json, */*")
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(document)))
            let response = try await client.execute(request, timeout: .seconds(Int64(hook.timeoutSeconds)))
            let body = try await response.body.collect(upTo: Self.answerBytesMax)
            guard response.status == .ok else {
                throw WebhookFailure("failed to call webhook: \(Self.words(for: Int(response.status.code)))")
            }
            return Array(body.readableBytesView)
        } catch let failure as WebhookFailure {
            throw failure
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout {
            throw WebhookFailure("failed to call webhook: Post \"\(withTimeout)\": context deadline exceeded")
        } catch {
            throw WebhookFailure(
                "failed to call webhook: Post \"\(withTimeout)\": \(Self.words(for: error, withTimeout))")
        }
    }

    private static func words(for code: Int) -> String {
        switch code {
        case 400: "the server rejected our request for an unknown reason"
        case 401: "the server has asked for the client to provide credentials"
        case 404: "the server could not find the requested resource"
        case 405: "the server does not allow this method on the requested resource"
        case 409: "the server reported a conflict"
        case 422: "the server rejected our request due to an error in our request"
        case 429: "the server has received too many requests and has asked us to try again later"
        case 503: "the server is currently unable to handle the request"
        case 504:
            "the server was unable to return a response in the time allotted, but may still be processing the request"
        case 500...: "an error on the server (\"unknown\") has prevented the request from succeeding"
        default: "the server responded with the status code \(code) but did not return more information"
        }
    }

    private static func words(for error: any Error, _ url: String) -> String {
        let text = "\(error)"
        let place = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" }
        if text.contains("refused") { return "dial tcp \(place): connect: connection refused" }
        if text.contains("handshakeFailed") || text.contains("CERTIFICATE") {
            return "tls: failed to verify certificate: x509: certificate signed by unknown authority"
        }
        return text
    }

    private func address(of hook: Webhook) async throws(WebhookFailure) -> (url: String, overrides: [String: String]) {
        let configuration = hook.value["clientConfig"]
        if let url = configuration?["url"]?.string {
            guard url.hasPrefix("https://") else {
                throw WebhookFailure("failed to call webhook: the URL is not https")
            }
            return (url, [:])
        }
        guard let service = configuration?["service"], let name = service["name"]?.string,
            let namespace = service["namespace"]?.string
        else { throw WebhookFailure("failed to call webhook: it has neither url nor service") }
        let port = service["port"]?.integer ?? 443
        guard let found = await resolve(namespace, name, port), let colon = found.lastIndex(of: ":") else {
            throw WebhookFailure("failed to call webhook: service \"\(name)\" not found")
        }
        // The certificate is for the service's name; the connection goes where the service is.
        let host = "\(name).\(namespace).svc"
        let path = service["path"]?.string ?? ""
        let realPort = found[found.index(after: colon)...]
        return (
            "https://\(host):\(realPort)\(path.hasPrefix("/") || path.isEmpty ? path : "/" + path)",
            [host: String(found[..<colon])]
        )
    }

    private func client(for hook: Webhook, _ overrides: [String: String]) throws(WebhookFailure) -> HTTPClient {
        let bundle = hook.value["clientConfig"]?["caBundle"]?.string ?? ""
        let id = bundle + overrides.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        if let client = clients[id] { return client }
        guard clients.count < Self.clientsMax else {
            throw WebhookFailure("failed to call webhook: too many authorities")
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if !bundle.isEmpty {
            guard let pem = Base64.decode(bundle), let roots = try? NIOSSLCertificate.fromPEMBytes(pem), !roots.isEmpty
            else {
                throw WebhookFailure(
                    "failed to call webhook: unable to load root certificates: unable to parse bytes as PEM block")
            }
            tls.trustRoots = .certificates(roots)
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.dnsOverride = overrides
        configuration.proxy = nil
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        clients[id] = client
        return client
    }

    func stop() async {
        for client in clients.values { await client.end() }
        clients = [:]
    }
}
