public import Hummingbird
import NIOCore
import NIOSSL
public import WaybillCore

/// What a request carries through the middleware: who asks, once that is known.
public struct ServiceContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Set by `TokenMiddleware` when the request brought a valid token.
    public var identity: Identity?
    /// Who is at the other end of the connection, `127.0.0.1:51644`; nil where there is no such address.
    public let remoteAddress: String?
    private let channel: any Channel

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        remoteAddress = source.channel.remoteAddress.flatMap { address in
            address.ipAddress.map { "\($0):\(address.port ?? 0)" }
        }
    }

    /// The certificate that the client showed in the TLS handshake, as DER; nil without one, and without TLS.
    public func peerCertificate() async -> [UInt8]? {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get() else { return nil }
        return try? certificate.toDERBytes()
    }

    /// The caller's identity. Throws `.unauthenticated` where there is none.
    public func requireIdentity() throws(WaybillError) -> Identity {
        guard let identity else {
            throw WaybillError(
                .unauthenticated, "this needs a token", subject: "request",
                remedy: "send it as the header “Authorization: Bearer …” or as the password")
        }
        return identity
    }
}
