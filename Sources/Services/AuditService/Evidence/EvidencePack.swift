public import Attestations
import Documents
public import Ledger
public import Trust
public import WaybillCore

/// Everything that a chain of papers rests on, in one file: envelopes, commits with the files that they are judged by,
/// and the keys. Equal content gives equal bytes.
public struct EvidencePack: Hashable, Sendable {
    public static let format = "https://waybill.dev/evidence-pack/v1"
    /// The largest file that is read.
    public static let bytesMax = 256 << 20

    public struct Object: Hashable, Sendable {
        public var type: String
        public var bytes: [UInt8]

        public init(type: String, bytes: [UInt8]) {
            self.type = type
            self.bytes = bytes
        }
    }

    /// What the ledger answered to a question about papers, oldest first.
    public struct Answer: Hashable, Sendable {
        public var subject: String
        /// Empty for papers of every type.
        public var predicateType: String
        public var papers: [Digest]

        public init(subject: String, predicateType: String, papers: [Digest]) {
            self.subject = subject
            self.predicateType = predicateType
            self.papers = papers
        }
    }

    public var subject: ChainSubject
    /// For a workload: what the ledger says of its running.
    public var deployment: DeploymentRecord?
    /// Environments to the repositories that desire them.
    public var environments: [String: String]
    public var papers: [Paper]
    public var answers: [Answer]
    /// Objects by their names, for each repository.
    public var repositories: [String: [String: Object]]
    /// The keys that the chain was verified with when it was exported; whoever reads the pack trusts his own.
    public var keys: [TrustedKey]
    /// The installation's word that this is all there was.
    public var seal: Envelope?

    public init(
        subject: ChainSubject, deployment: DeploymentRecord?, environments: [String: String], papers: [Paper],
        answers: [Answer],
        repositories: [String: [String: Object]], keys: [TrustedKey], seal: Envelope? = nil
    ) {
        self.subject = subject
        self.deployment = deployment
        self.environments = environments
        self.papers = papers.sorted { $0.id < $1.id }
        self.answers = answers.sorted { ($0.subject, $0.predicateType) < ($1.subject, $1.predicateType) }
        self.repositories = repositories
        self.keys = keys
        self.seal = seal
    }

    /// Commits, trees and files of all repositories.
    public var objectCount: Int { repositories.values.reduce(0) { $0 + $1.count } }

    /// What the seal is about: the pack without it.
    public var contentDigest: Digest { .sha256(of: JSONWriter.bytes(content, style: .canonical)) }

    /// The statement that the installation signs.
    public var sealStatement: Statement {
        Statement(
            subjects: [.init(name: "evidence pack", digest: contentDigest)], predicateType: PredicateType.evidencePack,
            predicate: ["format": .string(Self.format), "about": .string(subject.description)])
    }

    public var bytes: [UInt8] {
        var whole: Value = ["content": content]
        if let seal { whole["seal"] = seal.value }
        return JSONWriter.bytes(whole, style: .canonical)
    }
}
