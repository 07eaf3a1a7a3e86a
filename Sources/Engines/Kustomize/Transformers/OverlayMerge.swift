import Documents
import Kubernetes
import WaybillCore

/// Strategic merge as kustomize does it: elements that a patch adds to a keyed list come first.
struct OverlayMerge {
    private let catalog: SchemaCatalog
    private let type: SchemaType
    private static let directive = "$patch"

    /// - Parameter schema: what the kustomization names in the place of the built-in kinds.
    init(kind: ObjectKind, schema: OpenAPISchema? = nil) {
        if let schema {
            catalog = schema.catalog
            type = schema.type(of: kind)
            return
        }
        catalog = .builtIn
        // Groups and versions that workloads had before they became stable have the same shape.
        let stable = ["extensions": "apps", "apps": "apps", "batch": "batch", "policy": "policy"]
        let known = SchemaCatalog.builtIn.type(of: kind)
        type =
            if known == .any, let group = stable[kind.group], kind.version.contains("beta") {
                SchemaCatalog.builtIn.type(of: ObjectKind(group: group, version: "v1", kind: kind.kind))
            } else { known }
    }

    /// Nil when the patch deletes the whole object.
    func apply(_ patch: Value, to target: Value) throws(WaybillError) -> Value? {
        try merge(patch, into: target, type)
    }

    private func merge(_ patch: Value, into target: Value?, _ type: SchemaType) throws(WaybillError) -> Value? {
        switch patch {
        case .null: return nil
        case .object(let members): return try merge(members, into: target, type)
        case .array(let elements): return try merge(elements, into: target?.array, type, mergeKey: nil)
        default: return patch
        }
    }

    private func merge(_ patch: Object, into target: Value?, _ type: SchemaType) throws(WaybillError) -> Value? {
        var patch = patch
        if let word = patch[Self.directive] {
            patch[Self.directive] = nil
            switch word.string {
            case "delete": return nil
            case "replace": return .object(patch)
            case "merge": break
            default: throw unknown(word)
            }
        }
        var result = target?.object ?? Object()
        for member in patch {
            guard !member.key.hasPrefix("$") else { throw unsupported(member.key) }
            let field = self.field(member.key, of: type)
            let merged: Value? =
                if let elements = member.value.array {
                    try merge(elements, into: result[member.key]?.array, field.type, mergeKey: field.mergeKey)
                } else {
                    try merge(member.value, into: result[member.key], field.type)
                }
            result[member.key] = merged
        }
        return .object(result)
    }

    private func field(_ name: String, of type: SchemaType) -> (type: SchemaType, mergeKey: String?) {
        switch type {
        case .reference(let definition, _):
            guard let field = catalog.definition(named: definition)?.field(name) else { return (.any, nil) }
            return (field.type, field.patchMergeKey)
        case .map(let element, _): return (element, nil)
        default: return (.any, nil)
        }
    }

    /// A list without a merge key is replaced, one of scalars is united, one of objects is merged by its keys.
    private func merge(
        _ patch: [Value], into target: [Value]?, _ type: SchemaType, mergeKey: String?
    ) throws(WaybillError) -> Value? {
        if let whole = patch.first(where: { $0.object?.count == 1 && $0[Self.directive] != nil })?[Self.directive] {
            let rest = patch.filter { $0[Self.directive] == nil }
            switch whole.string {
            case "replace": return .array(rest)
            case "delete": return nil
            default: throw unknown(whole)
            }
        }
        guard let mergeKey else { return .array(patch) }
        let present = target ?? []
        guard !mergeKey.isEmpty else { return .array(patch + present.filter { !patch.contains($0) }) }
        let (element, declared) = self.keys(of: type, mergeKey)
        // Keys that nobody uses do not tell elements apart.
        let keys = declared.filter { key in (present + patch).contains { $0[key] != nil } }
        var added: [Value] = []
        var rest = present
        for item in patch {
            guard item.object != nil else { return .array(patch) }
            let matches = rest.indices.filter { Self.isSame(rest[$0], item, keys) }
            let merged = try merge(item, into: matches.first.map { rest[$0] }, element)
            if keys.count > 1, let place = matches.first, let merged {
                // Elements with several keys keep their places.
                rest[place] = merged
                continue
            }
            for index in matches.reversed() { rest.remove(at: index) }
            if let merged { added.append(merged) }
        }
        return .array(added + rest)
    }

    private func keys(of type: SchemaType, _ mergeKey: String) -> (element: SchemaType, keys: [String]) {
        guard case .list(let element, let kind) = type else { return (.any, [mergeKey]) }
        if case .map(let keys) = kind, keys.contains(mergeKey) { return (element, keys) }
        return (element, [mergeKey])
    }

    private static func isSame(_ left: Value, _ right: Value, _ keys: [String]) -> Bool {
        !keys.isEmpty && keys.allSatisfy { text(left[$0]) == text(right[$0]) }
    }

    private static func text(_ value: Value?) -> String? {
        switch value {
        case .string(let text)?: text
        case .number(let number)?: number.text
        case .bool(let value)?: value ? "true" : "false"
        default: nil
        }
    }

    private func unknown(_ word: Value) -> WaybillError {
        WaybillError(
            .invalidInput, "unknown directive $patch: \(Redaction.excerpt(word.string ?? word.typeName))",
            subject: "strategic merge patch")
    }

    private func unsupported(_ key: String) -> WaybillError {
        WaybillError(
            .unsupported, "the directive \(Redaction.excerpt(key)) is not supported", subject: "strategic merge patch")
    }
}
