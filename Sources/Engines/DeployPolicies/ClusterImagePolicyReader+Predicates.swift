import Attestations
import Documents
import Rego
import WaybillCore

extension ClusterImagePolicyReader {
    /// Whether a predicate's type is an address; other words are misspelt short names.
    private static func isType(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return text.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) } == true
            && text.utf8.index(after: colon) != text.utf8.endIndex && !text.utf8.contains { $0 <= 0x20 }
    }

    private static let shortTypes = [
        "custom": PredicateType.cosignCustom, "slsaprovenance": PredicateType.provenance02,
        "slsaprovenance02": PredicateType.provenance02, "slsaprovenance1": PredicateType.provenance,
        "spdx": PredicateType.spdx, "spdxjson": PredicateType.spdx, "cyclonedx": PredicateType.cycloneDX,
        "link": "https://in-toto.io/Link/v1", "vuln": PredicateType.cosignVulnerabilities,
    ]

    static func attestations(_ fields: inout Fields) throws(DocumentError) -> [SigstoreAuthority.Attestation] {
        var attestations: [SigstoreAuthority.Attestation] = []
        for node in try fields.elements("attestations") ?? [] {
            var attestation = try Fields(node, of: "attestations")
            let name = try attestation.requiredString("name")
            let type = try attestation.requiredString("predicateType")
            guard !name.isEmpty, shortTypes[type] != nil || isType(type) else {
                throw DocumentError(
                    at: node["predicateType"]?.position ?? node.position,
                    "predicateType: \(Redaction.excerpt(type)) is neither an address nor one of \(shortTypes.keys.sorted().joined(separator: ", "))"
                )
            }
            let policy = try attestation.node("policy").map { node throws(DocumentError) in
                try predicatePolicy(node, isWhole: false)
            }
            try attestation.finish()
            attestations.append(
                SigstoreAuthority.Attestation(
                    name: name, predicateType: shortTypes[type] ?? type, policy: policy))
        }
        return attestations
    }

    /// A policy over a predicate (or, where it is the whole policy's, over everything that was found).
    static func predicatePolicy(_ node: Node, isWhole: Bool) throws(DocumentError) -> PredicatePolicy {
        enum Language: String, CaseIterable { case cue, rego }
        var fields = try Fields(node, of: "policy")
        let language: Language? = try fields.word("type")
        let data = try fields.string("data")
        let reference = fields.node("configMapRef")
        let remote = fields.node("remote")
        if let reference { try checkReference(reference) }
        if let remote { try checkRemote(remote) }
        if isWhole {
            for flag in ["fetchConfigFile", "includeSpec", "includeObjectMeta", "includeTypeMeta"] {
                _ = try fields.bool(flag)
            }
        }
        try fields.finish()
        guard let language else { throw DocumentError(at: node.position, "policy: the key “type” is missing") }
        guard [data != nil, reference != nil, remote != nil].filter({ $0 }).count == 1 else {
            throw DocumentError(at: node.position, "a policy needs exactly one of data, configMapRef and remote")
        }
        guard let data else { return .unsupported("a policy that lies elsewhere (configMapRef, remote)") }
        switch language {
        case .cue:
            if isWhole { return .unsupported("a policy over the whole image or object") }
            do throws(WaybillError) { return .match(try SimpleMatch(parsing: data)) } catch {
                return .unsupported(error.message)
            }
        case .rego: return try rego(data, at: node["data"]?.position ?? node.position)
        }
    }

    private static func checkReference(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "configMapRef")
        _ = try fields.requiredString("name")
        _ = try fields.requiredString("key")
        _ = try fields.string("namespace")
        try fields.finish()
    }

    /// What is fetched must be named by its hash, or whoever answers decides.
    private static func checkRemote(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "remote")
        let address = try fields.requiredString("url")
        let hash = try fields.requiredString("sha256sum")
        try fields.finish()
        guard address.utf8.starts(with: "https://".utf8), Hex.decode(hash)?.count == 32 else {
            throw DocumentError(at: node.position, "remote: needs an https address and a SHA-256 sum")
        }
    }

    /// These policies are written in the older Rego; a newer one is taken too.
    private static func rego(_ text: String, at position: Position) throws(DocumentError) -> PredicatePolicy {
        var message = ""
        for version in [RegoVersion.v0, .v1] {
            do {
                let module = try PolicyModule(parsing: text, file: "policy.rego", version: version)
                guard module.packagePath == ["sigstore"] else {
                    throw RegoError(.parse, "the package must be called sigstore")
                }
                return .rego(try CompiledPolicy(modules: [module]))
            } catch let error as RegoErrors {
                if message.isEmpty { message = error.errors.first?.message ?? "is wrong" }
            } catch let error as RegoError {
                if message.isEmpty { message = error.message }
            } catch {
                message = "is wrong"
            }
        }
        throw DocumentError(at: position, "policy: \(message)")
    }
}

extension PredicatePolicy {
    /// What a policy of an attestation may cost.
    private static let stepsMax = 2_000_000

    /// Why the statement does not satisfy the policy; nil where it does.
    func objection(to statement: Value) -> String? {
        switch self {
        case .unsupported(let reason): return "needs \(reason), which is not supported"
        case .match(let match): return match.objection(to: statement)
        case .rego(let policy):
            do {
                let answer = try policy.evaluate(
                    rule: "data.sigstore.isCompliant", input: statement,
                    limits: EvaluationLimits(stepsMax: Self.stepsMax))?.document
                if answer == .bool(true) || answer?["result"] == .bool(true) { return nil }
                return answer?["error"]?.string ?? "is not compliant"
            } catch {
                return "could not be judged: \(error)"
            }
        }
    }
}
