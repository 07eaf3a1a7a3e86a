public import Attestations
import SwiftASN1
import Trust
import WaybillCore

/// A timestamp authority's word that some bytes were there at a time (RFC 3161).
public struct TimestampToken: Sendable {
    public let time: Timestamp
    private let imprint: (hash: PublicKey.HashAlgorithm, bytes: [UInt8])
    /// The bytes that the authority signed about.
    private let content: [UInt8]
    private let signer: SignerInfo
    private let certificates: [SigningCertificate]

    /// Reads a response (`TimeStampResp`) or the token alone.
    public init(parsing bytes: [UInt8]) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.timestamp, message) }
        let outer = try ASN1Node.parse(bytes, "the timestamp").sequence("the timestamp")
        var token = outer
        if let status = outer.first, status.identifier == .sequence {
            // granted is 0, grantedWithMods is 1; everything else is no timestamp.
            guard let number = status.children.first?.primitive, number == [0] || number == [1], outer.count == 2 else {
                throw bad("the authority refused the timestamp")
            }
            token = try outer[1].sequence("the timestamp")
        }
        guard token.count == 2, try token[0].objectIdentifier("the timestamp") == ObjectIdentifier.signedData,
            token[1].isContext(0), let data = token[1].children.first
        else { throw bad("is no signed data") }
        var parts = try data.sequence("signed data")[...]
        guard parts.popFirst() != nil, parts.popFirst() != nil, let encapsulated = parts.popFirst()?.children,
            encapsulated.count == 2,
            try encapsulated[0].objectIdentifier("content") == ObjectIdentifier.timestampInfo,
            encapsulated[1].isContext(0), let octets = encapsulated[1].children.first
        else { throw bad("holds no timestamp") }
        content = try octets.octets("content")
        var certificates: [SigningCertificate] = []
        if let next = parts.first, next.isContext(0) {
            parts.removeFirst()
            for node in next.children.prefix(SigstoreBundle.entriesMax) {
                certificates.append(try SigningCertificate(der: Array(node.encodedBytes)))
            }
        }
        if let next = parts.first, next.isContext(1) { parts.removeFirst() }
        guard let signers = parts.popFirst()?.children, signers.count == 1 else {
            throw bad("needs exactly one signer")
        }
        self.certificates = certificates
        signer = try SignerInfo(signers[0])
        (time, imprint) = try Self.info(content)
    }

    private static func info(
        _ bytes: [UInt8]
    ) throws(SignatureFailure) -> (Timestamp, (PublicKey.HashAlgorithm, [UInt8])) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.timestamp, message) }
        let info = try ASN1Node.parse(bytes, "timestamp info").sequence("timestamp info")
        guard info.count >= 5, info[0].primitive == [1] else { throw bad("is of an unknown version") }
        let imprint = try info[2].sequence("imprint")
        guard imprint.count == 2,
            let hash = PublicKey.HashAlgorithm(objectIdentifier: try imprint[0].algorithm("imprint"))
        else { throw bad("is over a hash that is not taken") }
        guard info[4].identifier == .generalizedTime, let digits = info[4].primitive, let time = moment(digits) else {
            throw bad("has no time")
        }
        return (time, (hash, try imprint[1].octets("imprint")))
    }

    /// `20250612120220Z`, perhaps with a fraction, which is dropped.
    private static func moment(_ bytes: [UInt8]) -> Timestamp? {
        guard bytes.last == UInt8(ascii: "Z"), bytes.count >= 15 else { return nil }
        let digits = bytes.prefix(14).map { Int($0) - 48 }
        let fraction = bytes.dropFirst(14).dropLast()
        guard digits.allSatisfy({ (0...9).contains($0) }),
            fraction.isEmpty
                || fraction.first == UInt8(ascii: ".") && fraction.count > 1
                    && fraction.dropFirst().allSatisfy({ (48...57).contains($0) })
        else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        return Timestamp(
            year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10),
            minute: number(10..<12), second: number(12..<14))
    }

    /// Whether it is about these bytes, whoever made it.
    func isAbout(_ bytes: [UInt8]) -> Bool { imprint.bytes == imprint.hash.hash(bytes) }

    /// Whether one of the authorities vouches that these bytes were there at the token's time. Throws and says why not.
    public func verify(_ bytes: [UInt8], authorities: [TrustedRoot.Authority]) throws(SignatureFailure) {
        guard isAbout(bytes) else {
            throw SignatureFailure(.timestamp, "the timestamp is over something else")
        }
        var failure = SignatureFailure(.timestamp, "no timestamp authority is trusted")
        for authority in authorities {
            guard authority.validity.contains(time) else {
                failure = SignatureFailure(.timestamp, "the authority was not trusted at \(time)")
                continue
            }
            do {
                try verify(authority)
                return
            } catch {
                failure = SignatureFailure(.timestamp, error.message)
            }
        }
        throw failure
    }

    private func verify(_ authority: TrustedRoot.Authority) throws(SignatureFailure) {
        let known = certificates + authority.intermediates
        guard let certificate = known.first(where: { signer.isSigner($0) }) else {
            throw SignatureFailure(.timestamp, "the timestamp's certificate is not there")
        }
        _ = try CertificateChain(
            of: certificate, intermediates: known, roots: [authority.root], at: time, for: .timestamping)
        guard certificate.purposes == [ObjectIdentifier.timestamping] else {
            throw SignatureFailure(.timestamp, "the certificate is for more than timestamps")
        }
        try signer.verify(content, certificate: certificate, contentType: ObjectIdentifier.timestampInfo)
    }
}
