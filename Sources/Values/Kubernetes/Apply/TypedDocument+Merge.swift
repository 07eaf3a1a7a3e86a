import Documents

extension TypedDocument {
    /// `live` with what `applied` sets laid over it.
    func merge(_ live: Value, _ applied: Value) -> Value { merge(live, applied, type) }

    private func merge(_ live: Value, _ applied: Value, _ type: SchemaType) -> Value {
        let shape = catalog.shape(of: type)
        switch (shape, live, applied) {
        case (.list(let element, let kind), .array(let old), .array(let new)):
            guard let before = elements(of: old, element: element, kind: kind),
                let after = elements(of: new, element: element, kind: kind)
            else { return applied }
            return .array(mergeLists(before, after, element))
        case (_, .object(let old), .object(let new)) where !shape.isAtomic:
            var result = old
            for member in new {
                guard let was = old[member.key] else {
                    result[member.key] = member.value
                    continue
                }
                result[member.key] = merge(was, member.value, fieldType(member.key, in: shape) ?? .any)
            }
            return .object(result)
        default: return applied
        }
    }

    /// Elements of both, the applied ones in their order, those of the live list where they stood between them.
    private func mergeLists(
        _ live: [(PathElement, Value)], _ applied: [(PathElement, Value)], _ type: SchemaType
    ) -> [Value] {
        let liveByKey = Dictionary(live) { first, _ in first }
        let appliedKeys = Set(applied.map(\.0))
        var result: [Value] = []
        var rest = live[...]
        func takeLiveOnes() {
            while let next = rest.first, !appliedKeys.contains(next.0) {
                result.append(next.1)
                rest = rest.dropFirst()
            }
        }
        takeLiveOnes()
        for (key, value) in applied {
            result.append(liveByKey[key].map { merge($0, value, type) } ?? value)
            if let position = rest.firstIndex(where: { $0.0 == key }) {
                // Live elements between here and there stay in front of what follows.
                result.append(contentsOf: rest[..<position].filter { !appliedKeys.contains($0.0) }.map(\.1))
                rest = rest[(position + 1)...]
                takeLiveOnes()
            }
        }
        return result + rest.filter { !appliedKeys.contains($0.0) }.map(\.1)
    }

    /// The document without the fields of the set; a container that loses all it had goes with them.
    func remove(_ set: FieldSet, from value: Value) -> Value { remove(set, from: value, type) ?? .object([:]) }

    private func remove(_ set: FieldSet, from value: Value, _ type: SchemaType) -> Value? {
        let shape = catalog.shape(of: type)
        switch (shape, value) {
        case (.list(let element, let kind), .array(let list)):
            guard let elements = elements(of: list, element: element, kind: kind) else { return nil }
            let kept = elements.compactMap { path, value in keep(value, path, element, set) }
            return kept.isEmpty && !list.isEmpty ? Value?.none : .array(kept)
        case (_, .object(let object)) where !shape.isAtomic:
            var result = Object()
            for member in object {
                result[member.key] = keep(
                    member.value, .field(member.key), fieldType(member.key, in: shape) ?? .any, set)
            }
            return result.isEmpty && !object.isEmpty ? Value?.none : .object(result)
        default: return nil
        }
    }

    private func keep(_ value: Value, _ element: PathElement, _ type: SchemaType, _ set: FieldSet) -> Value? {
        if set.members.contains(element) { return nil }
        guard let beneath = set.children[element] else { return value }
        return remove(beneath, from: value, type)
    }

    /// The set with every named container above one of its fields: removing all members removes the container.
    func withContainers(_ set: FieldSet) -> FieldSet { withContainers(set, type) }

    private func withContainers(_ set: FieldSet, _ type: SchemaType) -> FieldSet {
        let shape = catalog.shape(of: type)
        var result = set
        for (element, child) in set.children {
            let childType: SchemaType =
                switch (element.kind, shape) {
                case (.field(let name), _): fieldType(name, in: shape) ?? .any
                case (_, .list(let element, _)): element
                default: .any
                }
            if case .field = element.kind { result.insert([element]) }
            result.insert(withContainers(child, childType), beneath: element)
        }
        return result
    }
}
