import Attestations
import Crypto
import Documents
import Foundation
import SwiftASN1
import Testing
import Trust
import WaybillCore
import X509

@testable import Signatures

/// Keys, certificates and a log of our own, made anew for each run.
struct Sample {
    static let now = Timestamp(seconds: 1_795_262_400)

    let secret = P256.Signing.PrivateKey()
    let logSecret = P256.Signing.PrivateKey()

    var key: PublicKey { get throws { try PublicKey(der: Array(secret.publicKey.derRepresentation)) } }
    var trusted: TrustedKey { get throws { TrustedKey(try key, name: "ann") } }

    static func date(_ offset: Int64) -> Date { Date(timeIntervalSince1970: Double(now.seconds + offset)) }

    /// A certificate chain as a certificate service gives it: signer, intermediate, root.
    static func chain(
        leaf: P256.Signing.PublicKey, identity: String = "https://ci.example/job",
        issuer: String = "https://ci.example",
        from: Int64 = -60, to: Int64 = 600, purpose: ExtendedKeyUsage.Usage = .codeSigning
    ) throws -> (leaf: SigningCertificate, intermediate: SigningCertificate, root: SigningCertificate) {
        let rootKey = P256.Signing.PrivateKey()
        let middleKey = P256.Signing.PrivateKey()
        let rootName = try DistinguishedName { CommonName("root") }
        let middleName = try DistinguishedName { CommonName("middle") }
        let root = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(rootKey.publicKey), notValidBefore: date(-86400),
            notValidAfter: date(86400), issuer: rootName, subject: rootName, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 1))
                Critical(KeyUsage(keyCertSign: true))
            }, issuerPrivateKey: .init(rootKey))
        let middle = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(middleKey.publicKey), notValidBefore: date(-86400),
            notValidAfter: date(86400), issuer: rootName, subject: middleName, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
            }, issuerPrivateKey: .init(rootKey))
        var serializer = DER.Serializer()
        try serializer.serialize(ASN1UTF8String(issuer))
        let issuerExtension = Certificate.Extension(
            oid: [1, 3, 6, 1, 4, 1, 57264, 1, 8], critical: false, value: serializer.serializedBytes[...])
        let signer = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(leaf), notValidBefore: date(from),
            notValidAfter: date(to), issuer: middleName, subject: DistinguishedName(),
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([purpose])
                Critical(SubjectAlternativeNames([.uniformResourceIdentifier(identity)]))
                issuerExtension
            }, issuerPrivateKey: .init(middleKey))
        func read(_ certificate: Certificate) throws -> SigningCertificate {
            var serializer = DER.Serializer()
            try serializer.serialize(certificate)
            return try SigningCertificate(der: serializer.serializedBytes)
        }
        return (try read(signer), try read(middle), try read(root))
    }

    /// A log with one entry, and its word for the time.
    func entry(_ body: Value, at time: Timestamp, kind: String = "hashedrekord", version: String = "0.0.1") throws
        -> SigstoreBundle.LogEntry
    {
        let bytes = JSONWriter.bytes(body, style: .canonical)
        let id = Array(SHA256.hash(data: logSecret.publicKey.derRepresentation))
        let root = MerkleTree.leafHash(bytes)
        let note = "log.example\n1\n\(Base64.encode(root))\n"
        let signature = Array(try logSecret.signature(for: Data(note.utf8)).derRepresentation)
        let promised = JSONWriter.bytes(
            [
                "body": .string(Base64.encode(bytes)), "integratedTime": .integer(Int(time.seconds)),
                "logID": .string(Hex.encode(id)), "logIndex": 5,
            ], style: .canonical)
        return SigstoreBundle.LogEntry(
            logIndex: 5, logID: id, kind: kind, kindVersion: version, integratedTime: time,
            promise: Array(try logSecret.signature(for: Data(promised)).derRepresentation),
            proof: .init(
                index: 0, treeSize: 1, rootHash: root, hashes: [],
                checkpoint: "\(note)\n\u{2014} log.example \(Base64.encode(id.prefix(4) + signature))\n"), body: bytes)
    }

    func root(_ authority: SigningCertificate, _ intermediate: SigningCertificate) throws -> TrustedRoot {
        let validity = TimeRange(start: Timestamp(seconds: 0))
        return TrustedRoot(
            logs: [
                .init(
                    name: "log.example", id: Array(SHA256.hash(data: logSecret.publicKey.derRepresentation)),
                    key: try PublicKey(der: Array(logSecret.publicKey.derRepresentation)), validity: validity)
            ],
            certificateAuthorities: [.init(intermediates: [intermediate], root: authority, validity: validity)])
    }

    /// A keyless bundle of a file.
    func keyless(_ file: [UInt8], _ leaf: SigningCertificate, at time: Timestamp = now) throws -> SigstoreBundle {
        let signature = Array(try secret.signature(for: Data(file)).derRepresentation)
        let body: Value = [
            "apiVersion": "0.0.1", "kind": "hashedrekord",
            "spec": [
                "data": ["hash": ["algorithm": "sha256", "value": .string(WaybillCore.Digest.sha256(of: file).hex)]],
                "signature": [
                    "content": .string(Base64.encode(signature)),
                    "publicKey": ["content": .string(Base64.encode(Array(leaf.pem.utf8)))],
                ],
            ],
        ]
        return SigstoreBundle(
            material: .certificates([leaf.der]), logEntries: [try entry(body, at: time)],
            content: .message(digest: nil, signature: signature))
    }

    /// A bundle by a key, as `waybill sign` writes it.
    func keyed(_ statement: Statement) throws -> SigstoreBundle {
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: statement.bytes)
        let signature = Array(try secret.signature(for: Data(message)).derRepresentation)
        return SigstoreBundle(
            material: .publicKey(hint: try key.sigstoreHint),
            content: .envelope(
                Envelope(
                    payloadType: Statement.payloadType, payload: statement.bytes,
                    signatures: [.init(keyID: try key.keyID, bytes: signature)])))
    }

    static func statement(_ digest: WaybillCore.Digest) -> Statement {
        Statement(
            subjects: [.init(name: "shop", digest: digest)], predicateType: PredicateType.testResult,
            predicate: ["result": "PASSED"])
    }
}
