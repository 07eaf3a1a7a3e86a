import Documents

/// What changed between two documents, by field.
struct FieldChanges {
    var added = FieldSet()
    var modified = FieldSet()
    var removed = FieldSet()

    var isEmpty: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

    fileprivate mutating func insert(_ child: FieldChanges, beneath element: PathElement) {
        added.insert(child.added, beneath: element)
        modified.insert(child.modified, beneath: element)
        removed.insert(child.removed, beneath: element)
    }
}

extension TypedDocument {
    func changes(from old: Value, to new: Value) -> FieldChanges { changes(from: old, to: new, type) }

    private func changes(from old: Value?, to new: Value?, _ type: SchemaType) -> FieldChanges {
        var result = FieldChanges()
        for (element, before, after, elementType) in steps(old, new, type) {
            switch (before, after) {
            case (nil, _?): result.added.insert([element])
            case (_?, nil): result.removed.insert([element])
            case (let before?, let after?):
                if isUnit(before, after, elementType) {
                    if before != after { result.modified.insert([element]) }
                    continue
                }
            case (nil, nil): continue
            }
            if !isUnit(before, after, elementType) {
                result.insert(changes(from: before, to: after, elementType), beneath: element)
            }
        }
        return result
    }

    /// Compared as one value: leaves, containers that are empty on both sides, values of different types.
    private func isUnit(_ before: Value?, _ after: Value?, _ type: SchemaType) -> Bool {
        let present = [before, after].compactMap { $0 }.filter { !$0.isNull }
        if present.contains(where: { isLeaf($0, type) }) { return true }
        if let before, let after, !before.isNull, !after.isNull, before.typeName != after.typeName { return true }
        return present.allSatisfy { $0.object?.isEmpty ?? $0.array?.isEmpty ?? true }
    }

    /// The members or elements of two containers side by side.
    private func steps(_ old: Value?, _ new: Value?, _ type: SchemaType) -> [(PathElement, Value?, Value?, SchemaType)]
    {
        let shape = catalog.shape(of: type)
        if case .list(let element, let kind) = shape {
            let before = elements(of: old?.array ?? [], element: element, kind: kind) ?? []
            let after = elements(of: new?.array ?? [], element: element, kind: kind) ?? []
            return pair(before, after).map { ($0, $1, $2, element) }
        }
        let before = (old?.object ?? Object()).map { (PathElement.field($0.key), $0.value) }
        let after = (new?.object ?? Object()).map { (PathElement.field($0.key), $0.value) }
        return pair(before, after).map { element, one, other in
            guard case .field(let name) = element.kind else { return (element, one, other, .any) }
            return (element, one, other, fieldType(name, in: shape) ?? .any)
        }
    }

    private func pair(
        _ before: [(PathElement, Value)], _ after: [(PathElement, Value)]
    ) -> [(PathElement, Value?, Value?)] {
        let new = Dictionary(after) { first, _ in first }
        let old = Dictionary(before) { first, _ in first }
        return old.map { ($0.key, $0.value, new[$0.key]) }
            + new.filter { old[$0.key] == nil }.map { ($0.key, nil, $0.value) }
    }
}
