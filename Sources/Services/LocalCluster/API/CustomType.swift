import Documents
import Kubernetes
import KubernetesAPI

/// One version of a kind that a definition brings in.
final class CustomType: Hashable, Sendable {
    struct Column: Sendable {
        var name: String
        var type: String
        var format: String
        var detail: String
        var priority: Int
        var path: ColumnPath
    }

    let definition: String
    let schema: StructuralSchema
    let catalog: SchemaCatalog
    let storageVersion: String
    /// Said with every answer of this version.
    let deprecation: String?
    let columns: [Column]
    let selectableFields: [String]
    /// Paths of the scale subresource: replicas asked for, replicas there, selector.
    let scale: (spec: [String], status: [String], selector: [String]?)?

    init(_ definition: Value, _ version: Value, kind: ObjectKind, storageVersion: String) {
        self.definition = definition[path: "metadata", "name"]?.string ?? ""
        schema = StructuralSchema(version["schema"]?["openAPIV3Schema"] ?? ["type": "object"])
        catalog = schema.catalog(for: kind)
        self.storageVersion = storageVersion
        deprecation =
            version["deprecated"]?.bool == true
            ? version["deprecationWarning"]?.string ?? "\(kind.apiVersion) \(kind.kind) is deprecated" : nil
        columns = (version["additionalPrinterColumns"]?.array ?? []).compactMap { column in
            guard let text = column["jsonPath"]?.string, let path = ColumnPath(text) else { return nil }
            return Column(
                name: column["name"]?.string ?? "", type: column["type"]?.string ?? "string",
                format: column["format"]?.string ?? "",
                detail: column["description"]?.string
                    ?? "Custom resource definition column (in JSONPath format): \(text)",
                priority: column["priority"]?.integer ?? 0, path: path)
        }
        selectableFields = (version["selectableFields"]?.array ?? []).compactMap {
            $0["jsonPath"]?.string.map { String($0.drop { $0 == "." }) }
        }
        func steps(_ text: Value?) -> [String]? {
            text?.string.map { $0.split(separator: ".").map(String.init) }
        }
        let scale = version["subresources"]?["scale"]
        if let spec = steps(scale?["specReplicasPath"]), let status = steps(scale?["statusReplicasPath"]) {
            self.scale = (spec, status, steps(scale?["labelSelectorPath"]))
        } else {
            self.scale = nil
        }
    }

    static func == (left: CustomType, right: CustomType) -> Bool { left === right }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
