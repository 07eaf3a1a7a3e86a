import Documents
import Kubernetes
import KubernetesAPI
import WaybillCore

/// A request's body as a document, with what its reader noticed.
struct RequestBody: Sendable {
    var document: Value
    /// Paths of members that came twice.
    var duplicates: [String] = []
    /// For clients: duplicates of a YAML body.
    var warnings: [String] = []
}

/// Reads request bodies: the document, and what its type has to say about it.
enum BodyReader {
    /// As the real server's limit for JSON and YAML.
    static let bytesMax = 3 << 20

    static let patchTypes: Set<String> = [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
    ]

    static func mediaType(_ request: APIRequest) -> String {
        var type = request.contentType.prefix { $0 != ";" }
        while type.last == " " { type = type.dropLast() }
        return type.lowercased()
    }

    static func unsupportedMediaType(_ accepted: String) -> APIError {
        APIError(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: \(accepted)",
            details: nil)
    }

    /// The document of a body. YAML where the content type says so, JSON everywhere else. `kind` is for messages.
    static func body(_ request: APIRequest, kind: String) throws(APIError) -> RequestBody {
        let type = mediaType(request)
        switch type {
        case "application/vnd.kubernetes.protobuf":
            return RequestBody(document: try ProtobufBody.document(request.body))
        case "", "application/json": break
        case "application/yaml": return try yaml(request.body, prefix: "")
        default:
            guard patchTypes.contains(type) else {
                throw unsupportedMediaType("application/json, application/yaml, application/vnd.kubernetes.protobuf")
            }
        }
        if type == "application/apply-patch+yaml" { return try yaml(request.body, prefix: "error decoding YAML: ") }
        do throws(GoJSON.Failure) {
            let (value, duplicates) = try GoJSON.read(request.body)
            return RequestBody(document: value, duplicates: duplicates)
        } catch {
            if type.hasSuffix("patch+json") { throw .badRequest(error.message) }
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; json parse error: \(error.message) (\(summary(request.body)))"
            )
        }
    }

    static func document(_ request: APIRequest, kind: String = "DeleteOptions") throws(APIError) -> Value {
        try body(request, kind: kind).document
    }

    /// The beginning of a body, as messages show it.
    static func summary(_ bytes: [UInt8]) -> String {
        guard let first = bytes.first else { return "<empty>" }
        let start = bytes.prefix(30)
        let more = bytes.count > 30 ? " ..." : ""
        if first == UInt8(ascii: "{") { return String(decoding: start, as: UTF8.self) + more }
        return Hex.encode(start) + more
    }

    private static func yaml(_ bytes: [UInt8], prefix: String) throws(APIError) -> RequestBody {
        var limits = DocumentLimits(depthMax: 256, bytesMax: bytesMax)
        limits.allowsDuplicateKeys = true
        do throws(DocumentError) {
            let node = try YAMLReader.node(from: bytes, limits: limits)
            var warnings: [String] = []
            duplicates(node, &warnings)
            return RequestBody(document: node.value, warnings: warnings)
        } catch {
            throw .badRequest("\(prefix)error converting YAML to JSON: yaml: \(yamlText(error))")
        }
    }

    /// A fault in YAML as the server's own reader words it: the parser counts lines from zero, the scanner from one.
    private static func yamlText(_ error: DocumentError) -> String {
        let text = error.message.split(separator: " while ", maxSplits: 1).first.map(String.init) ?? error.message
        let isOfParser = text.hasPrefix("did not find expected")
        let line = isOfParser ? error.position.line - 1 : error.position.line
        return line > 0 ? "line \(line): \(text)" : text
    }

    private static func duplicates(_ node: Documents.Node, _ warnings: inout [String]) {
        for member in node.members ?? [] {
            if let members = node.members,
                members.first(where: { $0.key.hasSameBytes(as: member.key) })?.keyPosition != member.keyPosition
            {
                warnings.append("line \(member.keyPosition.line): key \"\(member.key)\" already set in map")
            }
            duplicates(member.node, &warnings)
        }
        for element in node.elements ?? [] { duplicates(element, &warnings) }
    }

    /// An object of the type from a body: kind and version checked, unknown fields refused, warned about or dropped
    /// as `fieldValidation` asks.
    static func object(
        _ body: RequestBody, _ type: ResourceType, _ request: APIRequest, _ warnings: inout [String]
    ) throws(APIError) -> Value {
        var document = body.document
        guard document.object != nil else {
            if document.isNull { document = [:] }
            guard document.isNull || document.object != nil else {
                throw .badRequest(
                    "the object provided is unrecognized (must be of type \(type.kind.kind)): couldn't get version/kind; json parse error: json: cannot unmarshal \(goType(document)) into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" } (\(summary(request.body)))"
                )
            }
            return try object(
                RequestBody(document: document, duplicates: body.duplicates), type, request, &warnings)
        }
        if type.custom != nil {
            guard document["apiVersion"]?.string?.isEmpty == false, document["kind"]?.string?.isEmpty == false else {
                let missing = document["kind"]?.string?.isEmpty == false ? "apiVersion" : "Kind"
                throw .badRequest(
                    "the object provided is unrecognized (must be of type \(type.kind.kind)): Object '\(missing)' is missing in '\(JSONWriter.string(document))' (\(summary(request.body)))"
                )
            }
        }
        document.fill(["apiVersion"], .string(type.kind.apiVersion))
        document.fill(["kind"], .string(type.kind.kind))
        let (version, kind) = (document["apiVersion"]?.string ?? "", document["kind"]?.string ?? "")
        let found = ObjectKind(apiVersion: version, kind: kind)
        guard version == type.kind.apiVersion || kind != type.kind.kind else {
            throw .badRequest(
                "the API version in the data (\(version)) does not match the expected API version (\(type.kind.apiVersion))"
            )
        }
        guard kind == type.kind.kind else {
            if type.custom != nil {
                throw .badRequest(
                    "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme")
            }
            throw .badRequest(
                "\(kind) in version \"\(found.version)\" cannot be handled as a \(type.kind.kind): converting (\(goName(found))) to (\(goName(type.kind))): unknown conversion"
            )
        }
        return try checked(document, type, request, body.duplicates, &warnings)
    }

    private static func goName(_ kind: ObjectKind) -> String {
        "\(kind.version).\(kind.kind)"
    }

    /// The object as its type stores it. Throws what a decoder would.
    static func checked(
        _ document: Value, _ type: ResourceType, _ request: APIRequest, _ duplicates: [String],
        _ warnings: inout [String]
    ) throws(APIError) -> Value {
        let (object, unknown) = try decoded(document, type)
        let problems = duplicates.map { "duplicate field \"\($0)\"" } + unknown.map { "unknown field \"\($0)\"" }
        switch request.parameter("fieldValidation") ?? "Warn" {
        case "Ignore": break
        case "Strict" where !problems.isEmpty:
            throw .badRequest(
                "\(type.kind.kind) in version \"\(type.kind.version)\" cannot be handled as a \(type.kind.kind): strict decoding error: "
                    + problems.joined(separator: ", "))
        default: warnings += problems
        }
        return object
    }

    /// The object without what its type does not know, and the paths of that.
    static func decoded(_ document: Value, _ type: ResourceType) throws(APIError) -> (Value, [String]) {
        if let custom = type.custom {
            guard document["metadata"] == nil || document["metadata"]?.object != nil || document["metadata"] == .null
            else {
                throw handled(
                    type,
                    "unable to decode")
            }
            let (pruned, unknown) = custom.schema.pruned(document)
            var object = pruned
            var unknownMetadata: [String] = []
            if let metadata = object["metadata"] {
                let (typed, unknown) = try self.metadata(metadata, type)
                object["metadata"] = typed
                unknownMetadata = unknown
            } else {
                object["metadata"] = [:]
            }
            return (custom.schema.defaulted(object), unknownMetadata + unknown)
        }
        var unknown: [String] = []
        for problem in type.checker.problems(in: document, kind: type.kind) {
            switch problem {
            case .unknownField(let path): unknown.append(path)
            case .wrongType(let path, let expected, let found):
                throw handled(type, GoMismatch(type).message(path, expected, found))
            }
        }
        return (type.checker.typed(document, kind: type.kind), unknown)
    }

    private static func metadata(_ metadata: Value, _ type: ResourceType) throws(APIError) -> (Value, [String]) {
        let carrier = ResourceType(
            kind: ObjectKind(group: "", version: "v1", kind: "ConfigMap"), plural: "", isNamespaced: true)
        let (typed, unknown) = try decoded(["metadata": metadata], carrier)
        return (typed["metadata"] ?? [:], unknown)
    }

    private static func handled(_ type: ResourceType, _ message: String) -> APIError {
        .badRequest(
            "\(type.kind.kind) in version \"\(type.kind.version)\" cannot be handled as a \(type.kind.kind): \(message)"
        )
    }

    static func goType(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// Words values of the wrong type as Go's decoder does.
struct GoMismatch {
    private let type: ResourceType

    init(_ type: ResourceType) { self.type = type }

    func message(_ path: String, _ expected: SchemaType, _ found: Value) -> String {
        switch expected {
        case .scalar(.quantity):
            return found.string != nil || found.number != nil
                ? "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                : "json: cannot unmarshal \(BodyReader.goType(found)) into Go value of type string"
        case .scalar(.bytes):
            if let text = found.string { return "illegal base64 data at input byte \(Self.firstBadByte(text))" }
        case .scalar(.time), .scalar(.microTime):
            if let text = found.string {
                return
                    "parsing time \"\(text)\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\(text)\" as \"2006\""
            }
            return "json: cannot unmarshal \(BodyReader.goType(found)) into Go value of type string"
        case .scalar(.intOrString):
            return "json: cannot unmarshal \(BodyReader.goType(found)) into Go value of type int32"
        default: break
        }
        let fields = path.split(separator: ".").map { String($0.prefix { $0 != "[" }) }
        let (owner, names) = innermost(fields)
        var shown = BodyReader.goType(found)
        if let number = found.number, case .scalar = expected { shown = "number \(number.text)" }
        if case .scalar(let scalar) = expected, scalar == .string || scalar == .bool, found.number != nil {
            shown = "number"
        }
        return
            "json: cannot unmarshal \(shown) into Go struct field \(owner).\(names.joined(separator: ".")) of type \(goName(expected))"
    }

    /// The struct that holds the field, and the path down to it; keys of maps are not part of it.
    private func innermost(_ fields: [String]) -> (String, [String]) {
        let catalog = type.catalog
        var current = catalog.type(of: type.kind)
        var owner = type.kind.kind
        var names: [String] = []
        for field in fields {
            while case .list(let element, _) = current { current = element }
            switch current {
            case .reference(let name, _):
                guard let definition = catalog.definition(named: name), let next = definition.field(field) else {
                    break
                }
                owner = name.split(separator: ".").last.map(String.init) ?? owner
                names.append(field)
                current = next.type
            case .map(let element, _): current = element
            default: break
            }
        }
        return (owner, names)
    }

    private func goName(_ type: SchemaType) -> String {
        switch type {
        case .scalar(.string), .scalar(.time), .scalar(.microTime): "string"
        case .scalar(.bool): "bool"
        case .scalar(.int32): "int32"
        case .scalar(.int64): "int64"
        case .scalar(.bytes): "[]uint8"
        case .scalar: "float64"
        case .list(let element, _): "[]\(goName(element))"
        case .map(let element, _): "map[string]\(goName(element))"
        case .reference(let name, _):
            (name.hasPrefix("meta.") ? "v1." : "v1.") + (name.split(separator: ".").last.map(String.init) ?? name)
        case .any: "interface {}"
        }
    }

    private static func firstBadByte(_ text: String) -> Int {
        let bytes = Array(text.utf8)
        let isAlphabet: (UInt8) -> Bool = {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 43 || $0 == 47
        }
        return bytes.firstIndex { !isAlphabet($0) } ?? bytes.count / 4 * 4
    }
}
