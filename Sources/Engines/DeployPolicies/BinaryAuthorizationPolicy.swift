import Documents
import Signatures
import Trust
import WaybillCore

/// A policy in the form of Google's Binary Authorization: one for everything, with rules by place.
struct BinaryAuthorizationPolicy: Sendable {
    struct Rule: Sendable {
        var requirement: Requirement
        var mode: DeployPolicy.Mode
    }

    let name: String
    let exempt: [ImagePattern]
    let clusters: [String: Rule]
    let namespaces: [String: Rule]
    let serviceAccounts: [String: Rule]
    let standard: Rule

    init(_ node: Node, _ attestors: [String: Attestor]) throws(DocumentError) {
        var fields = try Fields(node, of: "policy")
        name = try fields.string("name") ?? "policy"
        for label in ["description", "updateTime", "etag"] { _ = try fields.string(label) }
        enum GlobalMode: String, CaseIterable {
            case enable = "ENABLE", disable = "DISABLE", unspecified = "GLOBAL_POLICY_EVALUATION_MODE_UNSPECIFIED"
        }
        // The vendor's own list of system images is not ours to know: their images need a pattern like all others.
        let _: GlobalMode? = try fields.word("globalPolicyEvaluationMode")
        var exempt: [ImagePattern] = []
        for node in try fields.elements("admissionWhitelistPatterns") ?? [] {
            var pattern = try Fields(node, of: "admissionWhitelistPatterns")
            let text = try pattern.requiredString("namePattern")
            try pattern.finish()
            do throws(WaybillError) { exempt.append(try ImagePattern(text, style: .allowList)) } catch {
                throw DocumentError(at: node.position, error.message)
            }
        }
        self.exempt = exempt
        clusters = try Self.rules(&fields, "clusterAdmissionRules", attestors)
        namespaces = try Self.rules(&fields, "kubernetesNamespaceAdmissionRules", attestors)
        serviceAccounts = try Self.rules(&fields, "kubernetesServiceAccountAdmissionRules", attestors)
        if let istio = fields.node("istioServiceIdentityAdmissionRules"), istio.members?.isEmpty == false {
            throw DocumentError(at: istio.position, "rules by Istio's identities are not supported")
        }
        standard = try Self.rule(fields.required("defaultAdmissionRule"), attestors)
        try fields.finish()
    }

    private static func rules(
        _ fields: inout Fields, _ name: String, _ attestors: [String: Attestor]
    ) throws(DocumentError) -> [String: Rule] {
        var rules: [String: Rule] = [:]
        for member in try fields.members(name) ?? [] { rules[member.key] = try rule(member.node, attestors) }
        return rules
    }

    private static func rule(_ node: Node, _ attestors: [String: Attestor]) throws(DocumentError) -> Rule {
        enum Evaluation: String, CaseIterable {
            case allow = "ALWAYS_ALLOW", deny = "ALWAYS_DENY", attestation = "REQUIRE_ATTESTATION"
        }
        enum Enforcement: String, CaseIterable {
            case block = "ENFORCED_BLOCK_AND_AUDIT_LOG", dryRun = "DRYRUN_AUDIT_LOG_ONLY"
        }
        var fields = try Fields(node, of: "rule")
        let evaluation: Evaluation? = try fields.word("evaluationMode")
        let enforcement: Enforcement? = try fields.word("enforcementMode")
        let names = try fields.strings("requireAttestationsBy") ?? []
        try fields.finish()
        guard let evaluation, let enforcement else {
            throw DocumentError(at: node.position, "a rule needs evaluationMode and enforcementMode")
        }
        let requirement: Requirement
        switch evaluation {
        case .allow, .deny:
            guard names.isEmpty else {
                throw DocumentError(at: node.position, "requireAttestationsBy goes only with REQUIRE_ATTESTATION")
            }
            requirement = evaluation == .allow ? .allow : .deny("the policy denies everything here")
        case .attestation:
            guard !names.isEmpty else {
                throw DocumentError(at: node.position, "REQUIRE_ATTESTATION names no attestor in requireAttestationsBy")
            }
            requirement = .all(
                [.digest]
                    + names.map { name in
                        attestors[name].map(Requirement.attestedBy) ?? .deny("the attestor \(name) does not exist")
                    })
        }
        return Rule(requirement: requirement, mode: enforcement == .block ? .enforce : .warn)
    }

    static func attestor(_ node: Node) throws(DocumentError) -> Attestor {
        var fields = try Fields(node, of: "attestor")
        let name = try fields.requiredString("name")
        for label in ["description", "updateTime", "etag"] { _ = try fields.string(label) }
        var note = try Fields(fields.required("userOwnedGrafeasNote"), of: "userOwnedGrafeasNote")
        try fields.finish()
        let reference = try note.requiredString("noteReference")
        _ = try note.string("delegationServiceAccountEmail")
        var keys: [Attestor.Key] = []
        for node in try note.elements("publicKeys") ?? [] {
            var key = try Fields(node, of: "publicKeys")
            let identifier = try key.string("id")
            _ = try key.string("comment")
            let armored = try key.string("asciiArmoredPgpPublicKey")
            let pkix = key.node("pkixPublicKey")
            try key.finish()
            switch (armored, pkix) {
            case (let armored?, nil):
                keys += try KritisReader.openPGP(armored, identifier: identifier, at: node.position)
            case (nil, let pkix?): keys.append(try PKIXKeyReader.key(pkix, identifier: identifier))
            default:
                throw DocumentError(
                    at: node.position, "a key needs exactly one of pkixPublicKey and asciiArmoredPgpPublicKey")
            }
        }
        try note.finish()
        return Attestor(name: name, note: reference, keys: keys)
    }

    /// The rule for a place, the most particular first.
    func rule(for request: DeployRequest) -> (rule: Rule, place: String) {
        if let rule = serviceAccounts["\(request.namespace):\(request.serviceAccount)"] {
            return (rule, "service account \(request.namespace):\(request.serviceAccount)")
        }
        if let rule = namespaces[request.namespace] { return (rule, "namespace \(request.namespace)") }
        if let rule = clusters[request.cluster] { return (rule, "cluster \(request.cluster)") }
        return (standard, "default")
    }
}
