import Documents
import Signatures
import Trust
import WaybillCore

/// Reads Kritis' documents (`kritis.grafeas.io/v1beta1`). Every member must be known: a misspelt one once meant that no
/// policy held at all.
enum KritisReader {
    /// The common frame: version, kind and metadata; gives the specification and the object's names.
    private static func frame(
        _ node: Node, kind: String
    ) throws(DocumentError) -> (name: String, namespace: String?, specification: Fields) {
        var fields = try Fields(node, of: kind)
        let version = try fields.requiredString("apiVersion")
        guard version == "kritis.grafeas.io/v1beta1" else {
            throw DocumentError(at: node.position, "\(kind): unknown version \(Redaction.excerpt(version))")
        }
        _ = try fields.requiredString("kind")
        let metadata = try fields.required("metadata")
        let specification = try Fields(fields.required("spec"), of: "\(kind).spec")
        _ = fields.node("status")
        try fields.finish()
        guard let name = metadata["name"]?.string, !name.isEmpty else {
            throw DocumentError(at: metadata.position, "\(kind): the object has no name")
        }
        return (name, metadata["namespace"]?.string, specification)
    }

    static func authority(_ node: Node) throws(DocumentError) -> Attestor {
        var (name, _, fields) = try frame(node, kind: "AttestationAuthority")
        let note = try fields.requiredString("noteReference")
        _ = try fields.string("privateKeySecretName")
        _ = try fields.string("policyType")
        var keys: [Attestor.Key] = []
        if let text = try fields.string("publicKeyData") {
            keys += try openPGP(text, identifier: nil, at: node.position)
        }
        for key in try fields.elements("publicKeys") ?? [] { keys += try publicKey(key) }
        try fields.finish()
        return Attestor(name: name, note: note, keys: keys)
    }

    private static func publicKey(_ node: Node) throws(DocumentError) -> [Attestor.Key] {
        enum KeyType: String, CaseIterable { case openPGP = "PGP", pkix = "PKIX" }
        var fields = try Fields(node, of: "publicKeys")
        guard let type: KeyType = try fields.word("keyType") else {
            throw DocumentError(at: node.position, "publicKeys: the key “keyType” is missing")
        }
        let identifier = try fields.string("keyId")
        let armored = try fields.string("asciiArmoredPgpPublicKey")
        let pkix = fields.node("pkixPublicKey")
        try fields.finish()
        switch type {
        case .openPGP:
            guard let armored, pkix == nil else {
                throw DocumentError(at: node.position, "a PGP key needs asciiArmoredPgpPublicKey and nothing else")
            }
            return try openPGP(armored, identifier: identifier, at: node.position)
        case .pkix:
            guard let pkix, armored == nil else {
                throw DocumentError(at: node.position, "a PKIX key needs pkixPublicKey and nothing else")
            }
            return [try PKIXKeyReader.key(pkix, identifier: identifier)]
        }
    }

    static func openPGP(_ text: String, identifier: String?, at position: Position) throws(DocumentError) -> [Attestor
        .Key]
    {
        // In Kubernetes objects the armoured text stands in base 64 once more.
        let bytes = text.utf8.starts(with: "-----BEGIN".utf8) ? Array(text.utf8) : Base64.decode(text) ?? []
        let keys: [OpenPGPKey]
        do { keys = try OpenPGPKey.all(in: bytes) } catch { throw DocumentError(at: position, error.message) }
        if let identifier, !keys.contains(where: { $0.fingerprint == identifier.uppercased() }) {
            throw DocumentError(
                at: position, "the key is not the one that keyId names (\(Redaction.excerpt(identifier)))")
        }
        return keys.map(Attestor.Key.openPGP)
    }

    static func imageSecurity(_ node: Node, _ attestors: [String: Attestor]) throws(DocumentError) -> DeployPolicy {
        var (name, namespace, fields) = try frame(node, kind: "ImageSecurityPolicy")
        let exempt = try patterns(&fields, "imageAllowlist")
        let authority = try fields.string("attestationAuthorityName")
        let several = try fields.strings("attestationAuthorityNames") ?? []
        _ = try fields.string("privateKeySecretName")
        var limits = VulnerabilityLimits(fixable: .atMost(.critical), unfixable: .allowAll)
        if let node = fields.node("packageVulnerabilityRequirements") {
            limits = try self.limits(node, fixable: "maximumSeverity", unfixable: "maximumFixUnavailableSeverity")
        }
        try fields.finish()
        // An authority that does not exist attests nothing; the image's findings are looked at all the same.
        let attested = (several + (authority.map { [$0] } ?? [])).compactMap { attestors[$0] }
        return DeployPolicy(
            kind: .imageSecurity, name: name, namespace: namespace, exempt: exempt,
            requirement: .all([.digest, .vulnerabilities(limits, attestedBy: attested)]),
            attestsWith: authority ?? several.first)
    }

    static func limits(_ node: Node, fixable: String, unfixable: String) throws(DocumentError) -> VulnerabilityLimits {
        var fields = try Fields(node, of: "requirements")
        func limit(_ name: String, _ standard: VulnerabilityLimits.Limit) throws(DocumentError)
            -> VulnerabilityLimits.Limit
        {
            guard let word = try fields.string(name), !word.isEmpty else { return standard }
            guard let limit = VulnerabilityLimits.Limit(word) else {
                throw DocumentError(
                    at: node[name]?.position ?? node.position,
                    "\(name): \(Redaction.excerpt(word)) is not one of MINIMAL, LOW, MEDIUM, HIGH, CRITICAL, BLOCK_ALL, ALLOW_ALL"
                )
            }
            return limit
        }
        let limits = VulnerabilityLimits(
            fixable: try limit(fixable, .atMost(.critical)), unfixable: try limit(unfixable, .allowAll),
            accepted: Set(try fields.strings("allowlistCVEs") ?? []))
        try fields.finish()
        return limits
    }

    static func patterns(_ fields: inout Fields, _ name: String) throws(DocumentError) -> [ImagePattern] {
        var patterns: [ImagePattern] = []
        for node in try fields.elements(name) ?? [] {
            guard let text = node.string else {
                throw DocumentError(at: node.position, "\(name): expected an image's name")
            }
            do throws(WaybillError) { patterns.append(try ImagePattern(text, style: .allowList)) } catch {
                throw DocumentError(at: node.position, error.message)
            }
        }
        return patterns
    }

    static func genericAttestation(_ node: Node, _ attestors: [String: Attestor]) throws(DocumentError) -> DeployPolicy
    {
        var (name, namespace, fields) = try frame(node, kind: "GenericAttestationPolicy")
        let names = try fields.strings("attestationAuthorityNames") ?? []
        var exempt: [ImagePattern] = []
        for node in try fields.elements("admissionAllowlistPatterns") ?? [] {
            var pattern = try Fields(node, of: "admissionAllowlistPatterns")
            let text = try pattern.requiredString("namePattern")
            try pattern.finish()
            do throws(WaybillError) { exempt.append(try ImagePattern(text, style: .allowList)) } catch {
                throw DocumentError(at: node.position, error.message)
            }
        }
        try fields.finish()
        // A policy that asks nobody lets nobody in, allow-listed or not: it is damaged.
        guard !names.isEmpty else {
            throw DocumentError(at: node.position, "GenericAttestationPolicy: names no attestation authority")
        }
        let required = names.map { name -> Requirement in
            attestors[name].map(Requirement.attestedBy) ?? .deny("the attestation authority \(name) does not exist")
        }
        return DeployPolicy(
            kind: .genericAttestation, name: name, namespace: namespace, exempt: exempt, requirement: .all(required))
    }

    static func build(_ node: Node, _ attestors: [String: Attestor]) throws(DocumentError) -> DeployPolicy {
        var (name, namespace, fields) = try frame(node, kind: "BuildPolicy")
        let authority = try fields.requiredString("attestationAuthorityName")
        _ = try fields.string("privateKeySecretName")
        var requirements = try Fields(fields.required("buildRequirements"), of: "buildRequirements")
        let source = try requirements.requiredString("builtFrom")
        try requirements.finish()
        try fields.finish()
        let requirement =
            attestors[authority].map { Requirement.builtFrom(SourcePattern(text: source), $0) }
            ?? .deny("the attestation authority \(authority) does not exist")
        return DeployPolicy(
            kind: .build, name: name, namespace: namespace, requirement: .all([.digest, requirement]),
            attestsWith: authority)
    }

    static func vulnerabilitySigning(_ node: Node) throws(DocumentError) -> DeployPolicy {
        var (name, namespace, fields) = try frame(node, kind: "VulnzSigningPolicy")
        let limits = try limits(
            fields.required("imageVulnerabilityRequirements"), fixable: "maximumFixableSeverity",
            unfixable: "maximumUnfixableSeverity")
        try fields.finish()
        return DeployPolicy(
            kind: .vulnerabilitySigning, name: name, namespace: namespace,
            requirement: .all([.digest, .vulnerabilities(limits, attestedBy: [])]))
    }

    static func configuration(_ node: Node) throws(DocumentError) -> Value {
        var (_, _, fields) = try frame(node, kind: "KritisConfig")
        for name in ["metadataBackend", "cronInterval", "serverAddr", "grafeas"] { _ = fields.node(name) }
        try fields.finish()
        return fields.node.value
    }
}
