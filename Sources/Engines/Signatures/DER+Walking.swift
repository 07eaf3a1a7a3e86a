import SwiftASN1

/// The largest DER value that is read.
enum DERLimits {
    static let bytesMax = 1 << 20
}

extension ASN1Node {
    /// Parses one DER value; bytes behind it are refused.
    static func parse(_ bytes: [UInt8], _ what: String) throws(SignatureFailure) -> ASN1Node {
        guard bytes.count <= DERLimits.bytesMax else { throw SignatureFailure(.format, "\(what) is too large") }
        do { return try DER.parse(bytes) } catch { throw SignatureFailure(.format, "\(what) is not DER") }
    }

    /// The same for BER, whose lengths may stand open; for formats that programs write so.
    static func parse(ber bytes: [UInt8], _ what: String) throws(SignatureFailure) -> ASN1Node {
        guard bytes.count <= DERLimits.bytesMax else { throw SignatureFailure(.format, "\(what) is too large") }
        do { return try BER.parse(bytes) } catch { throw SignatureFailure(.format, "\(what) is not BER") }
    }

    var children: [ASN1Node] {
        if case .constructed(let nodes) = content { Array(nodes) } else { [] }
    }

    var primitive: [UInt8]? {
        if case .primitive(let bytes) = content { Array(bytes) } else { nil }
    }

    func isContext(_ number: UInt) -> Bool {
        identifier.tagClass == .contextSpecific && identifier.tagNumber == number
    }

    /// The children of a SEQUENCE.
    func sequence(_ what: String) throws(SignatureFailure) -> [ASN1Node] {
        guard identifier == .sequence else { throw SignatureFailure(.format, "\(what) is not a sequence") }
        return children
    }

    func octets(_ what: String) throws(SignatureFailure) -> [UInt8] {
        guard identifier == .octetString, let bytes = primitive else {
            throw SignatureFailure(.format, "\(what) is not an octet string")
        }
        return bytes
    }

    /// An object identifier as dotted numbers.
    func objectIdentifier(_ what: String) throws(SignatureFailure) -> String {
        do { return try ASN1ObjectIdentifier(derEncoded: self).description } catch {
            throw SignatureFailure(.format, "\(what) is not an object identifier")
        }
    }

    /// The first member of an AlgorithmIdentifier.
    func algorithm(_ what: String) throws(SignatureFailure) -> String {
        guard let first = try sequence(what).first else { throw SignatureFailure(.format, "\(what) is empty") }
        return try first.objectIdentifier(what)
    }
}

/// The object identifiers that are met.
enum ObjectIdentifier {
    static let signedData = "1.2.840.113549.1.7.2"
    static let data = "1.2.840.113549.1.7.1"
    static let emailProtection = "1.3.6.1.5.5.7.3.4"
    static let timestampInfo = "1.2.840.113549.1.9.16.1.4"
    static let contentType = "1.2.840.113549.1.9.3"
    static let messageDigest = "1.2.840.113549.1.9.4"
    static let signingCertificate = "1.2.840.113549.1.9.16.2.12"
    static let signingCertificate2 = "1.2.840.113549.1.9.16.2.47"
    static let codeSigning = "1.3.6.1.5.5.7.3.3"
    static let timestamping = "1.3.6.1.5.5.7.3.8"
    static let signedCertificateTimestamps = "1.3.6.1.4.1.11129.2.4.2"
    static let precertificatePoison = "1.3.6.1.4.1.11129.2.4.3"
    static let fulcioIssuerOld = "1.3.6.1.4.1.57264.1.1"
    static let fulcioIssuer = "1.3.6.1.4.1.57264.1.8"
    static let fulcioOtherName = "1.3.6.1.4.1.57264.1.7"
    static let sha256 = "2.16.840.1.101.3.4.2.1"
    static let sha384 = "2.16.840.1.101.3.4.2.2"
    static let sha512 = "2.16.840.1.101.3.4.2.3"
}
