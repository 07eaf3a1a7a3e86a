import WaybillCore

/// The rules of the source gate, by the stable names that their findings carry.
enum SourceRule: String, CaseIterable {
    case unsigned = "WB-SRC-001"
    case unknownKey = "WB-SRC-002"
    case identityMismatch = "WB-SRC-003"
    case notFastForward = "WB-SRC-004"
    case missingReview = "WB-SRC-005"
    case deletion = "WB-SRC-006"
    case keyNotValid = "WB-SRC-007"
    case revokedKey = "WB-SRC-008"
    case badSignature = "WB-SRC-009"
    case unsupportedSignature = "WB-SRC-010"
    case incompleteRange = "WB-SRC-011"
    case tagMoved = "WB-SRC-012"
    case rejected = "WB-SRC-013"

    /// The rule that a signature breaks; nil for a good one.
    init?(_ outcome: SignatureOutcome) {
        switch outcome {
        case .good: return nil
        case .unsigned: self = .unsigned
        case .unknownKey: self = .unknownKey
        case .identityMismatch: self = .identityMismatch
        case .notYetValid, .expired: self = .keyNotValid
        case .revoked: self = .revokedKey
        case .badSignature: self = .badSignature
        case .unsupported: self = .unsupportedSignature
        }
    }

    func finding(
        _ message: String, _ object: String, severity: Severity = .high, evidence: String? = nil, remedy: String? = nil
    ) -> Finding {
        Finding(
            rule: rawValue, kind: .signature, severity: severity, message: message, place: Place(object: object),
            evidence: evidence, remedy: remedy)
    }

    /// What the commit's author can run to put it right.
    func remedy(_ commit: CommitVerification, base: String?) -> String {
        let range = base.map { "\($0.prefix(10))" } ?? "--root"
        let again = "git rebase --force-rebase --exec 'git commit --amend --no-edit -S' \(range)"
        switch self {
        case .unsigned, .unsupportedSignature, .badSignature:
            return "git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub; \(again)"
        case .unknownKey:
            if case .unknownKey(let fingerprint) = commit.outcome, !fingerprint.utf8.starts(with: "SHA256:".utf8) {
                return
                    "sign with a listed key, or have yours added by a reviewed change: OpenPGP keys to .waybill/openpgp_keys.asc, X.509 authorities to .waybill/x509_authorities.pem"
            }
            return "sign with a listed key, or have yours added to .waybill/allowed_signers by a reviewed change"
        case .identityMismatch:
            let email =
                switch commit.outcome {
                case .identityMismatch(_, _, let principals):
                    principals.first { !$0.contains("*") } ?? "the key's identity"
                default: "the key's identity"
                }
            return
                "git config user.email \(email); git rebase --force-rebase --exec 'git commit --amend --no-edit --reset-author -S' \(range)"
        case .keyNotValid, .revokedKey:
            return "sign with a valid key: git config user.signingkey KEY.pub; \(again)"
        default:
            return ""
        }
    }
}
