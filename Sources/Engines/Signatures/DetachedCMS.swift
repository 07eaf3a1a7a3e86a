import Attestations
import SwiftASN1
import Trust
import WaybillCore

/// A CMS signature that stands apart from what it signs (RFC 5652 section 5.2), as gpgsm and smimesign make it for Git.
public struct DetachedCMS: Sendable {
    private let signer: SignerInfo
    private let certificates: [SigningCertificate]
    static let label = "SIGNED MESSAGE"

    /// Reads the armoured form with its one signer.
    public init(armored text: [UInt8]) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, "CMS: \(message)") }
        let bytes = try reading(.format) { () throws(WaybillError) in try PEM.decode(text, label: Self.label) }
        let outer = try ASN1Node.parse(ber: bytes, "the signature").sequence("the signature")
        guard outer.count == 2, try outer[0].objectIdentifier("the signature") == ObjectIdentifier.signedData,
            outer[1].isContext(0), outer[1].children.count == 1
        else { throw bad("is no signed data") }
        var parts = try outer[1].children[0].sequence("signed data")[...]
        guard parts.popFirst()?.identifier == .integer, parts.popFirst()?.identifier == .set,
            let encapsulated = parts.popFirst()?.children
        else { throw bad("is not whole") }
        // With content of its own it would sign that, and not what it is held against.
        guard encapsulated.count == 1, try encapsulated[0].objectIdentifier("content") == ObjectIdentifier.data else {
            throw bad("has content of its own")
        }
        var certificates: [SigningCertificate] = []
        if let next = parts.first, next.isContext(0) {
            parts.removeFirst()
            guard next.children.count <= SigstoreBundle.entriesMax else { throw bad("has too many certificates") }
            for node in next.children { certificates.append(try SigningCertificate(der: Array(node.encodedBytes))) }
        }
        if let next = parts.first, next.isContext(1) { parts.removeFirst() }
        guard let signers = parts.popFirst()?.children, signers.count == 1, parts.isEmpty else {
            throw bad("needs exactly one signer")
        }
        self.certificates = certificates
        signer = try SignerInfo(signers[0])
    }

    /// The certificate whose key signed the bytes; whether anybody trusts it is another question.
    func certificate(over bytes: [UInt8]) throws(SignatureFailure) -> SigningCertificate {
        guard let certificate = certificates.first(where: { signer.isSigner($0) }) else {
            throw SignatureFailure(.format, "CMS: the signer's certificate is not there")
        }
        do {
            try signer.verify(
                bytes, certificate: certificate, contentType: ObjectIdentifier.data, mustNameCertificate: false)
        } catch { throw SignatureFailure(error.check == .timestamp ? .signature : error.check, error.message) }
        return certificate
    }

    /// Why the certificate may not sign commits, whoever issued it; nil where it may.
    static func objection(to certificate: SigningCertificate) -> String? {
        if certificate.isAuthority { return "an authority's own certificate signs nothing else" }
        guard let purposes = certificate.purposes else { return nil }
        return purposes.isDisjoint(with: [ObjectIdentifier.emailProtection, ObjectIdentifier.codeSigning])
            ? "its certificate is for neither mail nor code" : nil
    }

    /// Whether a way leads from the certificate to an authority. Throws `.certificate` or `.time`.
    func checkTrust(
        in certificate: SigningCertificate, authorities: [SigningCertificate], at moment: Timestamp
    ) throws(SignatureFailure) {
        _ = try CertificateChain(
            of: certificate, intermediates: certificates, roots: authorities, at: moment, for: .signing)
    }
}
