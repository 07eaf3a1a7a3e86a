import Crypto
import Foundation
import NIOSSL
import SwiftASN1
public import WaybillCore
import X509

/// A server's certificate with its key, and the authority that clients are told to trust.
public struct TLSIdentity: Sendable {
    public var certificatePEM: String
    public var privateKeyPEM: String
    public var authorityPEM: String
    /// The authority whose certificates clients must show; nil asks for none.
    public var clientAuthorityPEM: String?

    public init(
        certificatePEM: String, privateKeyPEM: String, authorityPEM: String, clientAuthorityPEM: String? = nil
    ) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
        self.authorityPEM = authorityPEM
        self.clientAuthorityPEM = clientAuthorityPEM
    }

    /// A fresh P-256 certificate for `hosts` (names or IP addresses), valid for ten years, signed by a fresh authority
    /// whose key is forgotten at once.
    public static func selfSigned(hosts: [String]) throws(WaybillError) -> TLSIdentity {
        do {
            let authorityKey = P256.Signing.PrivateKey()
            let authorityName = try DistinguishedName {
                CommonName("Waybill local authority \(UInt32.random(in: .min ... .max))")
            }
            let from = Date().addingTimeInterval(-300)
            let until = from.addingTimeInterval(10 * 365 * 86400)
            let authority = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(authorityKey.publicKey), notValidBefore: from,
                notValidAfter: until, issuer: authorityName, subject: authorityName,
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try .init {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true))
                    SubjectKeyIdentifier(hash: Certificate.PublicKey(authorityKey.publicKey))
                }, issuerPrivateKey: .init(authorityKey))
            let key = P256.Signing.PrivateKey()
            let names = hosts.map { host in
                address(host).map { GeneralName.ipAddress(.init(contentBytes: $0[...])) } ?? .dnsName(host)
            }
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: from,
                notValidAfter: until, issuer: authorityName,
                subject: DistinguishedName { CommonName(hosts.first ?? "waybill") },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try .init {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(names)
                }, issuerPrivateKey: .init(authorityKey))
            return TLSIdentity(
                certificatePEM: try certificate.serializeAsPEM().pemString, privateKeyPEM: key.pemRepresentation,
                authorityPEM: try authority.serializeAsPEM().pemString)
        } catch {
            throw WaybillError(
                .failed, "a certificate could not be made", subject: hosts.joined(separator: ", "), cause: error)
        }
    }

    func serverConfiguration() throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8)).map {
            NIOSSLCertificateSource.certificate($0)
        }
        let key = try NIOSSLPrivateKey(bytes: Array(privateKeyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let clientAuthorityPEM {
            // Clients have no host name; without a certificate of this authority the handshake fails.
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(clientAuthorityPEM.utf8)))
        }
        return configuration
    }

    /// The bytes of an IP address; nil for a name.
    private static func address(_ host: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, host, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
