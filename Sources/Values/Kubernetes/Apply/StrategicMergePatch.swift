public import Documents
public import WaybillCore

/// Strategic merge patch: a merge patch that merges lists by the keys of their type, with `$patch`, `$retainKeys`,
/// `$deleteFromPrimitiveList` and `$setElementOrder` directives.
public struct StrategicMergePatch: Sendable {
    private let catalog: SchemaCatalog
    private let type: SchemaType

    public init(catalog: SchemaCatalog = .builtIn, kind: ObjectKind) {
        self.catalog = catalog
        type = catalog.type(of: kind)
    }

    /// Throws `.invalidInput` for a directive that makes no sense where it stands.
    public func apply(_ patch: Value, to target: Value) throws(WaybillError) -> Value {
        guard let members = patch.object else {
            throw WaybillError(
                .invalidInput, "expected an object, found \(patch.typeName)", subject: "strategic merge patch")
        }
        return .object(try merge(members, into: target.object ?? Object(), type))
    }

    private func merge(_ patch: Object, into target: Object, _ type: SchemaType) throws(WaybillError) -> Object {
        var target = target
        switch patch["$patch"]?.string {
        case nil, "merge": break
        case "replace":
            var replacement = patch
            replacement["$patch"] = nil
            return replacement
        case "delete": return Object()
        case let word?: throw failure("unknown directive $patch: \(Redaction.excerpt(word))")
        }
        if let retained = patch["$retainKeys"]?.array?.compactMap(\.string) {
            for key in target.keys where !retained.contains(where: { $0.hasSameBytes(as: key) }) { target[key] = nil }
        }
        let shape = catalog.shape(of: type)
        for member in patch where member.key != "$patch" && member.key != "$retainKeys" {
            if let name = member.key.after("$deleteFromPrimitiveList/") {
                let dropped = Set(member.value.array ?? [])
                if let list = target[name]?.array { target[name] = .array(list.filter { !dropped.contains($0) }) }
            } else if member.key.hasPrefix("$setElementOrder/") {
                continue
            } else if member.value.isNull {
                target[member.key] = nil
            } else {
                let field: SchemaField? =
                    if case .object(let definition, _) = shape { definition.field(member.key) } else { nil }
                let fieldType = TypedDocument(catalog: catalog, type: type).fieldType(member.key, in: shape) ?? .any
                target[member.key] = try mergeMember(
                    member.value, into: target[member.key], fieldType, mergeKey: field?.patchMergeKey)
            }
        }
        for member in patch {
            guard let name = member.key.after("$setElementOrder/"), let order = member.value.array,
                let list = target[name]?.array
            else { continue }
            let field: SchemaField? =
                if case .object(let definition, _) = shape { definition.field(name) } else { nil }
            target[name] = .array(ordered(list, by: order, mergeKey: field?.patchMergeKey))
        }
        return target
    }

    private func mergeMember(
        _ patch: Value, into target: Value?, _ type: SchemaType, mergeKey: String?
    ) throws(WaybillError) -> Value {
        switch patch {
        case .object(let members): return .object(try merge(members, into: target?.object ?? Object(), type))
        case .array(let elements):
            guard let mergeKey else { return patch }
            if mergeKey.isEmpty {
                let present = target?.array ?? []
                return .array(present + elements.filter { !present.contains($0) })
            }
            return .array(try mergeList(elements, into: target?.array ?? [], type, mergeKey))
        default: return patch
        }
    }

    private func mergeList(
        _ patch: [Value], into target: [Value], _ type: SchemaType, _ mergeKey: String
    ) throws(WaybillError) -> [Value] {
        let element: SchemaType = if case .list(let element, _) = catalog.shape(of: type) { element } else { .any }
        if patch.contains(where: { $0["$patch"]?.string == "replace" && $0[mergeKey] == nil }) {
            return patch.filter { $0["$patch"] == nil }
        }
        var result = target
        for item in patch {
            guard let members = item.object, let key = members[mergeKey] else {
                throw failure("map: \(JSONWriter.string(item)) does not contain declared merge key: \(mergeKey)")
            }
            let position = result.firstIndex { $0[mergeKey] == key }
            if members["$patch"]?.string == "delete" {
                result.removeAll { $0[mergeKey] == key }
            } else if let position {
                result[position] = .object(try merge(members, into: result[position].object ?? Object(), element))
            } else {
                result.append(.object(try merge(members, into: Object(), element)))
            }
        }
        return result
    }

    /// The named elements in the named order; the others keep their place relative to their neighbours in front.
    private func ordered(_ list: [Value], by order: [Value], mergeKey: String?) -> [Value] {
        func key(_ value: Value) -> Value { mergeKey.flatMap { $0.isEmpty ? Value?.none : value[$0] } ?? value }
        let wanted = order.map(key)
        var named = list.filter { wanted.contains(key($0)) }
        named.sort { left, right in
            (wanted.firstIndex(of: key(left)) ?? 0) < (wanted.firstIndex(of: key(right)) ?? 0)
        }
        var next = named.makeIterator()
        return list.map { wanted.contains(key($0)) ? next.next() ?? $0 : $0 }
    }

    private func failure(_ message: String) -> WaybillError {
        WaybillError(.invalidInput, message, subject: "strategic merge patch")
    }
}

extension String {
    fileprivate func after(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
