import SwiftASN1
import Trust

/// One signer of a CMS message (RFC 5652 section 5.3), with signed attributes.
struct SignerInfo: Sendable {
    private let issuer: [UInt8]?
    private let serial: [UInt8]?
    private let keyIdentifier: [UInt8]?
    private let digest: PublicKey.HashAlgorithm
    /// The attributes as they are signed: a SET, whatever tag they carry in the message.
    private let signedAttributes: [UInt8]
    private let attributes: [String: ASN1Node]
    private let signature: [UInt8]

    init(_ node: ASN1Node) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.timestamp, message) }
        var parts = try node.sequence("signer")[...]
        guard parts.popFirst() != nil, let identifier = parts.popFirst(), let digest = parts.popFirst(),
            let attributes = parts.popFirst(), parts.popFirst() != nil, let signature = parts.popFirst()
        else { throw bad("the signer cannot be read") }
        if identifier.isContext(0) {
            keyIdentifier = identifier.primitive
            issuer = nil
            serial = nil
        } else {
            let names = try identifier.sequence("signer's name")
            guard names.count == 2, let number = names[1].primitive else {
                throw bad("the signer's name cannot be read")
            }
            keyIdentifier = nil
            issuer = Array(names[0].encodedBytes)
            serial = number
        }
        guard let hash = PublicKey.HashAlgorithm(objectIdentifier: try digest.algorithm("digest")) else {
            throw bad("a hash that is not taken")
        }
        self.digest = hash
        guard attributes.isContext(0) else { throw bad("the signer has no signed attributes") }
        var found: [String: ASN1Node] = [:]
        for attribute in attributes.children {
            let pair = attribute.children
            guard pair.count == 2, let value = pair[1].children.first, pair[1].children.count == 1 else {
                throw bad("an attribute cannot be read")
            }
            let name = try pair[0].objectIdentifier("attribute")
            guard found.updateValue(value, forKey: name) == nil else { throw bad("an attribute stands twice") }
        }
        self.attributes = found
        var signed = Array(attributes.encodedBytes)
        signed[0] = 0x31
        signedAttributes = signed
        self.signature = try signature.octets("signature")
    }

    func isSigner(_ certificate: SigningCertificate) -> Bool {
        if let keyIdentifier {
            guard let bytes = certificate.extensionBytes("2.5.29.14"),
                let node = try? ASN1Node.parse(bytes, "key identifier")
            else { return false }
            return node.primitive == keyIdentifier
        }
        guard let issuer, let serial else { return false }
        return certificate.serial == serial && certificate.issuerName == issuer
    }

    /// Whether the certificate's key signed the content. Timestamps must name their certificate; elsewhere the name may
    /// be missing, and must fit where it is there.
    func verify(
        _ content: [UInt8], certificate: SigningCertificate, contentType: String, mustNameCertificate: Bool = true
    ) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.timestamp, message) }
        guard try attributes[ObjectIdentifier.contentType]?.objectIdentifier("content type") == contentType,
            try attributes[ObjectIdentifier.messageDigest]?.octets("digest") == digest.hash(content)
        else { throw bad("the signed attributes are about something else") }
        if mustNameCertificate || attributes[ObjectIdentifier.signingCertificate2] != nil {
            try checkCertificate(certificate)
        }
        guard let key = certificate.key else { throw bad("the certificate's key is of a kind that is not supported") }
        var verifying = key
        verifying.encoding = .standard
        if key.algorithm != .ed25519 { verifying.hash = digest }
        guard verifying.isValid(signature: signature, of: signedAttributes) else {
            throw bad("the signature does not fit")
        }
    }

    /// The signature must name its certificate (RFC 5816), so that another with the same key cannot be put in its place.
    private func checkCertificate(_ certificate: SigningCertificate) throws(SignatureFailure) {
        guard let attribute = attributes[ObjectIdentifier.signingCertificate2],
            let first = attribute.children.first?.children.first
        else {
            guard attributes[ObjectIdentifier.signingCertificate] != nil else {
                throw SignatureFailure(.timestamp, "the signature does not name its certificate")
            }
            throw SignatureFailure(.unsupported, "the signature names its certificate by SHA-1")
        }
        var parts = first.children[...]
        var hash = PublicKey.HashAlgorithm.sha256
        if let algorithm = parts.first, algorithm.identifier == .sequence {
            guard let named = PublicKey.HashAlgorithm(objectIdentifier: try algorithm.algorithm("hash")) else {
                throw SignatureFailure(.timestamp, "the signature names its certificate by a hash that is not taken")
            }
            hash = named
            parts.removeFirst()
        }
        guard try parts.first?.octets("certificate hash") == hash.hash(certificate.der) else {
            throw SignatureFailure(.timestamp, "the signature names another certificate")
        }
    }
}
