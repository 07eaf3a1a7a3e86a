import GRPCCore
import GRPCNIOTransportHTTP2Posix
public import HTTPServing
public import WaybillCore

/// The ledger's API on two ports: REST and gRPC.
public final class LedgerServer: Sendable {
    public let rest: HTTPServer
    /// Where gRPC listens, also where port zero was asked for.
    public let grpcPort: Int
    private let grpc: GRPCServer<HTTP2ServerTransport.Posix>
    private let running: Task<Void, any Error>

    private init(
        rest: HTTPServer, grpcPort: Int, grpc: GRPCServer<HTTP2ServerTransport.Posix>, running: Task<Void, any Error>
    ) {
        self.rest = rest
        self.grpcPort = grpcPort
        self.grpc = grpc
        self.running = running
    }

    /// Starts both and returns when both ports are open. With an identity they speak TLS; one that names an authority of
    /// clients asks them for a certificate.
    public static func start(
        _ service: MetadataService, identities: CallerIdentities, host: String = "127.0.0.1", port: Int = 0,
        grpcPort: Int = 0, tls: TLSIdentity? = nil
    ) async throws(WaybillError) -> LedgerServer {
        var configuration = HTTP2ServerTransport.Posix.Config.defaults
        configuration.rpc.maxRequestPayloadSize = MetadataREST.bodyBytesMax
        let transport = HTTP2ServerTransport.Posix(
            address: host.contains(":") ? .ipv6(host: host, port: grpcPort) : .ipv4(host: host, port: grpcPort),
            transportSecurity: tls.map(security) ?? .plaintext, config: configuration)
        let grpc = GRPCServer(
            transport: transport, services: [MetadataGRPC(service: service, identities: identities)])
        let running = Task { try await grpc.serve() }
        let opened: Int
        do {
            let address = try await transport.listeningAddress
            guard let port = address.ipv4?.port ?? address.ipv6?.port else {
                throw WaybillError(.unavailable, "listens on no port", subject: "ledger")
            }
            opened = port
        } catch {
            running.cancel()
            throw WaybillError(
                .unavailable, "cannot listen on \(host):\(grpcPort)", subject: "ledger (gRPC)",
                remedy: "choose another port, or end the program that holds it", cause: error)
        }
        do throws(WaybillError) {
            let rest = try await HTTPServer.start(
                MetadataREST(service: service, identities: identities).router(), name: "ledger", host: host,
                port: port, tls: tls)
            return LedgerServer(rest: rest, grpcPort: opened, grpc: grpc, running: running)
        } catch {
            grpc.beginGracefulShutdown()
            running.cancel()
            throw error
        }
    }

    private static func security(_ identity: TLSIdentity) -> HTTP2ServerTransport.Posix.TransportSecurity {
        .tls(
            certificateChain: [.bytes(Array(identity.certificatePEM.utf8), format: .pem)],
            privateKey: .bytes(Array(identity.privateKeyPEM.utf8), format: .pem)
        ) { configuration in
            configuration.requireALPN = true
            guard let authority = identity.clientAuthorityPEM else { return }
            configuration.clientCertificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates([.bytes(Array(authority.utf8), format: .pem)])
        }
    }

    /// Waits until either ends.
    public func wait() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.rest.wait() }
            group.addTask { try await self.running.value }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Stops taking calls; those under way have a short time to end.
    public func stop() async {
        grpc.beginGracefulShutdown()
        await rest.stop()
        let cut = Task {
            try await Task.sleep(for: .seconds(2))
            running.cancel()
        }
        _ = await running.result
        cut.cancel()
    }
}
