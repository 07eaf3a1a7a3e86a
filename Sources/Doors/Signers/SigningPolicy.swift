import Attestations
import Documents
import Trust
import WaybillCore

/// What a signer vouches for. Everything else is refused.
public struct SigningPolicy: Sendable {
    /// The predicate types that the control plane makes. Reviews are not among them: people sign those.
    public static let controlPlane: Set<String> = [
        PredicateType.provenance, PredicateType.verdict, PredicateType.testResult, PredicateType.vulnerabilities,
        PredicateType.cycloneDX, PredicateType.referenceMove, PredicateType.source, PredicateType.promotion,
        PredicateType.deployment, PredicateType.admission, PredicateType.posture, PredicateType.advisories,
        PredicateType.revocation, PredicateType.evidencePack,
    ]

    public var predicateTypes: Set<String>
    /// The builder that provenance must name; nil means that no provenance is signed.
    public var builderID: String?
    /// How the verifiers begin that verdicts may name; nil for any. With the builder it keeps whoever takes over the
    /// control plane from speaking for another installation.
    public var verifierPrefix: String?
    /// Whether predicates of known types must be whole, and about what such a paper is about. The signer's process asks it.
    public var checksShapes: Bool
    /// Signatures in a burst, and how many of them come back each second.
    public var burstMax: Int
    public var signaturesPerSecond: Double
    /// The largest statement; a bill of materials of a large image has some megabytes.
    public var statementBytesMax: Int
    public var subjectsMax: Int

    public init(
        predicateTypes: Set<String> = SigningPolicy.controlPlane, builderID: String?, verifierPrefix: String? = nil,
        checksShapes: Bool = false,
        burstMax: Int = 200, signaturesPerSecond: Double = 50, statementBytesMax: Int = 32 << 20,
        subjectsMax: Int = 1000
    ) {
        self.predicateTypes = predicateTypes
        self.builderID = builderID
        self.verifierPrefix = verifierPrefix
        self.checksShapes = checksShapes
        self.burstMax = burstMax
        self.signaturesPerSecond = signaturesPerSecond
        self.statementBytesMax = statementBytesMax
        self.subjectsMax = subjectsMax
    }
}

extension SigningPolicy {
    /// The statement in these bytes, when the signer may vouch for it. What is signed afterwards is the statement that
    /// was read here, written anew: nothing that was not looked at is in it.
    func statement(parsing bytes: [UInt8]) throws(WaybillError) -> Statement {
        guard bytes.count <= statementBytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(statementBytesMax) bytes", subject: "statement")
        }
        let statement = try Statement(parsing: bytes)
        let type = statement.predicateType
        guard predicateTypes.contains(where: { $0.hasSameBytes(as: type) }) else {
            throw WaybillError(
                .forbidden, "this signer does not sign papers of type \(Redaction.excerpt(type))", subject: "statement",
                remedy: "people sign reviews with their own key: waybill change approve")
        }
        guard statement.subjects.count <= subjectsMax else {
            throw WaybillError(.limitExceeded, "has more than \(subjectsMax) subjects", subject: "statement")
        }
        for subject in statement.subjects {
            guard !subject.digest.isEmpty, subject.digest.allSatisfy({ Self.isDigest($0.value, of: $0.key) }) else {
                throw WaybillError(
                    .invalidInput, "a subject has no digest, or one that is none",
                    subject: Redaction.excerpt(subject.name))
            }
        }
        if type == PredicateType.provenance { try checkBuilder(statement) }
        if type == PredicateType.verdict { try checkVerifier(statement) }
        if checksShapes { try checkShape(statement) }
        return statement
    }

    private func checkVerifier(_ statement: Statement) throws(WaybillError) {
        let verifier = try VerificationSummary(statement.predicate).verifierID
        guard let verifierPrefix, !verifier.utf8.starts(with: verifierPrefix.utf8) else { return }
        throw WaybillError(
            .forbidden,
            "the verdict names the verifier \(Redaction.excerpt(verifier)), this signer speaks for \(verifierPrefix)",
            subject: "statement")
    }

    /// A statement that says of itself to be of a type must be one: a reader that is less careful would take the rest on
    /// trust. What is about an image names it by SHA-256, what is about a commit by its name in Git.
    private func checkShape(_ statement: Statement) throws(WaybillError) {
        let predicate = statement.predicate
        let kind: String
        switch statement.predicateType {
        case PredicateType.provenance: kind = "sha256"
        case PredicateType.verdict:
            _ = try VerificationSummary(predicate)
            return
        case PredicateType.testResult:
            _ = try TestResult(predicate)
            kind = "sha256"
        case PredicateType.vulnerabilities:
            _ = try VulnerabilityScan(predicate)
            kind = "sha256"
        case PredicateType.posture:
            _ = try PostureReport(predicate)
            kind = "sha256"
        case PredicateType.cycloneDX:
            _ = try BillOfMaterials(predicate, type: statement.predicateType)
            kind = "sha256"
        case PredicateType.revocation:
            _ = try Revocation(statement)
            kind = "sha256"
        case PredicateType.evidencePack: kind = "sha256"
        case PredicateType.referenceMove:
            _ = try ReferenceLogEntry(predicate)
            kind = "gitCommit"
        case PredicateType.admission:
            _ = try AdmissionDecision(predicate)
            kind = "sha256"
        case PredicateType.deployment:
            _ = try DeploymentReport(predicate)
            return
        case PredicateType.source:
            _ = try SourceSummary(predicate)
            kind = "gitCommit"
        default: return
        }
        guard statement.subjects.allSatisfy({ $0.digest[kind] != nil }) else {
            throw WaybillError(.forbidden, "a paper of this type names its subjects by \(kind)", subject: "statement")
        }
    }

    private func checkBuilder(_ statement: Statement) throws(WaybillError) {
        let builder = try Provenance(statement.predicate).builderID
        guard let builderID, builder.hasSameBytes(as: builderID) else {
            throw WaybillError(
                .forbidden,
                "provenance names the builder \(Redaction.excerpt(builder)), this signer speaks for \(builderID ?? "none")",
                subject: "statement")
        }
    }

    /// Whether the text is a hash of the algorithm: lower-case hexadecimal of the right length.
    private static func isDigest(_ text: String, of algorithm: String) -> Bool {
        let lengths: [Int]
        switch algorithm {
        case "sha256": lengths = [64]
        case "sha384": lengths = [96]
        case "sha512": lengths = [128]
        // Git's names of objects, SHA-1 or SHA-256.
        case "gitCommit", "gitTree", "gitBlob", "gitTag": lengths = [40, 64]
        default: return false
        }
        return lengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
