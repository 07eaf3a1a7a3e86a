import Attestations
import DeployPolicies
import Documents
import Files
import Kubernetes
import Signers
import Trust
import WaybillCore

extension AttestationSuite {
    /// Documents that must load, documents that must be refused.
    static func imagePolicies(_ directory: String) -> [SuiteReport.Result] {
        ["valid", "invalid", "e2e"].flatMap { folder in
            SuiteFiles.names(in: "\(directory)/clusterimagepolicy/\(folder)").filter { $0.hasSuffix(".yaml") }.sorted()
                .map {
                    name in
                    result("image policies", "\(folder)/\(name)") {
                        do {
                            _ = try DeployPolicies(
                                files: [(name, SuiteFiles.bytes("\(directory)/clusterimagepolicy/\(folder)/\(name)"))])
                        } catch {
                            return folder == "invalid" ? nil : "\(error)"
                        }
                        return folder == "invalid" ? "was loaded" : nil
                    }
                }
        }
    }

    /// Kritis' documents: each must load.
    static func kritisDocuments(_ directory: String) -> [SuiteReport.Result] {
        let kinds = [
            "AttestationAuthority", "GenericAttestationPolicy", "ImageSecurityPolicy", "BuildPolicy", "KritisConfig",
            "VulnzSigningPolicy",
        ]
        return ["examples", "integration", "samples"].flatMap { folder in
            SuiteFiles.names(in: "\(directory)/kritis/\(folder)").sorted().compactMap { name in
                let bytes = template("\(directory)/kritis/\(folder)/\(name)")
                guard let node = try? YAMLReader.nodes(from: bytes).first, let kind = node["kind"]?.string,
                    kinds.contains(kind)
                else { return nil }
                return result("kritis documents", "\(folder)/\(name)") {
                    _ = try DeployPolicies(files: [(name, bytes)])
                    return nil
                }
            }
        }
    }

    private static func template(_ path: String) -> [UInt8] {
        Array(String(decoding: SuiteFiles.bytes(path), as: UTF8.self).replacing("{{ .Project }}", with: "project").utf8)
    }

    /// Kritis' own expectations, judged as Kritis judges.
    static func kritis(_ directory: String) -> [SuiteReport.Result] {
        guard let cases = SuiteFiles.json("\(directory)/kritis/cases.json") else { return [] }
        return thresholds(cases["severityThresholds"] ?? .null) + patterns(cases["namePatterns"] ?? .null)
            + attestations(cases["genericAttestationPolicy"] ?? .null) + security(cases["imageSecurityPolicy"] ?? .null)
            + integration(cases["integration"] ?? .null, "\(directory)/kritis")
    }

    private static func thresholds(_ section: Value) -> [SuiteReport.Result] {
        let found = (section["vulnerabilities"]?.array ?? []).map { value in
            ImageEvidence.Scan.Vulnerability(
                id: value["cve"]?.string ?? "",
                severity: value["severity"]?.string.flatMap { Severity(spelling: $0) } ?? .unknown,
                isFixAvailable: value["fixAvailable"]?.bool ?? false)
        }
        let scan = ImageEvidence.Scan(vulnerabilities: found, time: Timestamp(seconds: 0))
        return (section["cases"]?.array ?? []).map { test in
            let fixable = test["maximumSeverity"]?.string ?? ""
            let unfixable = test["maximumFixUnavailableSeverity"]?.string ?? ""
            return result("kritis thresholds", "\(fixable)/\(unfixable)") {
                let policy = """
                    maximumSeverity: "\(fixable)"
                    maximumFixUnavailableSeverity: "\(unfixable)"
                    """
                let limits = try VulnerabilityLimits(kritis: YAMLReader.node(from: policy))
                let violations = limits.violations(in: scan).map(\.id).sorted()
                let wanted = strings(test["violations"]).sorted()
                return violations == wanted ? nil : "violations \(violations), wanted \(wanted)"
            }
        }
    }

    private static func patterns(_ section: Value) -> [SuiteReport.Result] {
        (section["cases"]?.array ?? []).map { test in
            let image = test["image"]?.string ?? ""
            return result("kritis patterns", image) {
                let patterns = try strings(section["patterns"]).map { try ImagePattern($0, style: .allowList) }
                return patterns.contains { $0.matches(image) } == test["allowed"]?.bool ? nil : "matches differently"
            }
        }
    }

    private static let digest = Digest.sha256(of: Array("image".utf8))

    private static func pod(_ image: String) throws -> DeployRequest {
        let resource = try Resource([
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
            "spec": ["containers": [["name": "c", "image": .string(image)]]],
        ])
        return try DeployRequest(resource, namespace: "default")
    }

    /// An authority with a new key, and an attestation by it.
    private static func authority(_ name: String) throws -> (document: String, attestation: ImageEvidence.Attestation) {
        let key = try PrivateKey.generate(.ecdsaP256)
        let note = "projects/p/notes/\(name)"
        let payload = SimpleSigningPayload(kind: .atomic, reference: "", digest: digest).bytes
        let pem = key.publicKey.pem.split(separator: "\n").map { "          \($0)" }.joined(separator: "\n")
        return (
            """
            apiVersion: kritis.grafeas.io/v1beta1
            kind: AttestationAuthority
            metadata: {name: \(name)}
            spec:
              noteReference: \(note)
              publicKeys:
              - keyType: PKIX
                keyId: \(name)
                pkixPublicKey:
                  signatureAlgorithm: ECDSA_P256_SHA256
                  publicKeyPem: |
            \(pem)
            """,
            ImageEvidence.Attestation(
                note: note, payload: payload, signatures: [.init(keyID: name, bytes: try key.sign(payload))])
        )
    }

    private static func attestations(_ section: Value) -> [SuiteReport.Result] {
        (section["cases"]?.array ?? []).map { test in
            result("kritis attestations", test["name"]?.string ?? "") {
                var documents: [String] = []
                var attestations: [String: ImageEvidence.Attestation] = [:]
                for name in ["test", "test2"] {
                    let made = try authority(name)
                    documents.append(made.document)
                    attestations[name] = made.attestation
                }
                for name in strings(test["policies"]) {
                    let policy = section["policies"]?[name]
                    let specification: Value = [
                        "attestationAuthorityNames": policy?["authorities"] ?? [],
                        "admissionAllowlistPatterns": .array(
                            strings(policy?["allow"]).map { ["namePattern": .string($0)] }),
                    ]
                    documents.append(
                        JSONWriter.string([
                            "apiVersion": "kritis.grafeas.io/v1beta1", "kind": "GenericAttestationPolicy",
                            "metadata": ["name": .string(name)], "spec": specification,
                        ]))
                }
                let answer: String
                do {
                    let policies = try DeployPolicies(
                        files: [("case.yaml", Array(documents.joined(separator: "\n---\n").utf8))])
                    let judge = DeployJudge(policies: policies, settings: .likeKritis())
                    let evidence = ImageEvidence(
                        digest: digest, attestations: strings(test["attestedBy"]).compactMap { attestations[$0] })
                    let decision = judge.judge(
                        try pod(test["image"]?.string ?? ""), at: Timestamp(seconds: 1_790_000_000)
                    ) { _ in evidence }
                    answer = decision.isAllowed ? "admit" : "deny"
                } catch {
                    answer = "error"
                }
                let wanted = test["expect"]?.string ?? ""
                return answer == wanted ? nil : "\(answer), wanted \(wanted)"
            }
        }
    }

    private static func security(_ section: Value) -> [SuiteReport.Result] {
        (section["cases"]?.array ?? []).map { test in
            result("kritis image security", test["name"]?.string ?? "") {
                let (document, attestation) = try authority("authority")
                let policy = """
                    apiVersion: kritis.grafeas.io/v1beta1
                    kind: ImageSecurityPolicy
                    metadata: {name: isp}
                    spec:
                      attestationAuthorityName: authority
                      packageVulnerabilityRequirements: {maximumSeverity: HIGH}
                    """
                let policies = try DeployPolicies(files: [("case.yaml", Array("\(document)\n---\n\(policy)".utf8))])
                let isBackground = test["mode"]?.string == "cron"
                var settings = DeploySettings.likeKritis()
                // The hourly look takes no attestation for an answer.
                if isBackground { settings.attestedSkipsScan = false }
                let found: [ImageEvidence.Scan.Vulnerability] =
                    test["vulnerable"]?.bool == true
                    ? [.init(id: "CVE-2026-1", severity: .critical, isFixAvailable: true)] : []
                let isAttested = test["attested"]?.bool == true
                let evidence = ImageEvidence(
                    digest: digest, scan: .init(vulnerabilities: found, time: Timestamp(seconds: 1_780_000_000)),
                    attestations: isAttested ? [attestation] : [])
                let image = test["tagOnly"]?.bool == true ? "gcr.io/p/i:v1" : "gcr.io/p/i@\(digest)"
                let decision = DeployJudge(policies: policies, settings: settings).judge(
                    try pod(image), at: Timestamp(seconds: 1_790_000_000)
                ) { _ in evidence }
                let words = isBackground ? ("ok", "report") : ("admit", "deny")
                let answer = decision.isAllowed ? words.0 : words.1
                let wanted = test["expect"]?.string ?? ""
                guard answer == wanted else { return "\(answer), wanted \(wanted)" }
                guard decision.verdict.violations.count == test["violationsHandled"]?.integer else {
                    return "\(decision.verdict.violations.count) violations"
                }
                let creates = !isBackground && !isAttested && !decision.attestations.isEmpty
                return creates == test["attestationCreated"]?.bool ? nil : "attestation created: \(creates)"
            }
        }
    }

    private static func integration(_ section: Value, _ directory: String) -> [SuiteReport.Result] {
        (section["cases"]?.array ?? []).map { test in
            let name = test["manifest"]?.string ?? ""
            return result("kritis integration", name) {
                let policies = try DeployPolicies(
                    files: [("my-isp.yaml", template("\(directory)/integration/my-isp.yaml"))])
                let exempt = try ImagePattern("gcr.io/kritis-project/kritis-server:*", style: .allowList)
                let judge = DeployJudge(policies: policies, settings: .likeKritis(exempt: [exempt]))
                let resource = try Resource(
                    YAMLReader.node(from: template("\(directory)/integration/\(name)")).value)
                let request = try DeployRequest(resource, namespace: "default")
                let decision = judge.judge(request, at: Timestamp(seconds: 1_790_000_000)) { image in
                    let severity: Severity = image.reference.contains("java-with-vulnz") ? .critical : .medium
                    return ImageEvidence(
                        scan: .init(
                            vulnerabilities: [.init(id: "CVE-2026-1", severity: severity, isFixAvailable: true)],
                            time: Timestamp(seconds: 1_780_000_000)))
                }
                let answer = decision.isAllowed ? "admit" : "deny"
                let wanted = test["expect"]?.string ?? ""
                return answer == wanted
                    ? nil : "\(answer), wanted \(wanted): \(decision.verdict.violations.map(\.message))"
            }
        }
    }
}
