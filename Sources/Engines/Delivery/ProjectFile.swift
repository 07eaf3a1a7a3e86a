import Documents
public import WaybillCore

/// The one file that a team writes: `waybill.yaml` at the root of its repository.
///
/// Everything but `version`, `name` and `owner` has a default that is the safe choice.
public struct ProjectFile: Hashable, Sendable {
    /// Where the file stands in a repository.
    public static let path = "waybill.yaml"
    /// The version of the format that this program reads.
    public static let version = 1
    /// The most entries that any list of the file may have.
    static let entriesMax = 1000

    /// The project's name: a DNS label.
    public var name: String
    /// Who answers for the project.
    public var owner: Identity
    public var source: SourceSettings
    public var build: BuildSettings
    public var test: TestSettings
    public var scan: ScanSettings
    public var posture: PostureSettings
    public var policy: PolicySettings
    public var exceptions: [ExceptionEntry]
    public var environments: [ProjectEnvironment]
    /// Other projects whose newest images go with this one's into a release.
    public var releasesWith: [String] = []

    public init(
        name: String, owner: Identity, source: SourceSettings = .init(), build: BuildSettings? = nil,
        test: TestSettings = .init(), scan: ScanSettings = .init(), posture: PostureSettings = .init(),
        policy: PolicySettings = .init(), exceptions: [ExceptionEntry] = [], environments: [ProjectEnvironment] = []
    ) {
        self.name = name
        self.owner = owner
        self.source = source
        self.build = build ?? BuildSettings(image: name)
        self.test = test
        self.scan = scan
        self.posture = posture
        self.policy = policy
        self.exceptions = exceptions
        self.environments = environments
    }

    /// Reads the file. Unknown and duplicate keys, wrong types, paths that leave the repository and paths for which
    /// `exists` says no are errors that name the line.
    public init(
        parsing bytes: some Collection<UInt8>, file: String = ProjectFile.path, exists: (String) -> Bool = { _ in true }
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
        let name = try fields.requiredLabel("name")
        self.init(name: name, owner: try fields.requiredIdentity("owner"))
        if let node = fields.node("source") { source = try SourceSettings(node, exists: exists) }
        if let node = fields.node("build") { build = try BuildSettings(node, image: name, exists: exists) }
        if let node = fields.node("test") { test = try TestSettings(node, exists: exists) }
        if let node = fields.node("scan") { scan = try ScanSettings(node) }
        if let node = fields.node("posture") { posture = try PostureSettings(node, exists: exists) }
        if let node = fields.node("policy") { policy = try PolicySettings(node, exists: exists) }
        for entry in try fields.list("exceptions") { exceptions.append(try ExceptionEntry(entry)) }
        var names = Set<String>()
        for entry in try fields.list("environments") {
            let environment = try ProjectEnvironment(entry)
            guard names.insert(environment.name).inserted else {
                throw DocumentError(at: entry.position, "environments: \(environment.name) is named twice")
            }
            environments.append(environment)
        }
        releasesWith = try Self.releasesWith(&fields, of: name)
        try fields.finish()
    }

    private static func releasesWith(_ fields: inout Fields, of name: String) throws(DocumentError) -> [String] {
        guard let node = fields.node("release") else { return [] }
        var release = try Fields(node, of: "release")
        var projects: [String] = []
        if let list = release.node("with") {
            for (text, position) in try Fields.texts(list, "release.with") {
                guard text != name, !projects.contains(text) else {
                    throw DocumentError(at: position, "release.with: \(Redaction.excerpt(text)) is in it already")
                }
                projects.append(text)
            }
        }
        try release.finish()
        return projects
    }
}

/// Where the project goes after its gates: a folder of an environment repository.
public struct ProjectEnvironment: Hashable, Sendable {
    public var name: String
    /// The environment repository's name at the forge.
    public var repository: String
    /// The folder of the project's kustomization in it.
    public var path: String
    public var namespace: String

    public init(name: String, repository: String, path: String, namespace: String? = nil) {
        self.name = name
        self.repository = repository
        self.path = path
        self.namespace = namespace ?? name
    }

    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "environment")
        let name = try fields.requiredLabel("name")
        let repository = try fields.requiredPath("repository", exists: { _ in true })
        let path = try fields.requiredPath("path", exists: { _ in true })
        self.init(name: name, repository: repository, path: path, namespace: try fields.label("namespace"))
        try fields.finish()
    }
}
