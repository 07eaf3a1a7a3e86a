import Documents
import Kubernetes
import WaybillCore

/// Reads request bodies: the document, and what its type has to say about it.
struct BodyReader {
    /// As the real server's limit for JSON and YAML.
    static let bytesMax = 3 << 20

    /// The document of a body. YAML where the content type says so, JSON everywhere else.
    static func document(_ request: APIRequest) throws(APIError) -> Value {
        let type = request.contentType.prefix { $0 != ";" }.lowercased()
        if type == "application/vnd.kubernetes.protobuf" { return try ProtobufBody.document(request.body) }
        switch type {
        case "", "application/json", "application/json-patch+json", "application/merge-patch+json",
            "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/yaml":
            break
        default:
            throw APIError(
                code: 415, reason: "UnsupportedMediaType",
                message:
                    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
                details: Object())
        }
        do {
            if type.hasSuffix("yaml") {
                return try YAMLReader.node(from: request.body, limits: .init(depthMax: 256, bytesMax: bytesMax)).value
            }
            return try JSONReader.value(from: request.body, limits: .init(depthMax: 256, bytesMax: bytesMax))
        } catch {
            let what =
                type == "application/apply-patch+yaml" ? "error decoding YAML" : "the object provided is unrecognized"
            throw .badRequest("\(what): \(error)")
        }
    }

    /// An object of the type from a body: kind and version checked, unknown fields refused, warned about or dropped
    /// as `fieldValidation` asks.
    static func object(
        _ document: Value, _ type: ResourceType, _ request: APIRequest, _ warnings: inout [String]
    ) throws(APIError) -> Value {
        var document = document
        guard document.object != nil else {
            throw .badRequest("the object provided is unrecognized (must be of type \(type.kind.kind))")
        }
        document.fill(["apiVersion"], .string(type.kind.apiVersion))
        document.fill(["kind"], .string(type.kind.kind))
        let (version, kind) = (document["apiVersion"]?.string ?? "", document["kind"]?.string ?? "")
        guard kind == type.kind.kind else {
            throw .badRequest(
                "\(kind) in version \"\(version)\" cannot be handled as a \(type.kind.kind): converting (\(kind)) to (\(type.kind.kind)): unknown conversion"
            )
        }
        guard version == type.kind.apiVersion else {
            throw .badRequest(
                "the API version in the data (\(version)) does not match the expected API version (\(type.kind.apiVersion))"
            )
        }
        return try checked(document, type, request, &warnings)
    }

    static func checked(
        _ document: Value, _ type: ResourceType, _ request: APIRequest, _ warnings: inout [String]
    ) throws(APIError) -> Value {
        let checker = SchemaChecker()
        var unknown: [String] = []
        for problem in checker.problems(in: document, kind: type.kind) {
            switch problem {
            case .unknownField(let path): unknown.append("unknown field \"\(path)\"")
            case .wrongType(let path, let expected, let found):
                throw .badRequest(
                    "\(type.kind.kind) in version \"\(type.kind.version)\" cannot be handled as a \(type.kind.kind): "
                        + mismatch(path, expected, found, type))
            }
        }
        switch request.parameter("fieldValidation") ?? "Warn" {
        case "Ignore": break
        case "Strict" where !unknown.isEmpty:
            throw .badRequest(
                "\(type.kind.kind) in version \"\(type.kind.version)\" cannot be handled as a \(type.kind.kind): strict decoding error: "
                    + unknown.joined(separator: ", "))
        default: warnings += unknown
        }
        return checker.pruned(document, kind: type.kind)
    }

    /// As Go's decoder words it, as far as the table knows.
    private static func mismatch(_ path: String, _ expected: SchemaType, _ found: Value, _ type: ResourceType) -> String
    {
        if case .scalar(.quantity) = expected {
            return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        }
        let word =
            switch expected {
            case .scalar(.int32): "int32"
            case .scalar(.int64): "int64"
            case .scalar(.bool): "bool"
            case .scalar: "string"
            case .list: "[]"
            default: "map"
            }
        let fields = path.split(separator: "[").first.map(String.init) ?? path
        let kind = found.typeName == "boolean" ? "bool" : found.typeName
        return "json: cannot unmarshal \(kind) into Go struct field \(type.kind.kind).\(fields) of type \(word)"
    }
}
