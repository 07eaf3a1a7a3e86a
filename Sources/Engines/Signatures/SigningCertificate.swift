public import Attestations
import Crypto
import FoundationEssentials
import SwiftASN1
public import Trust
import WaybillCore
import X509

/// An X.509 certificate with the little that verifying signatures asks of it.
public struct SigningCertificate: Hashable, Sendable {
    public let der: [UInt8]
    /// The key, where it is of a kind that is supported.
    public let key: PublicKey?
    public let notBefore: Timestamp
    public let notAfter: Timestamp
    /// `SubjectPublicKeyInfo`.
    let publicKeyInfo: [UInt8]
    /// The serial number's bytes, and the issuer's name, as they stand in the certificate.
    let serial: [UInt8]
    let issuerName: [UInt8]
    let certificate: X509.Certificate

    public init(der: [UInt8]) throws(SignatureFailure) {
        guard der.count <= 64 << 10 else { throw SignatureFailure(.format, "a certificate is too large") }
        do { certificate = try X509.Certificate(derEncoded: der) } catch {
            throw SignatureFailure(.format, "a certificate cannot be read: \(error)")
        }
        self.der = der
        let tbs = try ASN1Node.parse(Array(certificate.tbsCertificateBytes), "a certificate").children
        // A version stands in front in all but the first kind; then serial, algorithm, issuer, validity, subject, key.
        let parts = tbs.first?.isContext(0) == true ? Array(tbs.dropFirst()) : tbs
        guard parts.count >= 6, let serial = parts[0].primitive else {
            throw SignatureFailure(.format, "a certificate cannot be read")
        }
        self.serial = serial
        issuerName = Array(parts[2].encodedBytes)
        publicKeyInfo = Array(parts[5].encodedBytes)
        key = try? PublicKey(der: publicKeyInfo)
        notBefore = Timestamp(certificate.notValidBefore)
        notAfter = Timestamp(certificate.notValidAfter)
    }

    public init(pem: String) throws(SignatureFailure) {
        let der = try reading(.format) { () throws(WaybillError) in
            try PEM.decode(pem.utf8, label: "CERTIFICATE")
        }
        try self.init(der: der)
    }

    /// All certificates of a text, in their order; at least one must be there.
    public static func chain(pem text: String) throws(SignatureFailure) -> [SigningCertificate] {
        var chain: [SigningCertificate] = []
        for block in PEMBlocks.split(text).prefix(SigstoreBundle.entriesMax) {
            chain.append(try SigningCertificate(pem: block))
        }
        guard !chain.isEmpty else { throw SignatureFailure(.format, "there is no certificate") }
        return chain
    }

    public var pem: String { PEM.encode(der, label: "CERTIFICATE") }

    public static func == (left: SigningCertificate, right: SigningCertificate) -> Bool { left.der == right.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }

    public var subject: String { "\(certificate.subject)" }
    var isSelfIssued: Bool { certificate.subject == certificate.issuer }

    func isValid(at moment: Timestamp) -> Bool { notBefore <= moment && moment <= notAfter }

    /// The bytes of an extension.
    func extensionBytes(_ objectIdentifier: String) -> [UInt8]? {
        certificate.extensions.first { $0.oid.description == objectIdentifier }.map { Array($0.value) }
    }

    var isAuthority: Bool {
        guard let constraints = try? certificate.extensions.basicConstraints else { return false }
        if case .isCertificateAuthority = constraints { return true }
        return false
    }

    /// How many authorities may stand between this one and the signer's certificate; nil for any number.
    var pathLengthMax: Int? {
        guard let constraints = try? certificate.extensions.basicConstraints,
            case .isCertificateAuthority(let length) = constraints
        else { return nil }
        return length
    }

    var mayIssue: Bool { isAuthority && allows(\.keyCertSign) }

    var maySign: Bool { allows(\.digitalSignature) }

    /// A certificate that names no usage allows every one; a usage that cannot be read allows none.
    private func allows(_ use: KeyPath<KeyUsage, Bool>) -> Bool {
        do {
            guard let usage = try certificate.extensions.keyUsage else { return true }
            return usage[keyPath: use]
        } catch {
            return false
        }
    }

    /// The purposes of the extended key usage; nil where the certificate names none.
    var purposes: Set<String>? {
        guard let bytes = extensionBytes("2.5.29.37") else { return nil }
        guard let node = try? ASN1Node.parse(bytes, "extended key usage"),
            let list = try? node.sequence("extended key usage")
        else { return [] }
        return Set(list.compactMap { try? $0.objectIdentifier("purpose") })
    }

    /// Critical extensions that are not understood here: such a certificate must not be used (RFC 5280 section 4.2).
    var unknownCritical: [String] {
        let known: Set<String> = ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.17"]
        return certificate.extensions.filter(\.critical).map(\.oid.description).filter { !known.contains($0) }
    }
}

extension Timestamp {
    init(_ date: Date) { self.init(seconds: Int64(date.timeIntervalSince1970.rounded(.down))) }
}
