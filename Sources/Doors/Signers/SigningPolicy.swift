import Attestations
import Documents
import WaybillCore

/// What a signer vouches for. Everything else is refused.
public struct SigningPolicy: Sendable {
    /// The predicate types that the control plane makes. Reviews are not among them: people sign those.
    public static let controlPlane: Set<String> = [
        PredicateType.provenance, PredicateType.verdict, PredicateType.testResult, PredicateType.vulnerabilities,
        PredicateType.cycloneDX, PredicateType.referenceMove, PredicateType.source, PredicateType.promotion,
        PredicateType.deployment, PredicateType.admission, PredicateType.posture, PredicateType.advisories,
    ]

    public var predicateTypes: Set<String>
    /// The builder that provenance must name; nil means that no provenance is signed.
    public var builderID: String?
    /// Signatures in a burst, and how many of them come back each second.
    public var burstMax: Int
    public var signaturesPerSecond: Double
    /// The largest statement; a bill of materials of a large image has some megabytes.
    public var statementBytesMax: Int
    public var subjectsMax: Int

    public init(
        predicateTypes: Set<String> = SigningPolicy.controlPlane, builderID: String?, burstMax: Int = 200,
        signaturesPerSecond: Double = 50, statementBytesMax: Int = 32 << 20, subjectsMax: Int = 1000
    ) {
        self.predicateTypes = predicateTypes
        self.builderID = builderID
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
        return statement
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
