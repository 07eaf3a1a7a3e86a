import Documents
import Kubernetes

/// The form in which the caller wants the answer: the object itself, a table, or its metadata alone.
struct Presentation: Sendable {
    private enum Form: Sendable { case plain, table, metadata }
    private let form: Form
    private let includesObject: String

    init(_ request: APIRequest) throws(APIError) {
        includesObject = request.parameter("includeObject") ?? "Metadata"
        var chosen: Form?
        for alternative in request.accept.split(separator: ",") {
            let parts = alternative.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let media = parts.first, ["application/json", "*/*", "application/*"].contains(media) else {
                continue
            }
            let parameters = Set(parts.dropFirst())
            if parameters.contains("as=Table") {
                guard parameters.contains("v=v1") else { continue }
                chosen = .table
            } else if parameters.contains("as=PartialObjectMetadata")
                || parameters.contains("as=PartialObjectMetadataList")
            {
                guard parameters.contains("v=v1") else { continue }
                chosen = .metadata
            } else {
                chosen = .plain
            }
            break
        }
        if request.accept.isEmpty { chosen = .plain }
        guard let chosen else {
            throw APIError(
                code: 406, reason: "NotAcceptable",
                message: "only the following media types are accepted: application/json", details: Object())
        }
        form = chosen
    }

    func present(_ response: APIResponse, _ path: ResourcePath) -> APIResponse {
        guard form != .plain, response.code < 300 else { return response }
        var response = response
        switch response.body {
        case .document(let value): response.body = .document(present(value, path.type, withColumns: true))
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
                                event["object"] = present(object, path.type, withColumns: isFirst)
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

    private func present(_ value: Value, _ type: ResourceType, withColumns: Bool) -> Value {
        if value["kind"]?.string == "Status" { return value }
        let items = value["items"]?.array
        switch form {
        case .plain: return value
        case .table: return Table.table(of: value, type, withColumns: withColumns, includesObject: includesObject)
        case .metadata:
            guard let items else { return Self.metadata(of: value) }
            return [
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": value["metadata"] ?? [:],
                "items": .array(items.map(Self.metadata)),
            ]
        }
    }

    static func metadata(of object: Value) -> Value {
        ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:]]
    }
}
