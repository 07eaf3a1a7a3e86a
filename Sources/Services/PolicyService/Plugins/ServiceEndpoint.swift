import AsyncHTTPClient
import Files
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import WaybillCore

/// A configured service: sends requests with its credentials.
final class ServiceEndpoint: Sendable {
    struct Answer: Sendable {
        var status: Int
        var etag: String?
        var body: [UInt8]
        /// As the server names it.
        var contentType: String?
    }

    let settings: ServiceSettings
    private let client: HTTPClient
    private let grant: GrantedToken?

    init(_ settings: ServiceSettings) throws(WaybillError) {
        self.settings = settings
        var configuration = HTTPClient.Configuration()
        // A redirect would take the credentials elsewhere.
        configuration.redirectConfiguration = .disallow
        if settings.authorityPath != nil || settings.allowsInsecureTLS || settings.clientCertificate != nil {
            var tls = TLSConfiguration.makeClientConfiguration()
            if let own = settings.clientCertificate { try Self.show(own, in: &tls) }
            if settings.allowsInsecureTLS { tls.certificateVerification = .none }
            if let path = settings.authorityPath {
                do {
                    let authorities = try NIOSSLCertificate.fromPEMBytes(try Files.read(path))
                    tls.additionalTrustRoots = [.certificates(authorities)]
                } catch {
                    throw WaybillError(
                        .invalidInput, "the authorities cannot be read", subject: path, cause: error)
                }
            }
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        grant = settings.grant.map { GrantedToken($0, timeoutSeconds: settings.timeoutSeconds) }
    }

    private static func show(
        _ own: ClientCertificateSettings, in tls: inout TLSConfiguration
    ) throws(WaybillError) {
        let (certificate, key) = (try Files.read(own.certificatePath), try Files.read(own.keyPath, bytesMax: 1 << 20))
        do {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate).map { .certificate($0) }
            let passphrase = own.passphrase
            let secret =
                try passphrase.map { text in
                    try NIOSSLPrivateKey(bytes: key, format: .pem) { $0(Array(text.utf8)) }
                } ?? NIOSSLPrivateKey(bytes: key, format: .pem)
            tls.privateKey = .privateKey(secret)
        } catch {
            throw WaybillError(
                .invalidInput, "the certificate or its key cannot be read", subject: own.certificatePath, cause: error)
        }
    }

    func shutdown() async {
        // The process goes on without the client, whatever it says.
        try? await client.shutdown()
    }

    func send(
        _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil, bytesMax: Int,
        waitSeconds: Int = 0
    ) async throws(WaybillError) -> Answer {
        let url = settings.url + (path.hasPrefix("/") ? path : "/" + path)
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in settings.headers + headers { request.headers.add(name: name, value: value) }
        if let grant {
            request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(try await grant.token(by: client))")
        } else if let token = try token() {
            request.headers.replaceOrAdd(name: "Authorization", value: "\(settings.bearerScheme) \(token)")
        }
        request.headers.add(name: "User-Agent", value: "waybill")
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(
                request, timeout: .seconds(Int64(settings.timeoutSeconds + waitSeconds)))
            let bytes = Array(try await response.body.collect(upTo: bytesMax).readableBytesView)
            return Answer(
                status: Int(response.status.code), etag: response.headers.first(name: "ETag"), body: bytes,
                contentType: response.headers.first(name: "Content-Type"))
        } catch is NIOTooManyBytesError {
            throw WaybillError(
                .limitExceeded, "the answer is larger than \(bytesMax) bytes", subject: Redaction.url(url))
        } catch {
            throw WaybillError(
                .unavailable, "the service does not answer", subject: Redaction.url(url), cause: error)
        }
    }

    private func token() throws(WaybillError) -> String? {
        if let token = settings.bearerToken { return token }
        guard let path = settings.bearerTokenPath else { return nil }
        // Read anew each time: tokens in files are replaced while we run.
        let text = String(decoding: try Files.read(path, bytesMax: 1 << 16), as: UTF8.self)
        let token = text.split(whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == " " }).first.map(String.init) ?? ""
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw WaybillError(.invalidInput, "holds no token", subject: path)
        }
        return token
    }
}
