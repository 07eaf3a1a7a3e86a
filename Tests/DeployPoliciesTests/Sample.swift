import Attestations
import Crypto
import Documents
import Foundation
import Kubernetes
import Signatures
import Testing
import Trust
import WaybillCore

@testable import DeployPolicies

/// A signer of images, and objects that run them.
struct Sample {
    static let now = Timestamp(seconds: 1_795_262_400)
    static let digest = WaybillCore.Digest.sha256(of: Array("image".utf8))
    static let image = "registry.example/shop/cart@\(digest)"

    let secret = P256.Signing.PrivateKey()
    var pem: String { get throws { try PublicKey(der: Array(secret.publicKey.derRepresentation)).pem } }

    func indented(_ width: Int) throws -> String {
        let space = String(repeating: " ", count: width)
        return try pem.split(separator: "\n").map { space + $0 }.joined(separator: "\n")
    }

    func sign(_ bytes: [UInt8]) throws -> [UInt8] { Array(try secret.signature(for: Data(bytes)).derRepresentation) }

    func attestation(_ note: String, of digest: WaybillCore.Digest = Sample.digest) throws -> ImageEvidence.Attestation
    {
        let payload = SimpleSigningPayload(kind: .atomic, reference: "", digest: digest).bytes
        return ImageEvidence.Attestation(
            note: note, payload: payload, signatures: [.init(keyID: "", bytes: try sign(payload))])
    }

    func cosign(of digest: WaybillCore.Digest = Sample.digest) throws -> CosignLayer {
        let payload = SimpleSigningPayload(kind: .cosign, reference: "registry.example/shop/cart", digest: digest)
        return CosignLayer(payload: payload, bytes: payload.bytes, signature: try sign(payload.bytes))
    }

    func statement(_ type: String, _ predicate: Value, of digest: WaybillCore.Digest = Sample.digest) throws
        -> CosignLayer
    {
        let statement = Statement(
            subjects: [.init(name: "shop/cart", digest: digest)], predicateType: type, predicate: predicate)
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: statement.bytes)
        return CosignLayer(
            envelope: Envelope(
                payloadType: Statement.payloadType, payload: statement.bytes,
                signatures: [.init(keyID: "", bytes: try sign(message))]), predicateType: type)
    }

    static func authority(_ name: String, _ keys: [Sample]) throws -> String {
        let keys = try keys.map {
            """
              - keyType: PKIX
                keyId: \(name)
                pkixPublicKey:
                  signatureAlgorithm: ECDSA_P256_SHA256
                  publicKeyPem: |
            \(try $0.indented(10))
            """
        }.joined(separator: "\n")
        return """
            apiVersion: kritis.grafeas.io/v1beta1
            kind: AttestationAuthority
            metadata: {name: \(name)}
            spec:
              noteReference: projects/p/notes/\(name)
              publicKeys:
            \(keys)
            """
    }

    static func pod(_ specification: Value, metadata: Value = ["name": "cart"]) throws -> Resource {
        try Resource(["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": specification])
    }

    static func pod(image: String = image) throws -> Resource {
        try pod(["containers": [["name": "c", "image": .string(image)]]])
    }

    static func policies(_ documents: String...) throws -> DeployPolicies {
        try DeployPolicies(files: [("policy.yaml", Array(documents.joined(separator: "\n---\n").utf8))])
    }

    static let clean = ImageEvidence.Scan(vulnerabilities: [], time: now)
    static let critical = ImageEvidence.Scan(
        vulnerabilities: [.init(id: "CVE-2026-1", severity: .critical, isFixAvailable: true)], time: now)

    static let security = """
        apiVersion: kritis.grafeas.io/v1beta1
        kind: ImageSecurityPolicy
        metadata: {name: isp, namespace: shop}
        spec:
          attestationAuthorityName: ann
          packageVulnerabilityRequirements: {maximumSeverity: HIGH}
        """

    static func decide(
        _ policies: DeployPolicies, _ resource: Resource? = nil, namespace: String = "shop", cluster: String = "",
        settings: DeploySettings = DeploySettings(), breakglass: DeployRequest.Breakglass? = nil,
        evidence: ImageEvidence? = ImageEvidence(digest: digest, scan: clean)
    ) throws -> DeployJudge.Decision {
        let request = try DeployRequest(
            resource ?? pod(), cluster: cluster, namespace: namespace, breakglass: breakglass)
        return DeployJudge(policies: policies, settings: settings).judge(request, at: now) { _ in evidence }
    }
}
