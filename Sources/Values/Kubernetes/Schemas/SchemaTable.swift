import Documents

/// A package of types in the table's own notation, one definition after the other:
///
/// ```
/// Container                      a definition; `*` marks a kind, `atomic` one that is owned as a whole
///   name! string,                a required field
///   ports [ContainerPort]map(containerPort protocol)~containerPort,
///                                a list of objects by key (server-side apply) ~ merge key (strategic merge)
///   finalizers [string]set~,     scalars that are merged
///   labels {string}, selector {string}atomic, spec PodSpec={}, protocol string=TCP
///                                a default; `{}`, `""`, `0` and `false` are what a typed server always writes
///   sideEffects!? string         required, and not written where it is left out
/// ```
struct SchemaTable {
    var package: String
    var alias: String
    var text: String

    var definitions: [SchemaDefinition] {
        var result: [SchemaDefinition] = []
        var fields = ""
        func close() {
            guard !result.isEmpty else { return }
            result[result.count - 1].fields = fields.split(separator: ",").compactMap(field)
            fields = ""
        }
        for line in text.split(separator: "\n") {
            if line.hasPrefix(" ") {
                fields += line.drop { $0 == " " } + " "
                continue
            }
            close()
            let words = line.split(separator: " ")
            guard let name = words.first else { continue }
            result.append(
                SchemaDefinition(
                    name: "\(alias).\(name)", fullName: "\(package).\(name)", isAtomic: words.contains("atomic"),
                    isKind: words.contains("*"), fields: []))
        }
        close()
        return result
    }

    private func field(_ text: Substring) -> SchemaField? {
        let words = text.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return nil }
        var name = words[0]
        let isPointer = name.hasSuffix("?")
        if isPointer { name.removeLast() }
        let isRequired = name.hasSuffix("!")
        if isRequired { name.removeLast() }
        var rest = words[1]
        while rest.last == " " { rest.removeLast() }
        var field = SchemaField(name: String(name), type: .any, isRequired: isRequired)
        if let equals = rest.firstIndex(of: "=") {
            let text = rest[rest.index(after: equals)...]
            field.zero = Self.zeros[String(text)]
            if field.zero == nil { field.defaultText = String(text) }
            rest = rest[..<equals]
        }
        let marks = rest.split(separator: "~", omittingEmptySubsequences: false)
        for mark in marks.dropFirst() {
            if mark == "retainKeys" { field.retainsKeys = true } else { field.patchMergeKey = String(mark) }
        }
        field.type = type(marks[0])
        if isRequired, !isPointer, field.zero == nil { field.zero = Self.zero(of: field.type) }
        if case .scalar(.microTime) = field.type, field.name == "eventTime" { field.zero = .null }
        if case .scalar(.time) = field.type, Self.writtenTimes.contains(field.name) { field.zero = .null }
        return field
    }

    private static let zeros: [String: Value] = ["{}": [:], "\"\"": "", "0": 0, "false": false, "null": .null]

    /// Times that are no pointers in the published types.
    private static let writtenTimes: Set<String> = [
        "lastTransitionTime", "lastProbeTime", "lastUpdateTime", "lastHeartbeatTime", "firstTimestamp", "lastTimestamp",
        "deprecatedFirstTimestamp", "deprecatedLastTimestamp",
    ]

    /// What a required field holds that nobody set.
    private static func zero(of type: SchemaType) -> Value {
        switch type {
        case .scalar(.string), .scalar(.bytes): ""
        case .scalar(.bool): false
        case .scalar(.int32), .scalar(.int64), .scalar(.number), .scalar(.double): 0
        default: .null
        }
    }

    private func type(_ text: Substring) -> SchemaType {
        if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
            return .list(
                type(text[text.index(after: text.startIndex)..<end]), listKind(text[text.index(after: end)...]))
        }
        if text.hasPrefix("{"), let end = text.lastIndex(of: "}") {
            return .map(
                type(text[text.index(after: text.startIndex)..<end]),
                isAtomic: text[text.index(after: end)...] == "atomic")
        }
        if text == "any" { return .any }
        if let scalar = SchemaType.Scalar(rawValue: String(text)) { return .scalar(scalar) }
        var name = text
        let isAtomic = name.hasSuffix("atomic")
        if isAtomic { name = name.dropLast("atomic".count) }
        return .reference(name.contains(".") ? String(name) : "\(alias).\(name)", isAtomic: isAtomic)
    }

    private func listKind(_ text: Substring) -> SchemaType.ListKind {
        if text == "set" { return .set }
        guard text.hasPrefix("map(") else { return .atomic }
        return .map(text.dropFirst("map(".count).dropLast().split(separator: " ").map(String.init))
    }

    static let all: [SchemaTable] = [
        .coreA, .coreB, .coreC, .coreD, .meta, .apps, .batch, .networking, .rbac, .admissionregistration, .coordination,
        .policy, .autoscaling1, .autoscaling2, .discovery, .events, .scheduling, .storage, .authentication,
        .authorization,
        .node, .apiextensions,
    ]
}
