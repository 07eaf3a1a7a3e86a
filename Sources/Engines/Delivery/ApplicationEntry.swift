import Documents
public import WaybillCore

/// One application of an environment: a folder that is applied, pruned and judged for itself.
public struct ApplicationEntry: Hashable, Sendable {
    public var name: String
    /// The folder whose kustomization is the desired state.
    public var path: String
    /// Where objects without a namespace are put.
    public var namespace: String
    /// Applications of the same environment that must be healthy first.
    public var dependsOn: [String]
    /// The service account in whose name it is applied; nil for the agent's own rights.
    public var serviceAccount: String?
    public var prune: Bool
    public var pruneLimit: PruneLimit
    public var drift: DriftMode
    public var ignore: [IgnoreRule]
    /// Namespaces beside its own in which its objects may be; `*` for all.
    public var namespaces: [String]
    /// Values for `${name}` in its rendered objects; nil leaves such text alone.
    public var variables: [String: String]?
    /// The program that makes its objects; nil for kustomize.
    public var render: RendererSettings?

    public init(
        name: String, path: String, namespace: String, dependsOn: [String] = [], serviceAccount: String? = nil,
        prune: Bool = true, pruneLimit: PruneLimit = .standard, drift: DriftMode = .heal, ignore: [IgnoreRule] = [],
        namespaces: [String] = ["*"], variables: [String: String]? = nil, render: RendererSettings? = nil
    ) {
        self.name = name
        self.path = path
        self.namespace = namespace
        self.dependsOn = dependsOn
        self.serviceAccount = serviceAccount
        self.prune = prune
        self.pruneLimit = pruneLimit
        self.drift = drift
        self.ignore = ignore
        self.namespaces = namespaces
        self.variables = variables
        self.render = render
    }

    /// Takes what is not written from the environment.
    init(_ node: Node, in environment: EnvironmentEntry, exists: (String) -> Bool) throws(DocumentError) {
        var fields = try Fields(node, of: "application")
        let name = try fields.requiredLabel("name")
        self.init(
            name: name, path: try fields.requiredPath("path", exists: exists), namespace: environment.namespace,
            prune: environment.prune, pruneLimit: environment.pruneLimit, drift: environment.drift,
            ignore: environment.ignore)
        namespace = try fields.label("namespace") ?? namespace
        dependsOn = try fields.strings("depends-on") ?? []
        serviceAccount = try fields.label("service-account")
        prune = try fields.bool("prune") ?? prune
        pruneLimit = try fields.pruneLimit() ?? pruneLimit
        drift = try fields.word("drift") ?? drift
        for entry in try fields.list("ignore") { ignore.append(try IgnoreRule(entry)) }
        namespaces = try fields.strings("namespaces") ?? []
        render = environment.render
        if let node = fields.node("render") { render = try RendererSettings(node, exists: exists) }
        variables = environment.variables
        if let own = try fields.variables() { variables = (variables ?? [:]).merging(own) { _, own in own } }
        try fields.finish()
    }
}

extension EnvironmentEntry {
    /// The environment as one application, where no others are declared.
    public var whole: ApplicationEntry {
        ApplicationEntry(
            name: name, path: path, namespace: namespace, prune: prune, pruneLimit: pruneLimit, drift: drift,
            ignore: ignore, variables: variables, render: render)
    }

    /// Whether it is made of named applications.
    public var isDivided: Bool { !applications.isEmpty || !folders.isEmpty }

    /// The most applications of an environment.
    public static let applicationsMax = 10_000

    /// Every application: those that are listed, and one for each folder below `folders` that holds a kustomization.
    ///
    /// - Parameter files: paths of the revision.
    public func allApplications(files: some Sequence<String>) throws(WaybillError) -> [ApplicationEntry] {
        guard isDivided else { return [whole] }
        var all = applications
        var taken = Set(applications.map(\.path))
        var names = Set(applications.map(\.name))
        var found: [String] = []
        for file in files where file.hasSuffix("/kustomization.yaml") {
            let folder = String(file.dropLast("/kustomization.yaml".count))
            guard let parent = folder.lastIndex(of: "/").map({ String(folder[..<$0]) }), folders.contains(parent),
                taken.insert(folder).inserted
            else { continue }
            found.append(folder)
        }
        for folder in found.sorted() {
            let name = String(folder[folder.index(after: folder.lastIndex(of: "/") ?? folder.startIndex)...])
            guard Self.isLabel(name), names.insert(name).inserted else {
                throw WaybillError(
                    .invalidInput,
                    "the folder's name is no application's: lower-case letters, digits and “-”, each once",
                    subject: folder)
            }
            var entry = whole
            entry.name = name
            entry.path = folder
            all.append(entry)
        }
        guard all.count <= Self.applicationsMax else {
            throw WaybillError(
                .limitExceeded, "more than \(Self.applicationsMax) applications", subject: "environment \(self.name)")
        }
        return all.sorted { $0.name.precedesByBytes($1.name) }
    }

    private static func isLabel(_ text: String) -> Bool {
        func isWord(_ byte: UInt8?) -> Bool { byte.map { (97...122).contains($0) || (48...57).contains($0) } ?? false }
        return text.utf8.count <= 63 && isWord(text.utf8.first) && isWord(text.utf8.last)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }
}

extension IgnoreRule {
    init(_ node: Node) throws(DocumentError) {
        var fields = try Fields(node, of: "ignore")
        self.init(
            group: try fields.string("group"), kind: try fields.text("kind"), namespace: try fields.text("namespace"),
            name: try fields.text("name"))
        for element in try fields.list("pointers") {
            guard let text = element.string, let pointer = Pointer(parsing: text), !pointer.tokens.isEmpty else {
                throw DocumentError(at: element.position, "ignore.pointers: expected a pointer such as /spec/replicas")
            }
            pointers.append(pointer)
        }
        managers = try fields.strings("managers") ?? []
        rego = try fields.paths("rego", exists: { _ in true }) ?? []
        guard !pointers.isEmpty || !managers.isEmpty || !rego.isEmpty else {
            throw DocumentError(
                at: node.position, "ignore: names neither pointers nor managers nor rego, and would do nothing")
        }
        try fields.finish()
    }
}

extension Fields {
    mutating func pruneLimit() throws(DocumentError) -> PruneLimit? {
        guard let node = node("prune-limit") else { return nil }
        let text = node.string ?? node.scalar?.integer.map { String($0) }
        guard let limit = text.flatMap(PruneLimit.init(setting:)) else {
            throw DocumentError(at: node.position, "\(name).prune-limit: expected a number or a share such as 25%")
        }
        return limit
    }
}

extension Fields {
    /// The longest value of a variable, in bytes, and the most of them.
    private static let variableBytesMax = 64 << 10
    private static let variablesMax = 1000

    /// Names of shells' variables with texts; numbers and booleans must be quoted, because how they are written counts.
    mutating func variables() throws(DocumentError) -> [String: String]? {
        guard let node = node("variables") else { return nil }
        guard let members = node.members, members.count <= Self.variablesMax else {
            throw DocumentError(
                at: node.position,
                "\(name).variables: expected at most \(Self.variablesMax) names with their texts, found \(node.typeName)"
            )
        }
        var variables: [String: String] = [:]
        for member in members {
            let isName =
                member.key.utf8.first.map { !(48...57).contains($0) } == true
                && member.key.utf8.allSatisfy { byte in
                    (97...122).contains(byte | 0x20) && byte != 0x40 || (48...57).contains(byte) || byte == 0x5F
                }
            guard isName else {
                throw DocumentError(
                    at: member.keyPosition,
                    "\(name).variables: \(Redaction.excerpt(member.key)) is not a name of letters, digits and “_”")
            }
            guard let text = member.node.string, text.utf8.count <= Self.variableBytesMax else {
                throw DocumentError(
                    at: member.node.position,
                    "\(name).variables.\(member.key): expected a text of at most \(Self.variableBytesMax) bytes; put it in quotes"
                )
            }
            variables[member.key] = text
        }
        return variables
    }
}
