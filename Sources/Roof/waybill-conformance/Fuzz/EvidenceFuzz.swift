import Attestations
import DeployPolicies
import Documents
import OCI
import Signatures
import Trust
import WaybillCore

/// Envelopes, bundles, certificates and signatures of every kind, as strangers hand them in.
enum EvidenceFuzz {
    static let targets = [
        FuzzTarget("evidence-dsse", envelope), FuzzTarget("evidence-bundle", bundle),
        FuzzTarget("evidence-x509", certificate), FuzzTarget("evidence-ssh", ssh),
        FuzzTarget("evidence-timestamp", timestamp), FuzzTarget("evidence-openpgp", openPGP),
        FuzzTarget("evidence-layout", layout), FuzzTarget("evidence-notation", notation),
        FuzzTarget("evidence-policies", policies), FuzzTarget("evidence-commit", commit),
        FuzzTarget("evidence-cms", cms),
    ]

    private static let moment = Timestamp(seconds: 1_790_000_000)
    private static let image = Digest.sha256(of: Array("image".utf8))
    /// A key that signed nothing: what verifies with it is wrong.
    private static let keys: [TrustedKey] = {
        guard let key = PublicKey(ed25519: [UInt8](repeating: 9, count: 32)) else { return [] }
        return [TrustedKey(key, name: "nobody")]
    }()

    static func envelope(_ bytes: [UInt8]) throws {
        guard let envelope = try? Envelope(parsing: bytes) else { return }
        guard let again = try? Envelope(parsing: envelope.bytes), again == envelope else {
            throw FuzzTarget.Finding(message: "an envelope that was written is read as another")
        }
        if case .success = EnvelopeVerifier(keys: keys).verify(envelope, at: moment) {
            throw FuzzTarget.Finding(message: "an envelope is believed that nobody signed")
        }
        guard let statement = try? Statement(parsing: envelope.payload) else { return }
        guard (try? Statement(parsing: statement.bytes)) == statement else {
            throw FuzzTarget.Finding(message: "a statement that was written is read as another")
        }
        let predicate = statement.predicate
        _ = try? Provenance(predicate)
        _ = try? Provenance02(predicate)
        _ = try? VerificationSummary(predicate)
        _ = try? VulnerabilityScan(predicate)
        _ = try? CosignVulnerabilityScan(predicate)
        _ = try? TestResult(predicate)
        _ = try? LinkReport(predicate)
        _ = try? BillOfMaterials(predicate, type: statement.predicateType)
        _ = try? AdmissionDecision(predicate)
    }

    static func bundle(_ bytes: [UInt8]) throws {
        if let root = try? TrustedRoot(parsing: bytes) {
            let verifier = BundleVerifier(root: root, identities: [])
            _ = verifier.root
        }
        guard let bundle = try? SigstoreBundle(parsing: bytes) else { return }
        guard (try? SigstoreBundle(parsing: bundle.bytes)) == bundle else {
            throw FuzzTarget.Finding(message: "a bundle that was written is read as another")
        }
        let verifiers = [
            BundleVerifier(keys: keys), BundleVerifier(keys: keys, needsLog: true),
            BundleVerifier(
                root: TrustedRoot(), identities: [IdentityPattern(subject: .exact("a"), issuer: .exact("b"))]),
        ]
        for verifier in verifiers {
            for subject in [BundleVerifier.Subject.any, .bytes([1]), .digest(algorithm: "sha256", hash: image.hex)] {
                guard (try? verifier.verify(bundle, subject: subject, at: moment)) == nil else {
                    throw FuzzTarget.Finding(message: "a bundle is believed that nobody signed")
                }
            }
        }
    }

    static func certificate(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let chain = (try? SigningCertificate.chain(pem: text)) ?? []
        let single = try? SigningCertificate(der: bytes)
        for certificate in chain + [single].compactMap(\.self) {
            _ = certificate.subject
            _ = certificate.pem
            _ = try? CertificateChain(
                of: certificate, intermediates: chain, roots: chain, at: moment, for: .codeSigning)
        }
        if let key = try? PublicKey(der: bytes) {
            guard (try? PublicKey(der: key.der)) == key else {
                throw FuzzTarget.Finding(message: "a key that was written is read as another")
            }
        }
        _ = try? PublicKey(pem: text)
    }

    static func ssh(_ bytes: [UInt8]) throws {
        let message = Array("message".utf8)
        if let signature = try? SSHSignature(armored: bytes) {
            guard (try? SSHSignature(armored: Array(signature.armored.utf8))) == signature else {
                throw FuzzTarget.Finding(message: "a signature that was written is read as another")
            }
            guard !signature.isValid(of: message + [0], namespace: "other") else {
                throw FuzzTarget.Finding(message: "a signature is believed that nobody made")
            }
        }
        if let signature = try? SSHSignature(parsing: bytes) { _ = signature.isValid(of: message, namespace: "git") }
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? PublicKey(openSSH: text)
        _ = try? PublicKey(sshBlob: bytes)
        _ = try? AllowedSigners(parsing: bytes)
        _ = try? RevokedKeys(parsing: bytes)
    }

    static func timestamp(_ bytes: [UInt8]) throws {
        guard let token = try? TimestampToken(parsing: bytes) else { return }
        guard (try? token.verify([1, 2, 3], authorities: [])) == nil else {
            throw FuzzTarget.Finding(message: "a timestamp is believed that nobody made")
        }
    }

    static func openPGP(_ bytes: [UInt8]) throws {
        let keys = (try? OpenPGPKey.all(in: bytes)) ?? []
        guard let message = try? OpenPGPMessage(parsing: bytes) else { return }
        _ = try? message.signer(among: keys, at: moment)
        _ = try? message.imagePayload()
    }

    static func layout(_ bytes: [UInt8]) throws {
        let verifier = LayoutVerifier(owners: keys.map { LayoutKey($0.key) })
        guard (try? verifier.verify(layout: bytes, links: [bytes], at: moment)) == nil else {
            throw FuzzTarget.Finding(message: "a layout is believed that nobody signed")
        }
        _ = try? verifier.verifyUnsigned(layout: bytes, links: [bytes])
    }

    static func notation(_ bytes: [UInt8]) throws {
        guard let signature = try? NotationSignature(parsing: bytes) else { return }
        guard (try? signature.verify(image: image, authorities: [], at: moment)) == nil else {
            throw FuzzTarget.Finding(message: "a signature is believed that nobody made")
        }
    }

    static func policies(_ bytes: [UInt8]) throws {
        _ = try? DeployPolicyFolder(files: [("policy.yaml", bytes)])
        _ = try? TrustedKeyFile(parsing: bytes, file: "keys.yaml")
    }

    static func commit(_ bytes: [UInt8]) throws {
        let verifier = CommitVerifier(signers: AllowedSigners())
        guard let commit = try? GitCommit(parsing: bytes) else { return }
        _ = try? verifier.verify(commit: bytes, id: commit.tree)
        guard let signature = commit.signature else { return }
        try openPGP(signature)
        var keyring = SignerKeyring()
        // Keys that stand in the signature itself are as good as a stranger's.
        try? keyring.add(openPGP: signature, file: "keys")
        for answer in [
            keyring.judge(openPGP: signature, over: commit.signedPayload, at: nil),
            keyring.judge(x509: signature, over: commit.signedPayload, at: nil, stated: moment),
        ] {
            if case .signed = answer { throw FuzzTarget.Finding(message: "a commit is believed that nobody signed") }
        }
    }

    /// A CMS signature, in armour or without.
    static func cms(_ bytes: [UInt8]) throws {
        let armored = Array(PEM.encode(bytes, label: "SIGNED MESSAGE").utf8)
        for text in [bytes, armored] {
            if case .signed = SignerKeyring().judge(x509: text, over: [1, 2, 3], at: nil, stated: moment) {
                throw FuzzTarget.Finding(message: "a signature is believed that nobody made")
            }
        }
        var keyring = SignerKeyring()
        try? keyring.add(authorities: bytes, file: "authorities")
    }
}
