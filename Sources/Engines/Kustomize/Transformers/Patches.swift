import Documents
import Kubernetes
import WaybillCore

extension BuildState {
    mutating func patch(_ rule: PatchRule, _ loader: Loader, in folder: String) throws(WaybillError) {
        if let path = rule.path {
            let (name, bytes) = try loader.read(path, in: folder)
            try patch(bytes, file: name, isInline: false, rule)
        } else if let text = rule.text {
            try patch(Array(text.value.utf8), file: text.place.description, isInline: true, rule)
        }
    }

    /// An entry of `patchesStrategicMerge` is a path or the patch itself.
    mutating func patch(inlineOrFile entry: Located<String>, _ loader: Loader, in folder: String) throws(WaybillError) {
        let isInline = entry.value.contains("\n") || entry.value.hasPrefix("{")
        let (name, bytes) =
            isInline ? (entry.place.description, Array(entry.value.utf8)) : try loader.read(entry, in: folder)
        try patch(bytes, file: name, isInline: isInline, nil)
    }

    private mutating func patch(_ bytes: [UInt8], file: String, isInline: Bool, _ rule: PatchRule?) throws(WaybillError)
    {
        let nodes: [Node]
        do { nodes = try YAMLReader.nodes(from: bytes, schema: .kustomize) } catch {
            throw isInline
                ? WaybillError(
                    .invalidInput, "the patch, at its line \(error.position): \(error.message)", subject: file)
                : error.inFile(file)
        }
        let documents = nodes.filter { $0.scalar != .null }
        guard documents.count == 1 || rule?.target == nil else {
            throw WaybillError(
                .invalidInput, "several patches in one entry cannot have a target",
                subject: SourceLocation(file: file, position: documents[0].position).description,
                remedy: "make an entry of each")
        }
        for node in documents {
            // A patch that stands in the kustomization is placed there.
            let place = isInline ? file : SourceLocation(file: file, position: node.position).description
            if node.elements != nil {
                guard documents.count == 1 else {
                    throw WaybillError(.invalidInput, "a JSON patch must be the only document", subject: place)
                }
                try patchJSON(Self.operations(bytes) ?? node.value, place, rule)
            } else {
                try patchStrategically(node.value, place, rule)
            }
        }
        guard !documents.isEmpty else { throw WaybillError(.invalidInput, "the patch is empty", subject: file) }
    }

    /// The operations as the reference implementation reads them: with the booleans of YAML 1.1, other than resources.
    private static func operations(_ bytes: [UInt8]) -> Value? {
        // What could be read before can be read so as well, or is taken as it was.
        try? YAMLReader.nodes(from: bytes, schema: .kubernetes).first { $0.elements != nil }?.value
    }

    private mutating func patchJSON(_ document: Value, _ place: String, _ rule: PatchRule?) throws(WaybillError) {
        guard let target = rule?.target else {
            throw WaybillError(.invalidInput, "a JSON patch needs a target", subject: place)
        }
        let patch: JSONPatch
        do { patch = try JSONPatch(document) } catch { throw WaybillError(error.code, error.message, subject: place) }
        for index in list.items.indices where target.matches(list.items[index]) {
            let item = list.items[index]
            list.items[index].rememberID()
            do { list.items[index].value = try Self.apply(patch, to: item.value) } catch {
                throw WaybillError(
                    error.code, "the patch does not fit \(item.id) of \(item.origin): \(error.message)", subject: place)
            }
        }
    }

    /// As the reference implementation applies patches, “replace” also adds a member that its object lacks.
    private static func apply(_ patch: JSONPatch, to document: Value) throws(WaybillError) -> Value {
        var result = document
        for operation in patch.operations {
            var operation = operation.countingFromTheEnd(in: result)
            if case .replace(let path, let value) = operation, result[path] == nil,
                result[Pointer(Array(path.tokens.dropLast()))]?.object != nil
            {
                operation = .add(path, value)
            }
            result = try JSONPatch([operation]).apply(to: result)
        }
        return result
    }

    private mutating func patchStrategically(_ patch: Value, _ place: String, _ rule: PatchRule?) throws(WaybillError) {
        guard patch.object != nil else {
            throw WaybillError(
                .invalidInput, "a patch is an object or a list of operations, found \(patch.typeName)", subject: place)
        }
        let id = ResourceID(patch)
        guard !id.kind.isEmpty, !id.name.isEmpty else {
            throw WaybillError(
                .invalidInput,
                "a patch needs kind and metadata.name\(rule?.target == nil ? "" : ", whatever its target says")",
                subject: place)
        }
        let indices: [Int]
        if let target = rule?.target {
            indices = list.items.indices.filter { target.matches(list.items[$0]) }
        } else {
            indices = list.indices { $0.isSame(as: id) }
            guard indices.count == 1 else {
                throw WaybillError(
                    indices.isEmpty ? .notFound : .conflict,
                    "\(indices.isEmpty ? "no resource matches" : "more than one resource matches") the patch of \(id)",
                    subject: place)
            }
        }
        var deleted: [Int] = []
        for index in indices {
            if try !apply(patch, to: index, place, rule) { deleted.append(index) }
        }
        for index in deleted.reversed() { list.items.remove(at: index) }
    }

    /// False when the patch deletes the resource.
    private mutating func apply(_ patch: Value, to index: Int, _ place: String, _ rule: PatchRule?) throws(WaybillError)
        -> Bool
    {
        let before = list.items[index]
        let allowsName = rule?.allowsNameChange ?? false, allowsKind = rule?.allowsKindChange ?? false
        if allowsName || allowsKind { list.items[index].rememberID() }
        let kind = ObjectKind(group: before.id.group, version: before.id.version, kind: before.id.kind)
        do {
            guard let merged = try OverlayMerge(kind: kind, schema: schema).apply(patch, to: before.value) else {
                return false
            }
            list.items[index].value = merged
        } catch {
            throw WaybillError(error.code, "the patch does not fit \(before.id): \(error.message)", subject: place)
        }
        // A patch may name its target loosely; names and kinds change only where that is said.
        list.items[index].value["apiVersion"] = before.value["apiVersion"]
        if !allowsKind { list.items[index].value["kind"] = before.value["kind"] }
        if !allowsName { list.items[index].value[Pointer(["metadata", "name"])] = before.value["metadata"]?["name"] }
        list.items[index].value[Pointer(["metadata", "namespace"])] = before.value["metadata"]?["namespace"]
        return true
    }
}

extension JSONPatch.Operation {
    /// Indices below zero count from the end, which the reference implementation allows beyond RFC 6902.
    fileprivate func countingFromTheEnd(in document: Value) -> JSONPatch.Operation {
        func plain(_ path: Pointer, adding: Bool = false) -> Pointer {
            guard path.tokens.contains(where: { $0.hasPrefix("-") && $0.utf8.count > 1 }) else { return path }
            var result = Pointer()
            for (position, token) in path.tokens.enumerated() {
                guard let elements = document[result]?.array, let index = Int(token), index < 0 else {
                    result = result.appending(token)
                    continue
                }
                let isNew = adding && position == path.tokens.count - 1
                let (place, overflow) = index.addingReportingOverflow(elements.count + (isNew ? 1 : 0))
                result = result.appending(overflow || place < 0 ? token : String(place))
            }
            return result
        }
        return switch self {
        case .add(let path, let value): .add(plain(path, adding: true), value)
        case .remove(let path): .remove(plain(path))
        case .replace(let path, let value): .replace(plain(path), value)
        case .move(let from, let path): .move(from: plain(from), to: plain(path, adding: true))
        case .copy(let from, let path): .copy(from: plain(from), to: plain(path, adding: true))
        case .test(let path, let value): .test(plain(path), value)
        }
    }
}
