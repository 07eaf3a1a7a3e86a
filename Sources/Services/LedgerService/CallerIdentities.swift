public import Attestations
public import HTTPServing
public import MetadataRules
import SwiftASN1
import WaybillCore
import X509

/// Finds out who calls: a token of the table, a signed token of an issuer, or a client's certificate.
public struct CallerIdentities: Sendable {
    let tokens: TokenTable
    let issuers: [TokenIssuer]
    let now: @Sendable () -> Timestamp

    public init(
        tokens: TokenTable, issuers: [TokenIssuer] = [], now: @escaping @Sendable () -> Timestamp
    ) {
        self.tokens = tokens
        self.issuers = issuers
        self.now = now
    }

    /// Nil for a caller that shows nothing; what is shown and wrong is refused.
    func identity(
        authorization: String?, certificate: () async -> [UInt8]?
    ) async throws(LedgerFailure) -> Identity? {
        guard let authorization else { return await certificate().flatMap(Self.identity(certificate:)) }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw LedgerFailure(.unauthenticated, "only bearer tokens are taken")
        }
        let token = String(parts[1])
        if let identity = tokens.identity(of: token) { return identity }
        guard !issuers.isEmpty, token.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 else {
            throw LedgerFailure(.unauthenticated, "the token is not known")
        }
        do throws(WaybillError) { return try TokenIssuer.identity(of: token, among: issuers, at: now()) } catch {
            throw LedgerFailure(.unauthenticated, error.message)
        }
    }

    /// A certificate's mail address, URI or DNS name, else its common name; the handshake has verified it.
    static func identity(certificate der: [UInt8]) -> Identity? {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        return identity(certificate)
    }

    static func identity(_ certificate: Certificate) -> Identity? {
        if let names = try? certificate.extensions.subjectAlternativeNames {
            for name in names {
                switch name {
                case .rfc822Name(let text), .uniformResourceIdentifier(let text), .dnsName(let text):
                    return Identity(text)
                default: continue
                }
            }
        }
        for relative in certificate.subject {
            for attribute in relative where attribute.type == .RDNAttributeType.commonName {
                return Identity(attribute.value.description)
            }
        }
        return nil
    }
}
