import Attestations
import Crypto
import SwiftASN1
import Trust
import X509

/// A certificate log's promise that a certificate is public (RFC 6962 section 3.2), as it stands in the certificate.
struct CertificateTimestamp {
    let logID: [UInt8]
    let milliseconds: UInt64
    private let extensions: [UInt8]
    private let hash: PublicKey.HashAlgorithm
    private let signature: [UInt8]

    /// The promises in a certificate; those that cannot be read are left out.
    static func all(in certificate: SigningCertificate) -> [CertificateTimestamp] {
        guard let outer = certificate.extensionBytes(ObjectIdentifier.signedCertificateTimestamps),
            let node = try? ASN1Node.parse(outer, "timestamps"), let list = try? node.octets("timestamps")
        else { return [] }
        var reader = Reader(list[...])
        guard let body = reader.vector(2), reader.isAtEnd else { return [] }
        var rest = Reader(body)
        var found: [CertificateTimestamp] = []
        while !rest.isAtEnd, found.count < 16 {
            guard let entry = rest.vector(2) else { return [] }
            if let timestamp = CertificateTimestamp(entry) { found.append(timestamp) }
        }
        return found
    }

    private init?(_ bytes: ArraySlice<UInt8>) {
        var reader = Reader(bytes)
        guard reader.number(1) == 0, let id = reader.take(32), let time = reader.number(8),
            let extensions = reader.vector(2), let hash = reader.number(1), reader.number(1) != nil,
            let signature = reader.vector(2), reader.isAtEnd
        else { return nil }
        switch hash {
        case 4: self.hash = .sha256
        case 5: self.hash = .sha384
        case 6: self.hash = .sha512
        default: return nil
        }
        logID = Array(id)
        milliseconds = time
        self.extensions = Array(extensions)
        self.signature = Array(signature)
    }

    var time: Timestamp { Timestamp(seconds: Int64(clamping: milliseconds / 1000)) }

    /// Whether one of the logs made this promise about the certificate that the issuer gave.
    func isValid(for certificate: SigningCertificate, issuer: SigningCertificate, logs: [TrustedRoot.Log]) -> Bool {
        guard let body = Self.precertificate(of: certificate), body.count < 1 << 24 else { return false }
        func bytes(_ value: UInt64, _ width: Int) -> [UInt8] {
            (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
        }
        var message: [UInt8] = [0, 0]
        message += bytes(milliseconds, 8) + [0, 1]
        message += Array(SHA256.hash(data: issuer.publicKeyInfo))
        message += bytes(UInt64(body.count), 3) + body
        message += bytes(UInt64(extensions.count), 2) + extensions
        return logs.contains { log in
            guard log.id == logID, log.validity.contains(time) else { return false }
            var key = log.key
            if key.algorithm != .ed25519 { key.hash = hash }
            return key.isValid(signature: signature, of: message)
        }
    }

    /// The certificate as it was before the promises were put in: the signed part without their extension.
    private static func precertificate(of certificate: SigningCertificate) -> [UInt8]? {
        guard let node = try? ASN1Node.parse(Array(certificate.certificate.tbsCertificateBytes), "certificate"),
            node.identifier == .sequence
        else { return nil }
        var serializer = DER.Serializer()
        serializer.appendConstructedNode(identifier: .sequence) { coder in
            for child in node.children {
                guard child.isContext(3), let list = child.children.first else {
                    coder.serializeRawBytes(child.encodedBytes)
                    continue
                }
                coder.appendConstructedNode(identifier: child.identifier) { coder in
                    coder.appendConstructedNode(identifier: .sequence) { coder in
                        for each in list.children where !isTimestampList(each) {
                            coder.serializeRawBytes(each.encodedBytes)
                        }
                    }
                }
            }
        }
        return serializer.serializedBytes
    }

    private static func isTimestampList(_ node: ASN1Node) -> Bool {
        (try? node.children.first?.objectIdentifier("extension")) == ObjectIdentifier.signedCertificateTimestamps
    }
}

/// Reads the big-endian vectors of TLS (RFC 5246 section 4).
private struct Reader {
    private var rest: ArraySlice<UInt8>
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number(_ width: Int) -> UInt64? { take(width)?.reduce(0) { $0 << 8 | UInt64($1) } }

    mutating func vector(_ width: Int) -> ArraySlice<UInt8>? { number(width).flatMap { take(Int($0)) } }
}
