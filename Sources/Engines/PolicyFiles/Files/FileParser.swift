import ConfigurationFiles
public import Documents
public import WaybillCore

/// The formats of files that policies can read, by the names that `--parser` takes.
public enum FileParser: String, Sendable, CaseIterable {
    case cyclonedx, dockerfile, dotenv, edn, hcl2, hocon, ignore, ini, json, jsonc, properties, spdx, textproto, toml
    case xml, yaml

    /// Names that conftest's users know, of formats that are not read.
    public static let unsupported = ["cue", "groovy", "hcl1", "jsonnet", "nginx", "vcl"]

    /// By its name. Throws `.unsupported` for a format that is known and not read.
    public init(named name: String) throws(WaybillError) {
        if let parser = FileParser(rawValue: name.lowercased()) {
            self = parser
            return
        }
        guard !Self.unsupported.contains(name.lowercased()) else { throw Self.refusal(name, subject: name) }
        let names = Self.allCases.map(\.rawValue)
        let hint = Spelling.nearest(to: name, among: names).map { ", did you mean \($0)?" } ?? ""
        throw WaybillError(
            .invalidInput, "there is no parser \(name)\(hint)", subject: name,
            remedy: "parsers: \(names.joined(separator: ", "))")
    }

    /// By the file's name; nil where the name says nothing. Standard input, `-`, is YAML.
    /// Throws `.unsupported` where the name says a format that is not read.
    public init?(file path: String) throws(WaybillError) {
        guard path != "-" else {
            self = .yaml
            return
        }
        let name = (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
        if let known = Self.byName(name) {
            self = known
            return
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let ending = parts.last.map(String.init) else { return nil }
        if let known = Self.endings[ending] ?? FileParser(rawValue: ending) {
            self = known
            return
        }
        guard !Self.unsupportedEndings.contains(ending) else { throw Self.refusal(ending, subject: path) }
        return nil
    }

    private static func byName(_ name: String) -> FileParser? {
        for word in ["dockerfile", "containerfile"] {
            if name == word || name.hasSuffix("." + word) { return .dockerfile }
            // `Dockerfile.debug`, `Dockerfile-dev`, `Dockerfile2`: never anything else by guess.
            if name.hasPrefix(word), let next = name.utf8.dropFirst(word.utf8.count).first,
                !(97...122).contains(next), !name.hasSuffix("ignore")
            {
                return .dockerfile
            }
        }
        if name == ".env" || name.hasPrefix(".env.") || name.hasSuffix(".env") { return .dotenv }
        if name.hasPrefix("."), name.hasSuffix("ignore") { return .ignore }
        if name.hasSuffix(".cdx.json") || name.hasSuffix(".cdx.xml") { return .cyclonedx }
        if name.hasSuffix(".spdx.json") { return .spdx }
        return nil
    }

    private static let endings: [String: FileParser] = [
        "yml": .yaml, "tf": .hcl2, "tfvars": .hcl2, "hcl": .hcl2, "conf": .hocon, "gitignore": .ignore,
        "dockerignore": .ignore, "textpb": .textproto, "pbtxt": .textproto,
    ]

    private static let unsupportedEndings: Set<String> = ["cue", "groovy", "hcl1", "jsonnet", "libsonnet", "vcl"]

    private static func refusal(_ name: String, subject: String) -> WaybillError {
        WaybillError(
            .unsupported, "\(name) is not read", subject: subject,
            remedy: "render it to JSON or YAML first, and test that")
    }

    /// The file's document. A YAML stream of several documents is a list of them, as a Dockerfile is a list of one.
    public func node(from bytes: [UInt8], file: String, limits: DocumentLimits = .standard) throws(WaybillError)
        -> Node
    {
        guard self != .dockerfile else { return try DockerfileDocument.conftest(bytes, file: file) }
        do {
            return try document(bytes, limits)
        } catch {
            throw error.inFile(file, remedy: "the file was read as \(rawValue); name another parser with --parser")
        }
    }

    private func document(_ bytes: [UInt8], _ limits: DocumentLimits) throws(DocumentError) -> Node {
        switch self {
        case .json: return try JSONReader.node(from: bytes, limits: limits)
        case .jsonc: return try JSONCReader.node(from: bytes, limits: limits)
        case .yaml: return try Self.yaml(bytes, limits)
        case .toml: return try TOMLReader.node(from: bytes, limits: limits)
        case .ini: return try INIReader.node(from: bytes, limits: limits)
        case .dotenv: return try DotenvReader.node(from: bytes, limits: limits)
        case .properties: return try PropertiesReader.node(from: bytes, limits: limits)
        case .xml: return try XMLReader.node(from: bytes, limits: limits)
        case .hcl2: return try HCLReader.node(from: bytes, limits: limits)
        case .hocon: return try HOCONReader.node(from: bytes, limits: limits)
        case .edn: return try EDNReader.node(from: bytes, limits: limits)
        case .ignore: return try IgnoreReader.node(from: bytes, limits: limits)
        case .cyclonedx: return try CycloneDXReader.node(from: bytes, limits: limits)
        case .spdx: return try SPDXReader.node(from: bytes, limits: limits)
        case .textproto: return try TextProtoReader.node(from: bytes, limits: limits)
        case .dockerfile: throw DocumentError(at: .start, "a Dockerfile is read elsewhere")
        }
    }

    /// Almost every text is YAML: a document that is nothing but text was something else.
    private static func yaml(_ bytes: [UInt8], _ limits: DocumentLimits) throws(DocumentError) -> Node {
        let nodes = try YAMLReader.nodes(from: bytes, limits: limits)
        for node in nodes {
            if case .string? = node.scalar {
                throw DocumentError(at: node.position, "the document is nothing but text, expected an object or a list")
            }
        }
        guard nodes.count != 1 else { return nodes[0] }
        return nodes.isEmpty ? Node(.scalar(.null), at: .start) : Node(.array(nodes), at: .start)
    }
}
