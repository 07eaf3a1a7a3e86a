import Documents
import Kubernetes

/// The operations of a kind, as far as clients look: which kind a path is about, and that writes can be dry runs and
/// check fields.
enum OpenAPIPaths {
    static func paths(of type: ResourceType) -> [(String, Value)] {
        let root = type.group.isEmpty ? "/api/\(type.kind.version)" : "/apis/\(type.group)/\(type.kind.version)"
        let collection = type.isNamespaced ? "\(root)/namespaces/{namespace}/\(type.plural)" : "\(root)/\(type.plural)"
        let object = "\(collection)/{name}"
        return [
            (collection, ["get": operation("list", type, []), "post": operation("post", type, writing)]),
            (
                object,
                [
                    "get": operation("get", type, []), "put": operation("put", type, writing),
                    "patch": operation("patch", type, writing + ["force"]),
                    "delete": operation("delete", type, ["dryRun"]),
                ]
            ),
        ]
    }

    private static let writing = ["dryRun", "fieldManager", "fieldValidation"]

    private static func operation(_ action: String, _ type: ResourceType, _ parameters: [String]) -> Value {
        [
            "operationId": .string("\(action)\(type.kind.version)\(type.kind.kind)"),
            "parameters": .array(
                parameters.map { name in
                    [
                        "name": .string(name), "in": "query",
                        "schema": ["type": name == "force" ? "boolean" : "string", "uniqueItems": true],
                    ]
                }),
            "responses": ["200": ["description": "OK"]],
            "x-kubernetes-action": .string(action),
            "x-kubernetes-group-version-kind": [
                "group": .string(type.kind.group), "kind": .string(type.kind.kind),
                "version": .string(type.kind.version),
            ],
        ]
    }
}
