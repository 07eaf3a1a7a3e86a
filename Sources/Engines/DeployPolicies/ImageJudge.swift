import Attestations
import Kubernetes
import Signatures
import Trust
import WaybillCore

/// Judges one image by all policies.
struct ImageJudge {
    let request: DeployRequest
    let image: PodImage
    let evidence: ImageEvidence
    let settings: DeploySettings
    let moment: Timestamp

    struct Outcome {
        var violations: [Finding] = []
        var warnings: [Finding] = []
        var attestations: [String] = []
    }

    /// Attestation policies of a namespace: one that is satisfied is enough. All other policies must each be satisfied.
    func judge(_ policies: DeployPolicies) -> Outcome {
        var outcome = Outcome()
        var isJudged = false
        let mine = policies.policies.filter { policy in
            policy.namespace.map { $0.utf8.elementsEqual(request.namespace.utf8) } ?? true
                && (policy.selectors.isEmpty || policy.selectors.contains { $0.matches(request.resource) })
                && policy.isAbout(image)
        }
        let alternatives = mine.filter { $0.kind == .genericAttestation }
        if !alternatives.isEmpty {
            isJudged = true
            let objections = alternatives.map { policy in
                policy.isExempt(image) ? nil : self.objection(policy.requirement).map { (policy, $0) }
            }
            if objections.allSatisfy({ $0 != nil }) {
                outcome.violations += objections.compactMap { $0 }.map { finding($0.0.kind.rawValue, $0.0.name, $0.1) }
            }
        }
        for policy in mine where policy.kind != .genericAttestation {
            isJudged = true
            if policy.isExempt(image) { continue }
            if let objection = objection(policy.requirement) {
                let finding = finding(policy.kind.rawValue, policy.name, objection)
                if policy.mode == .enforce {
                    outcome.violations.append(finding)
                } else {
                    outcome.warnings.append(finding)
                }
            } else if let authority = policy.attestsWith {
                outcome.attestations.append(authority)
            }
        }
        if let binary = policies.binaryAuthorization {
            isJudged = true
            let (rule, place) = binary.rule(for: request)
            if !binary.exempt.contains(where: { $0.matches(image.reference) }),
                let objection = objection(rule.requirement)
            {
                let finding = finding(
                    DeployPolicy.Kind.binaryAuthorization.rawValue, "\(binary.name) (\(place))", objection)
                if rule.mode == .enforce {
                    outcome.violations.append(finding)
                } else {
                    outcome.warnings.append(finding)
                }
            }
        }
        if !isJudged, !settings.unmatchedIsAllowed {
            outcome.violations.append(finding("no policy", "-", "no policy is about the image"))
        }
        return outcome
    }

    private func finding(_ kind: String, _ policy: String, _ message: String) -> Finding {
        Finding(
            rule: "WB-DEP-001", kind: .policy, severity: .high, message: "\(kind) \(policy): \(message)",
            place: Place(object: request.resource.key.description, field: "\(image.place).image"),
            evidence: image.reference,
            remedy: "bring the paper that the policy asks for, or change the policy by review")
    }

    /// Why the image does not satisfy the requirement; nil where it does.
    func objection(_ requirement: Requirement) -> String? {
        switch requirement {
        case .allow: return nil
        case .deny(let reason): return reason
        case .unsupported(let what): return "needs \(what), which is not supported"
        case .all(let parts):
            if let found = parts.lazy.compactMap({ objection($0) }).first { return found }
            return distinctness(parts)
        case .any(let parts):
            var last: String?
            for part in parts {
                guard let found = objection(part) else { return nil }
                last = last ?? found
            }
            return last ?? "nothing would satisfy it"
        case .digest:
            return image.digest == nil ? "the image is not named by digest" : nil
        case .attestedBy(let attestor):
            return signers(of: attestor).isEmpty ? "there is no attestation by \(attestor.name)" : nil
        case .vulnerabilities(let limits, let attestors):
            if settings.attestedSkipsScan, attestors.contains(where: { !signers(of: $0).isEmpty }) { return nil }
            return objection(limits)
        case .builtFrom(let source, let attestor): return objection(source, attestor)
        case .signedBy(let authority): return objection(authority)
        }
    }

    private func objection(_ limits: VulnerabilityLimits) -> String? {
        guard let scan = evidence.scan else { return "the image was never scanned: that is not the same as clean" }
        guard scan.isFinished else { return "the scan of the image has not ended" }
        if let most = [limits.scanAgeMaxSeconds, settings.scanAgeMaxSeconds].compactMap(\.self).min(),
            moment.seconds - scan.time.seconds > most
        {
            return "the scan is of \(scan.time), which is too old"
        }
        let found = limits.violations(in: scan)
        guard !found.isEmpty else { return nil }
        let names = found.map { "\($0.id) (\($0.severity.rawValue))" }.sorted()
        return
            "\(found.count) findings are too bad: \(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : "")"
    }

    /// The people behind the attestor's keys that vouch for this very digest: the keys themselves where nobody said whose
    /// they are.
    func signers(of attestor: Attestor) -> Set<[UInt8]> {
        guard let digest = evidence.digest else { return [] }
        var found: Set<[UInt8]> = []
        for attestation in evidence.attestations.prefix(200) {
            guard attestor.note.isEmpty || attestation.note.utf8.elementsEqual(attestor.note.utf8) else { continue }
            for key in attestor.keys where key.vouches(for: digest, in: attestation, at: moment) {
                found.insert(key.person(settings.persons))
            }
        }
        return found
    }

    /// Several attestors that share a key are satisfied by one person alone: there must be one key for each of them.
    private func distinctness(_ parts: [Requirement]) -> String? {
        let attestors = parts.compactMap { if case .attestedBy(let attestor) = $0 { attestor } else { nil } }
        guard settings.attestorsAreDistinct, attestors.count > 1 else { return nil }
        var taken: [[UInt8]: Int] = [:]
        let choices = attestors.map { signers(of: $0).sorted { $0.lexicographicallyPrecedes($1) } }
        /// Gives each attestor a key of its own, moving others where that helps.
        func assign(_ index: Int, _ seen: inout Set<[UInt8]>) -> Bool {
            for key in choices[index] where seen.insert(key).inserted {
                if let other = taken[key], !assign(other, &seen) { continue }
                taken[key] = index
                return true
            }
            return false
        }
        for index in attestors.indices {
            var seen: Set<[UInt8]> = []
            guard assign(index, &seen) else {
                return
                    "\(attestors.map(\.name).joined(separator: " and ")) are the same person: one vouches for both"
            }
        }
        return nil
    }

    private func objection(_ source: SourcePattern, _ attestor: Attestor) -> String? {
        let keys = attestor.keys.compactMap { key -> TrustedKey? in
            if case .plain(let key, let name) = key { TrustedKey(key, name: name) } else { nil }
        }
        guard let digest = evidence.digest, !keys.isEmpty else { return "no key of \(attestor.name) signs provenance" }
        let verifier = BundleVerifier(keys: keys)
        let subject = BundleVerifier.Subject.digest(algorithm: digest.algorithm.rawValue, hash: digest.hex)
        var reason = "there is no provenance by \(attestor.name)"
        for bundle in bundles {
            guard let statement = try? verifier.verify(bundle, subject: subject, at: moment).statement else { continue }
            let provenance: Provenance?
            switch statement.predicateType {
            case PredicateType.provenance: provenance = try? Provenance(statement.predicate)
            case PredicateType.provenance02: provenance = (try? Provenance02(statement.predicate))?.modern
            default: continue
            }
            let sources = provenance?.resolvedDependencies.compactMap(\.uri) ?? []
            if sources.contains(where: { source.matches($0) }) { return nil }
            reason = "was built from \(sources.first.map { Redaction.excerpt($0) } ?? "nobody knows what")"
        }
        return reason
    }

    /// Everything that can be looked at as a bundle.
    var bundles: [SigstoreBundle] {
        evidence.bundles.prefix(200) + evidence.layers.prefix(200).compactMap { try? $0.bundle() }
    }
}

extension Attestor.Key {
    /// Whether this key signed that the digest is attested.
    fileprivate func vouches(for digest: Digest, in attestation: ImageEvidence.Attestation, at moment: Timestamp)
        -> Bool
    {
        let payload: SimpleSigningPayload?
        switch self {
        case .plain(let key, _):
            guard
                attestation.signatures.prefix(32).contains(where: {
                    key.isValid(signature: $0.bytes, of: attestation.payload)
                })
            else { return false }
            payload = try? SimpleSigningPayload(parsing: attestation.payload)
        case .openPGP(let key):
            // An OpenPGP signature holds what it signs; that is what counts, not what stands beside it.
            let message = attestation.signatures.prefix(32).lazy.compactMap { signature in
                try? OpenPGPMessage(parsing: signature.bytes)
            }.first { (try? $0.signer(among: [key], at: moment)) != nil }
            payload = try? message?.imagePayload()
        }
        return payload.map { $0.kind == .atomic && $0.digest == digest } ?? false
    }
}
