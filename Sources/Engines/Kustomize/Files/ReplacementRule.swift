import Documents
import Kubernetes
import WaybillCore

/// An entry of `replacements`: written there, or in a file of its own.
enum ReplacementEntry {
    case rule(ReplacementRule)
    case path(String)

    init(_ node: Node, _ file: String) throws(WaybillError) {
        if node.member("path") != nil {
            var reader = try Reader(node, of: "replacement", file: file)
            self = .path(try reader.requiredText("path"))
            try reader.finish()
        } else {
            self = .rule(try ReplacementRule(node, file))
        }
    }
}

/// Copies a value from one field to others.
struct ReplacementRule {
    struct Options {
        var delimiter = ""
        var index = 0
        var creates = false

        init() {}

        init(_ node: Node, _ file: String) throws(WaybillError) {
            var reader = try Reader(node, of: "options", file: file)
            delimiter = try reader.text("delimiter") ?? ""
            index = try reader.integer("index", in: -1...10_000) ?? 0
            creates = try reader.bool("create")
            if let encoding = try reader.text("encoding"), !encoding.isEmpty {
                throw WaybillError(
                    .unsupported, "replacements with an encoding are not supported", subject: reader.place.description)
            }
            try reader.finish()
        }
    }

    struct Target {
        var select: ResourceSelector
        var reject: [ResourceSelector]
        var fields: [String]
        var options: Options
        var place: SourceLocation
    }

    var source: ResourceID
    var sourceField: String
    var sourceOptions = Options()
    /// A value that is written down instead of a source.
    var value: Value?
    var targets: [Target] = []
    var place: SourceLocation

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "replacement", file: file)
        place = reader.place
        source = ResourceID()
        sourceField = "metadata.name"
        if let from = reader.node("source") {
            var inner = try Reader(from, of: "source", file: file)
            source = ResourceID(
                group: try inner.text("group") ?? "", version: try inner.text("version") ?? "",
                kind: try inner.text("kind") ?? "",
                namespace: try inner.text("namespace") ?? "", name: try inner.text("name") ?? "")
            if let api = try inner.text("apiVersion") {
                let parsed = ObjectKind(apiVersion: api, kind: "")
                (source.group, source.version) = (parsed.group, parsed.version)
            }
            sourceField = try inner.text("fieldPath") ?? sourceField
            if let options = inner.node("options") { sourceOptions = try Options(options, file) }
            try inner.finish()
        } else if let fixed = try reader.text("sourceValue") {
            value = .string(fixed)
        } else {
            throw WaybillError(.invalidInput, "replacement: the key “source” is missing", subject: place.description)
        }
        targets = try reader.list("targets", Self.target)
        try reader.finish()
        guard !targets.isEmpty else {
            throw WaybillError(.invalidInput, "replacement: at least one target is needed", subject: place.description)
        }
    }

    private static func target(_ node: Node, _ file: String) throws(WaybillError) -> Target {
        var reader = try Reader(node, of: "target", file: file)
        guard let select = reader.node("select") else {
            throw WaybillError(.invalidInput, "target: the key “select” is missing", subject: reader.place.description)
        }
        let target = Target(
            select: try ResourceSelector.literal(select, file),
            reject: try reader.list("reject", ResourceSelector.literal),
            fields: try reader.texts("fieldPaths").map(\.value),
            options: try reader.node("options").map { node throws(WaybillError) in try Options(node, file) }
                ?? Options(),
            place: reader.place)
        try reader.finish()
        return target
    }
}
