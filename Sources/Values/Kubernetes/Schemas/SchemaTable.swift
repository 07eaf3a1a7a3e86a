/// A package of types in the table's own notation, one definition after the other:
///
/// ```
/// Container                      a definition; `*` marks a kind, `atomic` one that is owned as a whole
///   name! string,                a required field
///   ports [ContainerPort]map(containerPort protocol)~containerPort,
///                                a list of objects by key (server-side apply) ~ merge key (strategic merge)
///   finalizers [string]set~,     scalars that are merged
///   labels {string}, selector {string}atomic, spec PodSpec, protocol string=TCP
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
        let isRequired = name.hasSuffix("!")
        if isRequired { name.removeLast() }
        var rest = words[1]
        while rest.last == " " { rest.removeLast() }
        var field = SchemaField(name: String(name), type: .any, isRequired: isRequired)
        if let equals = rest.firstIndex(of: "=") {
            field.defaultText = String(rest[rest.index(after: equals)...])
            rest = rest[..<equals]
        }
        let marks = rest.split(separator: "~", omittingEmptySubsequences: false)
        for mark in marks.dropFirst() {
            if mark == "retainKeys" { field.retainsKeys = true } else { field.patchMergeKey = String(mark) }
        }
        field.type = type(marks[0])
        return field
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
