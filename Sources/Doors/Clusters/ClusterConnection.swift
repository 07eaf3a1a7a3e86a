import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL
import WaybillCore

/// The connections to one cluster, shared by all in whose name it is asked.
final class ClusterConnection: Sendable {
    let client: HTTPClient
    let discovery = DiscoveryCache()
    let keeper: CredentialKeeper?
    /// The address under which the server is asked: it has the name that its certificate shows.
    let address: String

    init(_ access: ClusterAccess) throws(WaybillError) {
        var pair: (String, String)?
        if case .certificate(let certificate, let key) = access.credentials { pair = (certificate, key) }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try Self.tls(access, identity: pair), redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        configuration.proxy = access.proxy?.configuration
        if let name = access.serverName, !name.isEmpty {
            guard var parts = URLComponents(string: access.server), let host = parts.host else {
                throw WaybillError(.invalidInput, "the server is not an address", subject: access.server)
            }
            parts.host = name
            guard let renamed = parts.string else {
                throw WaybillError(.invalidInput, "tls-server-name is not a host's name", subject: access.server)
            }
            configuration.dnsOverride = [name: host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))]
            address = renamed
        } else {
            address = access.server
        }
        if case .program(let program) = access.credentials {
            keeper = CredentialKeeper(program)
        } else {
            keeper = nil
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // A client that nobody stopped is stopped by its end; one that was stopped says so here, to nobody's use.
        Task { [client] in try? await client.shutdown() }
    }

    static func tls(
        _ access: ClusterAccess, identity: (certificatePEM: String, privateKeyPEM: String)?
    ) throws(WaybillError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            if let authority = access.authorityPEM {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
            }
            if let identity {
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificatePEM.utf8)).map {
                    .certificate($0)
                }
                tls.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
            }
        } catch {
            throw WaybillError(.invalidInput, "the certificates cannot be read", subject: access.server, cause: error)
        }
        return tls
    }
}
