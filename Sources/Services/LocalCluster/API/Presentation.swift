import Documents
import Kubernetes

/// The form in which the caller wants the answer: the object itself, a table, or its metadata alone.
struct Presentation: Sendable {
    private enum Form: Sendable { case plain, table, metadata }
    private let form: Form
    private let isYAML: Bool
    private let includesObject: String

    static let notAcceptable = APIError(
        code: 406, reason: "NotAcceptable",
        message:
            "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
        details: nil)

    init(_ request: APIRequest, isCollection: Bool) throws(APIError) {
        includesObject = request.parameter("includeObject") ?? "Metadata"
        var chosen: Form?
        var isYAML = false
        var hasForm = false
        for alternative in request.accept.split(separator: ",") {
            let parts = alternative.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let media = parts.first,
                ["application/json", "application/yaml", "*/*", "application/*"].contains(media)
            else { continue }
            let parameters = Set(parts.dropFirst())
            if let word = parameters.first(where: { $0.hasPrefix("as=") })?.dropFirst(3) {
                hasForm = true
                guard parameters.contains("v=v1"), parameters.contains("g=meta.k8s.io") else { continue }
                switch word {
                case "Table": chosen = .table
                case "PartialObjectMetadata", "PartialObjectMetadataList": chosen = .metadata
                default: continue
                }
            } else {
                chosen = .plain
            }
            isYAML = media == "application/yaml"
            break
        }
        if request.accept.isEmpty { chosen = .plain }
        self.isYAML = isYAML
        guard let chosen else {
            if hasForm { throw Self.notAcceptable }
            let more =
                isCollection ? ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch" : ""
            throw APIError(
                code: 406, reason: "NotAcceptable",
                message:
                    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf\(more)",
                details: Object())
        }
        form = chosen
        guard chosen == .table, !["None", "Metadata", "Object", ""].contains(includesObject) else { return }
        throw .badRequest(
            "Unable to convert to Table as requested: includeObject: Invalid value: \"\(includesObject)\": must be 'Metadata', 'Object', 'None', or empty"
        )
    }

    func present(_ response: APIResponse, _ path: ResourcePath, _ published: PublishedSchemas) -> APIResponse {
        var response = response
        if isYAML, case .document = response.body {
            response.isYAML = true
            response.contentType = "application/yaml"
        }
        guard form != .plain, response.code < 300 else { return response }
        switch response.body {
        case .document(let value): response.body = .document(present(value, path.type, published, withColumns: true))
        case .watch(let events):
            // Only the first table of a watch names its columns.
            response.body = .watch(
                AsyncStream { continuation in
                    let work = Task {
                        var isFirst = true
                        for await event in events {
                            var event = event
                            if let object = event["object"], event["type"] != "ERROR",
                                event["type"] != "BOOKMARK" || form == .table
                            {
                                event["object"] = present(object, path.type, published, withColumns: isFirst)
                                isFirst = false
                            }
                            continuation.yield(event)
                        }
                        continuation.finish()
                    }
                    continuation.onTermination = { _ in work.cancel() }
                })
        default: break
        }
        return response
    }

    private func present(
        _ value: Value, _ type: ResourceType, _ published: PublishedSchemas, withColumns: Bool
    ) -> Value {
        if value["kind"]?.string == "Status" { return value }
        let items = value["items"]?.array
        switch form {
        case .plain: return value
        case .table:
            return Table.table(
                of: value, type, published, withColumns: withColumns, includesObject: includesObject)
        case .metadata:
            guard let items else { return Self.metadata(of: value) }
            return [
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": value["metadata"] ?? [:], "items": .array(items.map(Self.metadata)),
            ]
        }
    }

    static func metadata(of object: Value) -> Value {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:]]
    }
}
