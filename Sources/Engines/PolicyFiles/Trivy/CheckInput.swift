import Documents
import Rego
import WaybillCore

/// A document as Trivy's checks see it.
struct CheckInput {
    /// Words that selectors use for documents that come from files.
    static let typesKnown: Set<String> = ["dockerfile", "kubernetes", "rbac", "yaml", "json", "toml"]

    let file: String
    let node: Node
    let value: RegoValue
    let types: Set<String>
    /// Of a Kubernetes object.
    let kind: String?
    let name: String?

    /// The file's documents. Files of other formats have none.
    static func inputs(path: String, bytes: [UInt8], parser: FileParser?) throws(WaybillError) -> [CheckInput] {
        let chosen: FileParser? = if let parser { parser } else { try FileParser(file: path) }
        guard let parser = chosen else { return [] }
        switch parser {
        case .dockerfile:
            let node = try DockerfileDocument.trivy(bytes, file: path)
            return [CheckInput(file: path, node: node, types: ["dockerfile"])]
        case .yaml, .json, .toml:
            let parsed = try ParsedFile(path: path, bytes: bytes, parser: parser)
            let documents = parser == .yaml ? parsed.documents : [parsed.node]
            return documents.filter { $0.scalar != .null }.map {
                CheckInput(file: path, node: $0, types: [parser.rawValue])
            }
        default: return []
        }
    }

    private init(file: String, node: Node, types: Set<String>) {
        self.file = file
        self.node = node
        let isObject = node["apiVersion"]?.string != nil && node["kind"]?.string != nil
        kind = isObject ? node["kind"]?.string : nil
        name = node["metadata"]?["name"]?.string
        self.types = isObject ? types.union(["kubernetes", "rbac"]) : types
        value = isObject ? Self.withLines(node, file) : RegoValue(node.value)
    }

    /// Every object says where it stands, in the member that Trivy's checks read.
    private static func withLines(_ node: Node, _ file: String) -> RegoValue {
        switch node.content {
        case .scalar(let value): return RegoValue(value)
        case .array(let elements): return .array(elements.map { withLines($0, file) })
        case .object(let members):
            var result = members.map { RegoObject.Member(key: .string($0.key), value: withLines($0.node, file)) }
            let place: RegoValue = [
                "startline": .int(node.position.line), "endline": .int(lastLine(node)), "filepath": .string(file),
            ]
            result.append(.init(key: "__defsec_metadata", value: place))
            return .object(RegoObject(result))
        }
    }

    private static func lastLine(_ node: Node) -> Int {
        switch node.content {
        case .scalar: node.position.line
        case .array(let elements): elements.last.map(lastLine) ?? node.position.line
        case .object(let members): members.last.map { lastLine($0.node) } ?? node.position.line
        }
    }
}
