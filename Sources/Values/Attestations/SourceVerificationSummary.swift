import Documents
public import WaybillCore

/// What a source control system vouches for of a revision (SLSA source track): a verification summary about a
/// `gitCommit`, with the references that it was found on.
public struct SourceVerificationSummary: Hashable, Sendable {
    public var summary: VerificationSummary
    /// The subject's `sourceRefs` annotation: `refs/heads/main`.
    public var references: [String]
    public var commit: String

    public init(summary: VerificationSummary, references: [String], commit: String) {
        self.summary = summary
        self.references = references
        self.commit = commit
    }

    /// Throws where the statement is no summary about one commit, or names no level, or more than one of the track.
    public init(_ statement: Statement) throws(WaybillError) {
        func bad(_ message: String) -> WaybillError {
            WaybillError(.invalidInput, message, subject: "source verification summary")
        }
        guard statement.predicateType.hasSameBytes(as: PredicateType.verdict) else {
            throw bad("the predicate is not a verification summary")
        }
        guard let subject = statement.subjects.first, statement.subjects.count == 1,
            let commit = subject.digest["gitCommit"]
        else { throw bad("the subject must be one commit (gitCommit)") }
        let summary = try VerificationSummary(statement.predicate)
        guard summary.resourceURI.utf8.starts(with: "git+".utf8) else { throw bad("resourceUri must begin with git+") }
        guard summary.levels.filter({ $0.utf8.starts(with: Self.track.utf8) }).count == 1 else {
            throw bad("exactly one level of the source track must be named")
        }
        self.init(
            summary: summary,
            references: (subject.annotations?["sourceRefs"]?.array ?? []).compactMap(\.string), commit: commit)
    }

    static let track = "SLSA_SOURCE_LEVEL_"

    /// The level that is vouched for, 1 to 4; nil where it is none of those.
    public var level: Int? {
        summary.levels.lazy.compactMap { name -> Int? in
            guard name.utf8.starts(with: Self.track.utf8) else { return nil }
            return Int(name.dropFirst(Self.track.count)).flatMap { (1...4).contains($0) ? $0 : nil }
        }.first
    }

    public var statement: Statement {
        Statement(
            subjects: [
                Statement.Subject(
                    name: summary.resourceURI, digest: ["gitCommit": commit],
                    annotations: references.isEmpty ? nil : ["sourceRefs": .strings(references)])
            ], predicateType: PredicateType.verdict, predicate: summary.value)
    }
}
