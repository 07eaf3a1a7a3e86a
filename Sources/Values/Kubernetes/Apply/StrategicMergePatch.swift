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
        switch patch["$patch"] {
        case nil: break
        case "replace":
            var replacement = patch
            replacement["$patch"] = nil
            return replacement
        case "delete": return Object()
        case let word?: throw unknownDirective(word, patch)
        }
        if let retained = patch["$retainKeys"]?.array?.compactMap(\.string) {
            for key in target.keys where !retained.contains(where: { $0.hasSameBytes(as: key) }) { target[key] = nil }
        }
        let shape = catalog.shape(of: type)
        func field(_ name: String) -> SchemaField? {
            if case .object(let definition, _) = shape { definition.field(name) } else { nil }
        }
        for member in patch where member.key != "$patch" && member.key != "$retainKeys" {
            if let name = member.key.after("$deleteFromPrimitiveList/") {
                let dropped = Set(member.value.array ?? [])
                if let list = target[name]?.array { target[name] = .array(list.filter { !dropped.contains($0) }) }
            } else if member.key.hasPrefix("$setElementOrder/") {
                continue
            } else if member.value.isNull {
                target[member.key] = nil
            } else {
                let fieldType = TypedDocument(catalog: catalog, type: type).fieldType(member.key, in: shape) ?? .any
                let order = patch["$setElementOrder/\(member.key)"]?.array
                target[member.key] = try mergeMember(
                    member.value, into: target[member.key], fieldType, mergeKey: field(member.key)?.patchMergeKey, order
                )
            }
        }
        for member in patch {
            guard let name = member.key.after("$setElementOrder/"), patch[name] == nil,
                let order = member.value.array, let list = target[name]?.array
            else { continue }
            target[name] = .array(ordered(list, by: order, server: list, mergeKey: field(name)?.patchMergeKey))
        }
        return target
    }

    private func mergeMember(
        _ patch: Value, into target: Value?, _ type: SchemaType, mergeKey: String?, _ order: [Value]?
    ) throws(WaybillError) -> Value {
        switch patch {
        case .object(let members): return .object(try merge(members, into: target?.object ?? Object(), type))
        case .array(let elements):
            guard let mergeKey else { return patch }
            let present = target?.array ?? []
            if let order { try check(elements, against: order, mergeKey) }
            var merged: [Value]
            var wanted = order ?? elements
            if mergeKey.isEmpty {
                merged = []
                for element in present + elements where !merged.contains(element) { merged.append(element) }
            } else {
                if elements.contains(where: { $0["$patch"] == "replace" }) {
                    return .array(elements.filter { $0["$patch"] == nil })
                }
                merged = try mergeList(elements, into: present, type, mergeKey)
                if order == nil { wanted = elements.filter { $0["$patch"] == nil } }
            }
            guard !present.isEmpty || order != nil else { return .array(merged) }
            return .array(ordered(merged, by: wanted, server: present, mergeKey: mergeKey))
        default: return patch
        }
    }

    private func mergeList(
        _ patch: [Value], into target: [Value], _ type: SchemaType, _ mergeKey: String
    ) throws(WaybillError) -> [Value] {
        let element: SchemaType = if case .list(let element, _) = catalog.shape(of: type) { element } else { .any }
        var result = target
        for item in patch {
            guard let members = item.object else {
                throw failure("map: \(Self.text(item)) does not contain declared merge key: \(mergeKey)")
            }
            switch members["$patch"] {
            case nil: break
            case "delete":
                guard let key = members[mergeKey] else {
                    throw failure("delete patch type with no merge key defined")
                }
                result.removeAll { $0[mergeKey] == key }
                continue
            case "merge": throw failure("merging lists cannot yet be specified in the patch")
            case let word?: throw unknownDirective(word, members)
            }
            guard let key = members[mergeKey] else {
                throw failure("map: \(Self.text(item)) does not contain declared merge key: \(mergeKey)")
            }
            if let position = result.firstIndex(where: { $0[mergeKey] == key }) {
                result[position] = .object(try merge(members, into: result[position].object ?? Object(), element))
            } else {
                result.append(.object(try merge(members, into: Object(), element)))
            }
        }
        return result
    }

    /// A patch must name its elements in the order that it asks for.
    private func check(_ patch: [Value], against order: [Value], _ mergeKey: String) throws(WaybillError) {
        let wanted = order.map { Self.key($0, mergeKey) }
        var next = wanted.startIndex
        for element in patch where element["$patch"] == nil {
            guard let found = wanted[next...].firstIndex(of: Self.key(element, mergeKey)) else {
                throw failure(
                    "The order in patch list:\n\(Self.text(.array(patch)))\n doesn't match $setElementOrder list:\n\(Self.text(.array(order)))\n"
                )
            }
            next = wanted.index(after: found)
        }
    }

    private static func key(_ value: Value, _ mergeKey: String?) -> Value {
        mergeKey.flatMap { $0.isEmpty ? Value?.none : value[$0] } ?? value
    }

    /// The elements that `order` names, in its order, and between them the server's own: each of these stands where it
    /// still comes before the next named one that the server already had.
    private func ordered(_ list: [Value], by order: [Value], server: [Value], mergeKey: String?) -> [Value] {
        func position(_ value: Value, in keys: [Value]) -> Int? { keys.firstIndex(of: Self.key(value, mergeKey)) }
        let wanted = order.map { Self.key($0, mergeKey) }
        let known = server.map { Self.key($0, mergeKey) }
        func sorted(_ list: [Value], _ keys: [Value]) -> [Value] {
            list.enumerated().sorted { left, right in
                let places = (position(left.element, in: keys) ?? .max, position(right.element, in: keys) ?? .max)
                return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
            }.map(\.element)
        }
        var named = sorted(list.filter { position($0, in: wanted) != nil }, wanted)[...]
        var others = sorted(list.filter { position($0, in: wanted) == nil }, known)[...]
        var result: [Value] = []
        while let left = others.first, let right = named.first {
            if let leftPlace = position(left, in: known), let rightPlace = position(right, in: known),
                leftPlace < rightPlace
            {
                result.append(others.removeFirst())
            } else {
                result.append(named.removeFirst())
            }
        }
        return result + Array(named) + Array(others)
    }

    private func unknownDirective(_ word: Value, _ members: Object) -> WaybillError {
        failure("unknown patch type: \(Self.text(word)) in map: \(Self.text(.object(members)))")
    }

    /// A value as the server prints it in messages: `map[a:1 b:[x y]]`.
    private static func text(_ value: Value) -> String {
        switch value {
        case .null: "<nil>"
        case .string(let text): text
        case .object(let object):
            "map[\(object.sorted().map { "\($0.key):\(text($0.value))" }.joined(separator: " "))]"
        case .array(let list): "[\(list.map(text).joined(separator: " "))]"
        default: JSONWriter.string(value)
        }
    }

    private func failure(_ message: String) -> WaybillError {
        WaybillError(.invalidInput, message, subject: "strategic merge patch")
    }
}

extension String {
    fileprivate func after(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
