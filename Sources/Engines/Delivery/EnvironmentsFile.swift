import Attestations
import Documents
public import Health
public import WaybillCore

/// The root `waybill.yaml` of an environment repository: which folders are which environments, and what each asks of
/// the images that run there.
public struct EnvironmentsFile: Hashable, Sendable {
    public static let path = "waybill.yaml"
    public static let version = 1

    public var source: SourceSettings
    public var environments: [EnvironmentEntry]

    public init(source: SourceSettings = .init(), environments: [EnvironmentEntry]) {
        self.source = source
        self.environments = environments
    }

    public func environment(named name: String) -> EnvironmentEntry? {
        environments.first { $0.name.hasSameBytes(as: name) }
    }

    /// Reads the file; see ``ProjectFile/init(parsing:file:exists:)`` for what is refused.
    public init(
        parsing bytes: some Collection<UInt8>, file: String = EnvironmentsFile.path,
        exists: (String) -> Bool = { _ in true }
    ) throws(WaybillError) {
        do {
            try self.init(YAMLReader.node(from: bytes, schema: .core), exists: exists)
        } catch {
            throw error.inFile(file)
        }
    }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "waybill.yaml")
        try fields.readVersion(Self.version)
        self.init(environments: [])
        if let node = fields.node("source") { source = try SourceSettings(node, exists: exists) }
        _ = try fields.required("environments")
        for entry in try fields.list("environments") {
            let environment = try EnvironmentEntry(entry, exists: exists)
            // Two environments over one folder or one name would prune each other's objects.
            for other in environments
            where other.name == environment.name
                || (other.path == environment.path && other.artifact == environment.artifact)
            {
                throw DocumentError(
                    at: entry.position, "environments: \(environment.name) has the name or the path of \(other.name)")
            }
            environments.append(environment)
        }
        try fields.finish()
    }
}

/// One environment: a folder of desired state and a namespace.
public struct EnvironmentEntry: Hashable, Sendable {
    public var name: String
    /// The folder whose kustomization is the desired state.
    public var path: String
    public var namespace: String
    /// Reviews that a promotion into this environment needs, beyond the repository's own rule.
    public var reviews: Int
    /// Papers that every image must have.
    public var require: [RequiredPaper]
    /// Whether objects that leave the folder leave the cluster.
    public var prune: Bool
    /// How many may leave it at once.
    public var pruneLimit = PruneLimit.standard
    /// What is done about changes by hand.
    public var drift = DriftMode.heal
    public var ignore: [IgnoreRule] = []
    /// The parts that are applied for themselves; none where the environment is one.
    public var applications: [ApplicationEntry] = []
    /// Folders whose every subfolder with a kustomization is an application.
    public var folders: [String] = []
    /// What a release must meet to come here.
    public var promotion = PromotionSettings()
    /// Values for `${name}` in rendered objects; nil leaves such text alone.
    public var variables: [String: String]?
    /// How objects of its own kinds say how they are.
    public var health: [CustomHealthRule] = []
    /// Images whose newest tags it follows.
    public var follow: [FollowSettings] = []
    /// The cluster by the name under which the installation knows it; nil for the one that it runs itself.
    public var cluster: String?
    /// The signed artifact that its objects are taken from; nil for the folders of this repository.
    public var artifact: ArtifactSettings?
    /// The program that makes its objects; nil for kustomize.
    public var render: RendererSettings?

    public init(
        name: String, path: String, namespace: String? = nil, reviews: Int = 0,
        require: [RequiredPaper] = RequiredPaper.allCases, prune: Bool = true
    ) {
        self.name = name
        self.path = path
        self.namespace = namespace ?? name
        self.reviews = reviews
        self.require = require
        self.prune = prune
    }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "environment")
        let name = try fields.requiredLabel("name")
        // What lies in an artifact is looked for there.
        let isElsewhere = fields.node("artifact") != nil
        let isThere: (String) -> Bool = { isElsewhere || exists($0) }
        self.init(name: name, path: try fields.requiredPath("path", exists: isThere))
        namespace = try fields.label("namespace") ?? name
        reviews = try fields.integer("reviews", in: 0...SourceSettings.reviewsMax) ?? reviews
        if let node = fields.node("require") { require = try RequiredPaper.list(node) }
        prune = try fields.bool("prune") ?? prune
        pruneLimit = try fields.pruneLimit() ?? pruneLimit
        drift = try fields.word("drift") ?? drift
        for entry in try fields.list("ignore") { ignore.append(try IgnoreRule(entry)) }
        folders = try fields.paths("application-folders", exists: isThere) ?? []
        variables = try fields.variables()
        for entry in try fields.list("health") { health.append(try CustomHealthRule(entry)) }
        for entry in try fields.list("follow") {
            follow.append(try FollowSettings(entry, in: path, exists: exists))
        }
        cluster = try fields.label("cluster")
        if let node = fields.node("artifact") { artifact = try ArtifactSettings(node, exists: exists) }
        if let node = fields.node("render") { render = try RendererSettings(node, exists: isThere) }
        try readApplications(&fields, isThere)
        try checkPlaces(node)
        if let node = fields.node("promotion") { promotion = try PromotionSettings(node, of: name, exists: exists) }
        try fields.finish()
    }

    /// Words that cannot be meant together: what would be left out of account is refused.
    private func checkPlaces(_ node: Node) throws(DocumentError) {
        let asks = drift == .refuse || applications.contains { $0.drift == .refuse }
        guard cluster == nil || !asks else {
            throw DocumentError(
                at: node.position,
                "environment.drift: refuse needs the cluster that this installation runs itself; write heal")
        }
        guard render == nil || folders.isEmpty else {
            throw DocumentError(
                at: node.position, "environment.render: folders are found by their kustomizations; list applications")
        }
        guard artifact == nil || follow.isEmpty else {
            throw DocumentError(
                at: node.position, "environment.follow: writes into this repository, and the objects are an artifact's")
        }
    }

    private mutating func readApplications(_ fields: inout Fields, _ exists: (String) -> Bool) throws(DocumentError) {
        let entries = try fields.list("applications")
        for entry in entries {
            let application = try ApplicationEntry(entry, in: self, exists: exists)
            for other in applications where other.name == application.name || other.path == application.path {
                throw DocumentError(
                    at: entry.position, "applications: \(application.name) has the name or the path of \(other.name)")
            }
            applications.append(application)
        }
        // Applications that folders bring are not known here and depend on nothing.
        guard let first = entries.first, folders.isEmpty else { return }
        do {
            let wanted = applications.map { ($0.name, $0.dependsOn) }
            _ = try DependencyOrder(Dictionary(wanted) { first, _ in first })
        } catch {
            throw DocumentError(at: first.position, "applications: \(error.message)")
        }
    }
}

/// A paper without which no image runs in an environment.
public enum RequiredPaper: String, Sendable, CaseIterable, Hashable {
    case provenance, sbom
    case testResult = "test-result"
    case vulnerabilities, verdict

    /// The statement that is this paper.
    public var predicateType: String {
        switch self {
        case .provenance: PredicateType.provenance
        case .sbom: PredicateType.cycloneDX
        case .testResult: PredicateType.testResult
        case .vulnerabilities: PredicateType.vulnerabilities
        case .verdict: PredicateType.verdict
        }
    }

    static func list(_ node: Node) throws(DocumentError) -> [RequiredPaper] {
        var papers: [RequiredPaper] = []
        for (text, position) in try Fields.texts(node, "environment.require") {
            guard let paper = RequiredPaper(rawValue: text) else {
                let words = allCases.map(\.rawValue)
                let hint = Spelling.nearest(to: text, among: words).map { ", did you mean “\($0)”?" } ?? ""
                throw DocumentError(
                    at: position,
                    "environment.require: \(Redaction.excerpt(text)) is not one of \(words.joined(separator: ", "))\(hint)"
                )
            }
            guard !papers.contains(paper) else {
                throw DocumentError(at: position, "environment.require: \(text) is named twice")
            }
            papers.append(paper)
        }
        return papers
    }
}
