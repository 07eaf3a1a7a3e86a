import Documents
public import OCI
public import WaybillCore

/// The tests of a goss file, read and checked, ready to be evaluated against an image.
public struct ImageTestPlan: Sendable {
    var resources: [TestResource]
    /// The file's name, for places.
    var file: String

    /// Reads a goss file in YAML or JSON. Unknown keys, unknown matchers and templates are errors with their position.
    public init(parsing bytes: some Collection<UInt8>, file: String) throws(WaybillError) {
        let bytes = Array(bytes)
        if bytes.contains(Array("{{".utf8)) {
            throw WaybillError(
                .unsupported, "the file holds Go templates", subject: file,
                remedy: "render it first: goss --gossfile \(file) render")
        }
        do {
            try self.init(YAMLReader.node(from: bytes, schema: .core), file: file)
        } catch {
            throw error.inFile(file)
        }
    }

    private init(_ node: Node, file: String) throws(DocumentError) {
        self.file = file
        resources = []
        if node.scalar == .null { throw DocumentError(at: node.position, "the file holds no tests") }
        var fields = try Fields(node, of: "goss file")
        for type in ResourceType.allCases {
            for member in try fields.members(type.rawValue) ?? [] {
                resources.append(try TestResource(type, id: member.key, member.node, at: member.keyPosition))
            }
        }
        if let included = fields.node("gossfile") {
            throw DocumentError(
                at: included.position, "gossfile: including other files is not supported; render the file first")
        }
        try fields.finish()
        guard !resources.isEmpty else { throw DocumentError(at: node.position, "the file holds no tests") }
    }

    /// How many resources are tested.
    public var resourceCount: Int { resources.count }

    /// Judges every test. What cannot be judged without a running system counts as not passed and says so.
    ///
    /// - Parameters:
    ///   - tree: the image's files.
    ///   - packages: what is installed, by name, with versions.
    ///   - run: runs commands in the image; without it, tests of commands are reported as unsupported.
    public func evaluate(
        tree: FileTree, packages: [String: [String]] = [:], run: CommandRunner? = nil
    ) async -> ImageTestReport {
        let accounts = Accounts(tree)
        var results: [ImageTestResult] = []
        for resource in resources.sorted(by: TestResource.inReadingOrder) {
            let subject: any TestSubject =
                switch resource.type {
                case .file: FileSubject(resource.id, tree, accounts)
                case .user: UserSubject(resource.id, accounts)
                case .group: GroupSubject(resource.id, accounts)
                case .package: PackageSubject(versions: packages[resource.id])
                case .command: await CommandSubject(resource, run)
                case .matching: MatchingSubject(resource)
                case .service: ServiceSubject(resource.id, tree)
                default: UnsupportedSubject(type: resource.type)
                }
            results += resource.results(subject, file: file)
        }
        return ImageTestReport(results: results)
    }
}

/// Runs a command line in the image, through its shell.
public typealias CommandRunner =
    @Sendable (_ commandLine: String, _ timeoutMilliseconds: Int) async throws(WaybillError) -> CommandResult

/// How a command in the image ended.
public struct CommandResult: Sendable {
    public var exitStatus: Int
    public var output: [UInt8]
    public var errorOutput: [UInt8]

    public init(exitStatus: Int, output: [UInt8], errorOutput: [UInt8]) {
        self.exitStatus = exitStatus
        self.output = output
        self.errorOutput = errorOutput
    }
}
