public import Documents
public import Rego
public import WaybillCore

/// A bundle's `.manifest`: what it is and which part of the documents it owns.
public struct BundleManifest: Sendable, Hashable {
    public var revision: String
    /// Paths without a slash at either end; one empty root owns everything.
    public var roots: [String]
    /// The Rego that modules are written in, where no pattern says otherwise; nil leaves it to the reader.
    public var regoVersion: RegoVersion?
    /// Versions by path pattern, `*` within a folder and `**` across, in the order of the manifest.
    public var fileRegoVersions: [FileVersion]
    public var metadata: Object
    /// Entrypoints of compiled modules, kept as they are.
    public var wasm: [Value]

    public struct FileVersion: Sendable, Hashable {
        public var pattern: String
        public var version: RegoVersion
    }

    public static let path = ".manifest"

    public init(
        revision: String = "", roots: [String] = [""], regoVersion: RegoVersion? = nil,
        fileRegoVersions: [FileVersion] = [], metadata: Object = [:], wasm: [Value] = []
    ) {
        self.revision = revision
        self.roots = roots
        self.regoVersion = regoVersion
        self.fileRegoVersions = fileRegoVersions
        self.metadata = metadata
        self.wasm = wasm
    }

    public init(parsing bytes: [UInt8], subject: String) throws(WaybillError) {
        do {
            self = try Self.read(bytes)
        } catch {
            throw error.inFile("\(subject)/\(Self.path)")
        }
        try checkRoots(subject: subject)
    }

    private static func read(_ bytes: [UInt8]) throws(DocumentError) -> BundleManifest {
        let node = try JSONReader.node(from: bytes)
        var fields = try Fields(node, of: "manifest")
        var manifest = BundleManifest(revision: try fields.string("revision") ?? "")
        if let roots = try fields.strings("roots") { manifest.roots = roots.map(plain) }
        if let number = try fields.integer("rego_version", in: 0...1) { manifest.regoVersion = version(number) }
        for member in try fields.members("file_rego_versions") ?? [] {
            guard let number = member.node.scalar?.integer, (0...1).contains(number) else {
                throw DocumentError(
                    at: member.node.position, "manifest.file_rego_versions.\(member.key): expected 0 or 1")
            }
            manifest.fileRegoVersions.append(FileVersion(pattern: member.key, version: version(number)))
        }
        for member in try fields.members("metadata") ?? [] { manifest.metadata[member.key] = member.node.value }
        manifest.wasm = (try fields.elements("wasm") ?? []).map(\.value)
        try fields.finish()
        return manifest
    }

    private static func version(_ number: Int) -> RegoVersion { number == 0 ? .v0 : .v1 }
    private static func plain(_ root: String) -> String { root.split(separator: "/").joined(separator: "/") }

    private func checkRoots(subject: String) throws(WaybillError) {
        for (index, root) in roots.enumerated() {
            for other in roots[(index + 1)...] where Self.overlap(root, other) {
                throw WaybillError(
                    .invalidInput, "the manifest has overlapping roots: \(Self.quoted(root)) and \(Self.quoted(other))",
                    subject: subject, remedy: "name each part of the documents once")
            }
        }
    }

    static func quoted(_ root: String) -> String { "'\(root)'" }

    /// Whether one of two roots lies within the other.
    public static func overlap(_ one: String, _ other: String) -> Bool {
        let (left, right) = (one.split(separator: "/"), other.split(separator: "/"))
        return left.starts(with: right) || right.starts(with: left)
    }

    /// Whether a root holds the path.
    public func owns(_ path: [String]) -> Bool {
        roots.contains { root in
            let parts = root.split(separator: "/").map(String.init)
            return path.count >= parts.count && zip(parts, path).allSatisfy { $0.hasSameBytes(as: $1) }
        }
    }

    /// The version of a module by its path; nil where the manifest does not say.
    public func version(of path: String) -> RegoVersion? {
        for rule in fileRegoVersions {
            // A pattern is of the whole path, also where it is one name.
            let plain = rule.pattern.split(separator: "/").joined(separator: "/")
            if plain == path || plain.contains("/") && PathPattern(plain).matches(path)
                || !plain.contains("/") && !path.contains("/") && PathPattern(plain).matches(path)
            {
                return rule.version
            }
        }
        return regoVersion
    }

    /// As JSON, keys in the order that OPA writes them.
    public var value: Value {
        var object: Object = ["revision": .string(revision), "roots": .array(roots.map(Value.string))]
        if !wasm.isEmpty { object["wasm"] = .array(wasm) }
        if !metadata.isEmpty { object["metadata"] = .object(metadata) }
        if let regoVersion { object["rego_version"] = .integer(regoVersion == .v0 ? 0 : 1) }
        if !fileRegoVersions.isEmpty {
            object["file_rego_versions"] = .object(
                Object(fileRegoVersions.map { (key: $0.pattern, value: .integer($0.version == .v0 ? 0 : 1)) }))
        }
        return .object(object)
    }
}
