import Documents
import Kubernetes

/// Objects as the rows of a table, which is how kubectl prints them.
enum Table {
    struct Column: Sendable {
        var name: String
        var type = "string"
        var format = ""
        /// 1 where only wide output shows it.
        var priority = 0
        /// The field that the column is about: definition and name, for its published description.
        var source: (definition: String, field: String)?
        /// Said where there is no published description.
        var detail = ""
        var cell: @Sendable (Value) -> Value
    }

    static func table(
        of value: Value, _ type: ResourceType, _ published: PublishedSchemas, withColumns: Bool, includesObject: String
    ) -> Value {
        let columns = TableColumns.columns(of: type)
        let isBookmark = value[path: "metadata", "name"] == nil && value["items"] == nil
        let objects = value["items"]?.array ?? (isBookmark ? [] : [value])
        var metadata: Value = ["resourceVersion": value[path: "metadata", "resourceVersion"] ?? ""]
        for key in ["continue", "remainingItemCount"] {
            if let member = value[path: "metadata", key], member != "" { metadata[key] = member }
        }
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": withColumns ? .array(columns.map { definition($0, published) }) : .null,
            "rows": .array(
                objects.map { object in
                    var row: Value = ["cells": .array(columns.map { $0.cell(object) })]
                    if type.qualifiedName == "pods" { row["conditions"] = PodSummary.rowConditions(object) }
                    switch includesObject {
                    case "None": row["object"] = .null
                    case "Object":
                        var object = object
                        object["apiVersion"] = .string(type.kind.apiVersion)
                        object["kind"] = .string(type.kind.kind)
                        row["object"] = object
                    default: row["object"] = Presentation.metadata(of: object)
                    }
                    return row
                }),
        ]
    }

    private static func definition(_ column: Column, _ published: PublishedSchemas) -> Value {
        // The published documents append the values of an enumeration; tables do not.
        let known = column.source.flatMap { published.description($0.definition, $0.field) }
            .map { text in
                text.firstRange(of: "\n\nPossible enum values:").map { String(text[..<$0.lowerBound]) } ?? text
            }
        let detail = known ?? (column.detail.isEmpty ? column.name : column.detail)
        return [
            "name": .string(column.name), "type": .string(column.type), "format": .string(column.format),
            "description": .string(detail), "priority": .integer(column.priority),
        ]
    }
}
