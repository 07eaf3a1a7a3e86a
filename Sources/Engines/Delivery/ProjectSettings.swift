import Documents
public import WaybillCore

/// Who may change a repository's protected branches.
public struct SourceSettings: Hashable, Sendable {
    /// The most reviews that a rule may ask for.
    static let reviewsMax = 10

    /// Branches that take only signed, reviewed fast-forwards.
    public var protect: [String]
    /// The OpenSSH allowed signers file, read at the old head of the branch.
    public var signers: String
    /// Reviews by people who wrote no commit of the change.
    public var reviews: Int

    public init(protect: [String] = ["main"], signers: String = ".waybill/allowed_signers", reviews: Int = 1) {
        self.protect = protect
        self.signers = signers
        self.reviews = reviews
    }

    /// Reads the `source` section of a `waybill.yaml` and nothing else of it: what guards a branch must be readable
    /// although the rest of the file is wrong. Without a section the standard settings hold. Throws where the file is
    /// no mapping, and for a section with an unknown key or a wrong value.
    public init(parsing bytes: some Collection<UInt8>, file: String = ProjectFile.path) throws(WaybillError) {
        do throws(DocumentError) {
            let root = try YAMLReader.node(from: bytes, schema: .core)
            guard root.members != nil else {
                throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
            }
            guard let section = root["source"], section.scalar != .null else {
                self.init()
                return
            }
            try self.init(section) { _ in true }
        } catch {
            throw error.inFile(file)
        }
    }

    /// Whether a reference is a protected branch; `main` always is one.
    public func protects(_ reference: String) -> Bool {
        (protect + ["main"]).contains { "refs/heads/\($0)".utf8.elementsEqual(reference.utf8) }
    }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        self.init()
        var fields = try Fields(node, of: "source")
        if let names = fields.node("protect") {
            protect = []
            for name in try Fields.texts(names, "source.protect") {
                guard Self.isBranch(name.text) else {
                    throw DocumentError(
                        at: name.position, "source.protect: \(Redaction.excerpt(name.text)) is not a branch name")
                }
                protect.append(name.text)
            }
        }
        signers = try fields.path("signers", exists: exists) ?? signers
        reviews = try fields.integer("reviews", in: 0...Self.reviewsMax) ?? reviews
        try fields.finish()
    }

    /// The part of git-check-ref-format(1) that people meet.
    private static func isBranch(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.count <= 200 && !name.contains("..") && !name.hasPrefix("-")
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") && !$0.hasSuffix(".") }
            && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"~^:?*[\\@{".utf8.contains($0) }
    }
}

/// How the image is built.
public struct BuildSettings: Hashable, Sendable {
    /// What a build step may reach.
    public enum Network: String, Sendable, CaseIterable, Hashable {
        /// Nothing but its own loopback.
        case none
        /// The host's network; provenance records it.
        case host
    }

    public var containerfile: String
    public var context: String
    /// The repository that the image is pushed to, without registry and tag.
    public var image: String
    public var memoryBytes: Int
    public var timeout: Duration
    public var network: Network

    public init(
        containerfile: String = "Containerfile", context: String = ".", image: String, memoryBytes: Int = 512 << 20,
        timeout: Duration = .seconds(600), network: Network = .none
    ) {
        self.containerfile = containerfile
        self.context = context
        self.image = image
        self.memoryBytes = memoryBytes
        self.timeout = timeout
        self.network = network
    }

    init(_ node: Node, image: String, exists: (String) -> Bool) throws(DocumentError) {
        self.init(image: image)
        var fields = try Fields(node, of: "build")
        containerfile = try fields.path("containerfile", exists: exists) ?? containerfile
        context = try fields.path("context", exists: exists) ?? context
        self.image = try fields.imageName("image") ?? image
        memoryBytes = try fields.size("memory", in: 16 << 20...1 << 40) ?? memoryBytes
        timeout = try fields.duration("timeout", in: .seconds(1)...(.seconds(86400))) ?? timeout
        network = try fields.word("network") ?? network
        try fields.finish()
    }
}

/// Which tests the image must pass.
public struct TestSettings: Hashable, Sendable {
    /// goss files.
    public var goss: [String]

    public init(goss: [String] = []) { self.goss = goss }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "test")
        self.init(goss: try fields.paths("goss", exists: exists) ?? [])
        try fields.finish()
    }
}

/// What a gate does about a finding.
public enum GateAction: String, Sendable, CaseIterable, Hashable {
    case deny, warn, allow
}

/// Which scan results close the gate.
public struct ScanSettings: Hashable, Sendable {
    /// Vulnerabilities of this severity and above.
    public var deny: Severity
    public var secrets: GateAction
    /// An image or an ecosystem that the scanner cannot judge.
    public var unknown: GateAction
    /// Advisory data that was imported longer ago says too little about today: it counts as unknown. Whole days.
    public var advisoryAge: Duration

    public init(
        deny: Severity = .high, secrets: GateAction = .deny, unknown: GateAction = .deny,
        advisoryAge: Duration = .seconds(30 * 86_400)
    ) {
        self.deny = deny
        self.secrets = secrets
        self.unknown = unknown
        self.advisoryAge = advisoryAge
    }

    public var advisoryAgeDays: Int { Int(advisoryAge.components.seconds / 86_400) }

    init(_ node: Node) throws(DocumentError) {
        self.init()
        var fields = try Fields(node, of: "scan")
        deny = try fields.word("deny") ?? deny
        secrets = try fields.word("secrets") ?? secrets
        unknown = try fields.word("unknown") ?? unknown
        advisoryAge =
            try fields.duration("advisory-age", in: .seconds(86_400)...(.seconds(3650 * 86_400))) ?? advisoryAge
        try fields.finish()
    }
}

/// Which manifests are judged, and what about them closes the gate.
public struct PostureSettings: Hashable, Sendable {
    /// A level of the Pod Security Standards.
    public enum PodSecurity: String, Sendable, CaseIterable, Hashable {
        case privileged, baseline, restricted
    }

    /// Files and folders with Kubernetes manifests or kustomizations.
    public var manifests: [String]
    public var deny: Severity
    public var podSecurity: PodSecurity

    public init(manifests: [String] = [], deny: Severity = .high, podSecurity: PodSecurity = .restricted) {
        self.manifests = manifests
        self.deny = deny
        self.podSecurity = podSecurity
    }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        self.init()
        var fields = try Fields(node, of: "posture")
        manifests = try fields.paths("manifests", exists: exists) ?? manifests
        deny = try fields.word("deny") ?? deny
        podSecurity = try fields.word("pod-security") ?? podSecurity
        try fields.finish()
    }
}

/// The team's own policy: folders of Rego modules in packages `waybill.*`.
public struct PolicySettings: Hashable, Sendable {
    public var paths: [String]

    public init(paths: [String] = []) { self.paths = paths }

    init(_ node: Node, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "policy")
        self.init(paths: try fields.paths("paths", exists: exists) ?? [])
        try fields.finish()
    }
}

/// A finding that the team accepts for a while.
public struct ExceptionEntry: Hashable, Sendable {
    /// The rule's or advisory's name.
    public var rule: String
    /// A glob over the finding's place: `app/**`; `**` for everywhere.
    public var place: String
    public var owner: Identity
    public var reason: String
    /// The last day on which it holds.
    public var expires: CalendarDate

    public init(rule: String, place: String = "**", owner: Identity, reason: String, expires: CalendarDate) {
        self.rule = rule
        self.place = place
        self.owner = owner
        self.reason = reason
        self.expires = expires
    }

    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "exception")
        self.init(
            rule: try fields.requiredText("rule"), place: try fields.text("place") ?? "**",
            owner: try fields.requiredIdentity("owner"), reason: try fields.requiredText("reason"),
            expires: try fields.requiredDate("expires"))
        try fields.finish()
    }
}
