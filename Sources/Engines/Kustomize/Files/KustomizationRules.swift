import Documents
import Kubernetes
import RegularExpressions
import WaybillCore

/// Which resources a patch is for. Names are regular expressions over the whole name.
struct ResourceSelector {
    var kind: RegularExpression?
    var group: RegularExpression?
    var version: RegularExpression?
    var name: RegularExpression?
    var namespace: RegularExpression?
    var labels: LabelSelector?
    var annotations: LabelSelector?
    /// Replacements choose by the names themselves.
    private var literal: ResourceID?

    static func literal(_ node: Node, _ file: String) throws(WaybillError) -> ResourceSelector {
        var reader = try Reader(node, of: "select", file: file)
        var wanted = ResourceID(
            group: try reader.text("group") ?? "", version: try reader.text("version") ?? "",
            kind: try reader.text("kind") ?? "", namespace: try reader.text("namespace") ?? "",
            name: try reader.text("name") ?? "")
        if let apiVersion = try reader.text("apiVersion") {
            let parsed = ObjectKind(apiVersion: apiVersion, kind: "")
            (wanted.group, wanted.version) = (parsed.group, parsed.version)
        }
        var rest = Object()
        for key in ["labelSelector", "annotationSelector"] {
            if let text = try reader.text(key) { rest[key] = .string(text) }
        }
        try reader.finish()
        var selector = try ResourceSelector(Node(.object(rest), at: node.position), file)
        selector.literal = wanted
        return selector
    }

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "target", file: file)
        let place = reader.place
        func expression(_ text: String?) throws(WaybillError) -> RegularExpression? {
            guard let text, !text.isEmpty else { return nil }
            do { return try RegularExpression(text) } catch {
                throw WaybillError(.invalidInput, error.message, subject: place.description, cause: error)
            }
        }
        func selector(_ text: String?) throws(WaybillError) -> LabelSelector? {
            guard let text, !text.isEmpty else { return nil }
            do { return try LabelSelector(parsing: text) } catch {
                throw WaybillError(.invalidInput, error.message, subject: place.description, cause: error)
            }
        }
        kind = try expression(reader.text("kind"))
        group = try expression(reader.text("group"))
        version = try expression(reader.text("version"))
        if let apiVersion = try reader.text("apiVersion") {
            let parsed = ObjectKind(apiVersion: apiVersion, kind: "")
            group = try expression(parsed.group)
            version = try expression(parsed.version)
        }
        name = try expression(reader.text("name"))
        namespace = try expression(reader.text("namespace"))
        labels = try selector(reader.text("labelSelector"))
        annotations = try selector(reader.text("annotationSelector"))
        try reader.finish()
    }

    func matches(_ item: Item) -> Bool {
        if let literal {
            let kind = KindPattern(group: literal.group, version: literal.version, kind: literal.kind)
            let isMeant = item.isNamed { id in
                kind.matches(id) && (literal.name.isEmpty || literal.name == id.name)
                    && (literal.namespace.isEmpty || literal.namespace == id.effectiveNamespace)
            }
            guard isMeant else { return false }
        }
        let (now, before) = (item.id, item.originalID)
        func holds(_ expression: RegularExpression?, _ texts: String...) -> Bool {
            expression.map { expression in texts.contains { expression.matchesWhole($0) } } ?? true
        }
        return holds(kind, now.kind) && holds(group, now.group) && holds(version, now.version)
            && holds(name, now.name, before.name)
            && holds(namespace, now.effectiveNamespace, before.effectiveNamespace)
            && labels?.matches(item.strings("labels")) ?? true
            && annotations?.matches(item.strings("annotations")) ?? true
    }
}

/// One entry of `patches` or `patchesJson6902`.
struct PatchRule {
    var path: Located<String>?
    var text: Located<String>?
    var target: ResourceSelector?
    var allowsNameChange = false
    var allowsKindChange = false
    var place: SourceLocation

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "patch", file: file)
        place = reader.place
        path = try reader.text("path").map { Located($0, reader.place) }
        text = try reader.text("patch").map { Located($0, reader.place) }
        target = try reader.node("target").map { node throws(WaybillError) in try ResourceSelector(node, file) }
        if let options = reader.node("options") {
            var inner = try Reader(options, of: "options", file: file)
            allowsNameChange = try inner.bool("allowNameChange")
            allowsKindChange = try inner.bool("allowKindChange")
            try inner.finish()
        }
        try reader.finish()
        if path != nil, text != nil { throw failure("a patch has “path” or “patch”, not both") }
    }

    func failure(_ message: String) -> WaybillError {
        WaybillError(.invalidInput, message, subject: place.description)
    }
}

/// One entry of `labels`.
struct LabelRule {
    var pairs: [(key: String, value: String)]
    var includesSelectors: Bool
    var includesTemplates: Bool
    var fields: [FieldSpec]

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "labels", file: file)
        pairs = try reader.map("pairs")
        includesSelectors = try reader.bool("includeSelectors")
        includesTemplates = try reader.bool("includeTemplates")
        fields = try reader.list("fields", FieldSpec.init)
        try reader.finish()
    }
}

extension FieldSpec {
    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "fieldSpec", file: file)
        self.init(
            try reader.requiredText("path"), kind: try reader.text("kind") ?? "", group: try reader.text("group") ?? "",
            version: try reader.text("version") ?? "", creates: try reader.bool("create"))
        // Older tables have members that current ones ignore.
        _ = reader.node("behavior")
        _ = reader.node("name")
        try reader.finish()
    }
}

/// One entry of `images`.
struct ImageRule {
    var name: String
    var newName: String?
    var newTag: String?
    var tagSuffix: String?
    var digest: String?
    var pattern: RegularExpression

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "image", file: file)
        // Without a name it is about no image.
        name = try reader.text("name") ?? ""
        newName = try reader.text("newName")
        tagSuffix = try reader.text("tagSuffix")
        digest = try reader.text("digest")
        if let tag = reader.node("newTag") {
            guard let text = tag.string else {
                throw WaybillError(
                    .invalidInput, "image.newTag: expected a string, found \(tag.typeName)",
                    subject: reader.place(of: tag).description, remedy: "put quotes around it")
            }
            newTag = text
        }
        try reader.finish()
        do {
            pattern = try RegularExpression("^\(name)(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$")
        } catch {
            throw WaybillError(
                .invalidInput, "image.name: \(error.message)", subject: reader.place.description, cause: error)
        }
    }
}

/// One entry of `replicas`.
struct ReplicaRule {
    var name: String
    var count: Int
    var place: SourceLocation

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "replicas", file: file)
        place = reader.place
        name = try reader.requiredText("name")
        count = try reader.integer("count", in: 0...Int(Int32.max)) ?? 0
        try reader.finish()
    }
}

/// One entry of `vars`.
struct VariableRule {
    var name: String
    var target: ResourceID
    var field: String
    var place: SourceLocation

    init(_ node: Node, _ file: String) throws(WaybillError) {
        var reader = try Reader(node, of: "vars", file: file)
        place = reader.place
        name = try reader.requiredText("name")
        guard let object = reader.node("objref") else {
            throw WaybillError(.invalidInput, "vars: the key “objref” is missing", subject: reader.place.description)
        }
        var inner = try Reader(object, of: "objref", file: file)
        let kind = ObjectKind(apiVersion: try inner.text("apiVersion") ?? "", kind: try inner.requiredText("kind"))
        target = ResourceID(
            group: try inner.text("group") ?? kind.group, version: try inner.text("version") ?? kind.version,
            kind: kind.kind,
            namespace: try inner.text("namespace") ?? "", name: try inner.requiredText("name"))
        try inner.finish()
        field = "metadata.name"
        if let reference = reader.node("fieldref") {
            var inner = try Reader(reference, of: "fieldref", file: file)
            let (lower, mixed) = (try inner.text("fieldpath"), try inner.text("fieldPath"))
            field = lower ?? mixed ?? field
            try inner.finish()
        }
        try reader.finish()
    }
}
