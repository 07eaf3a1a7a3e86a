public import Documents

/// Fields of an apply that other managers own with other values.
public struct ApplyConflict: Error, Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        public var manager: ManagedFields.Manager
        /// `.spec.replicas`.
        public var path: String
    }
    public var fields: [Field]
}

/// Keeps the books of field ownership: server-side apply, and every other write.
public struct FieldOwnership: Sendable {
    let document: TypedDocument

    public init(catalog: SchemaCatalog = .builtIn, kind: ObjectKind) {
        document = TypedDocument(catalog: catalog, type: catalog.type(of: kind))
    }

    public struct Result: Sendable {
        public var object: Value
        public var managers: ManagedFields
    }

    /// `live` with the applied document laid over it, and without what this manager applied before and no longer
    /// does, where nobody else owns it. Fields that are `free` may be taken from their managers, unless others conflict.
    public func apply(
        _ applied: Value, to live: Value, managers: ManagedFields, as manager: ManagedFields.Manager, force: Bool,
        free: FieldSet = FieldSet(), time: String
    ) throws(ApplyConflict) -> Result {
        let live = Self.stripped(live)
        let applied = Self.stripped(applied)
        var managers = managers
        let before = managers.entries[manager]
        let fields = document.fields(of: applied)
        managers.entries[manager] = .init(fields: fields, time: time)
        var merged = document.merge(live, applied)
        if let before, !before.fields.isEmpty { merged = prune(merged, was: before.fields, managers) }
        let changes = document.changes(from: live, to: merged)
        // An apply that changes nothing leaves no time: a new manager then has none at all.
        if changes.isEmpty { managers.entries[manager] = .init(fields: fields, time: before?.time ?? "") }
        try settle(changes, &managers, writer: manager, force: force, free: free, time: time)
        return Result(object: merged, managers: managers)
    }

    /// The fields of `document` that stand in `live` with the same values.
    public func fields(of document: Value, agreeingWith live: Value) -> FieldSet {
        let changes = self.document.changes(from: Self.stripped(document), to: Self.stripped(live))
        return self.document.fields(of: Self.stripped(document)).subtracting(changes.modified)
            .subtracting(changes.removed)
    }

    /// The managers after somebody replaced `old` by `new`, by any other write than an apply.
    public func update(
        from old: Value, to new: Value, managers: ManagedFields, as manager: ManagedFields.Manager, time: String
    ) -> ManagedFields {
        var managers = managers
        let changes = document.changes(from: Self.withMetadata(old), to: Self.withMetadata(new))
        guard !changes.isEmpty else { return managers }
        // With force there is no conflict to throw.
        try? settle(changes, &managers, writer: manager, force: true, time: time)
        let before = managers.entries[manager]?.fields ?? FieldSet()
        let after = before.subtracting(changes.removed).union(changes.modified).union(changes.added)
        if after.isEmpty {
            managers.entries[manager] = nil
        } else {
            managers.entries[manager] = .init(
                fields: after,
                time: after == before && changes.modified.isEmpty ? managers.entries[manager]?.time ?? time : time)
        }
        return managers
    }

    /// Takes changed fields from all other managers; without force, changed fields that they own are a conflict.
    private func settle(
        _ changes: FieldChanges, _ managers: inout ManagedFields, writer: ManagedFields.Manager, force: Bool,
        free: FieldSet = FieldSet(), time: String
    ) throws(ApplyConflict) {
        let written = changes.modified.union(changes.added)
        var conflicts: [ApplyConflict.Field] = []
        for (manager, entry) in managers.entries where manager != writer {
            let taken = entry.fields.intersection(written)
            if !force {
                conflicts += taken.subtracting(free).paths.map { path in
                    ApplyConflict.Field(manager: manager, path: path.map(\.display).joined())
                }
            }
            let rest = entry.fields.subtracting(taken).subtracting(changes.removed)
            managers.entries[manager] = rest.isEmpty ? nil : .init(fields: rest, time: entry.time)
        }
        guard conflicts.isEmpty else {
            throw ApplyConflict(fields: conflicts.sorted { ($0.manager.name, $0.path) < ($1.manager.name, $1.path) })
        }
    }

    /// Without the fields of the manager's last apply, except those that somebody owns now.
    private func prune(_ merged: Value, was: FieldSet, _ managers: ManagedFields) -> Value {
        let pruned = document.remove(document.withContainers(was), from: merged)
        let all = document.withContainers(document.fields(of: merged))
        let left = document.withContainers(document.fields(of: pruned))
        let owned = managers.entries.values.reduce(FieldSet()) { $0.union($1.fields) }
        // First give back what is owned, then what hung beneath a removed field without being its manager's own.
        let withOwned = document.remove(
            all.subtracting(left).subtracting(document.withContainers(owned)), from: merged)
        let leftNow = document.withContainers(document.fields(of: withOwned))
        return document.remove(
            all.subtracting(leftNow).intersection(document.withContainers(was)), from: merged)
    }

    /// Fields that nobody owns: the server itself writes them.
    static let unowned: [[String]] = [
        ["apiVersion"], ["kind"], ["metadata", "name"], ["metadata", "namespace"], ["metadata", "creationTimestamp"],
        ["metadata", "selfLink"], ["metadata", "uid"], ["metadata", "resourceVersion"], ["metadata", "generation"],
        ["metadata", "deletionTimestamp"], ["metadata", "deletionGracePeriodSeconds"], ["metadata", "generateName"],
        ["metadata", "managedFields"],
    ]

    /// Every object has metadata; nobody owns the container itself.
    private static func withMetadata(_ value: Value) -> Value {
        var value = stripped(value)
        if value["metadata"] == nil { value["metadata"] = [:] }
        return value
    }

    private static func stripped(_ value: Value) -> Value {
        var value = value
        for path in unowned where value[Pointer(path)] != nil { value[Pointer(path)] = nil }
        if value["metadata"]?.object?.isEmpty == true { value["metadata"] = nil }
        return value
    }

    /// `object` with the members that nobody owns taken from `source`.
    public static func restoringIdentity(of source: Value, in object: Value) -> Value {
        var metadata = Object()
        var result = Object()
        for key in ["apiVersion", "kind"] { result[key] = source[key] }
        for path in unowned where path.count == 2 { metadata[path[1]] = source[Pointer(path)] }
        for member in object["metadata"]?.object ?? Object() { metadata[member.key] = member.value }
        result["metadata"] = .object(metadata)
        for member in object.object ?? Object() where member.key != "metadata" { result[member.key] = member.value }
        return .object(result)
    }
}
