import Documents
import RegularExpressions
import WaybillCore

/// The transformations that set one thing in many resources.
extension BuildState {
    /// Which accounts of a role binding move with it.
    enum MovedSubjects: String { case none, defaultOnly, allServiceAccounts }

    mutating func setNamespace(
        _ namespace: String, fields: [FieldSpec], onlyUnset: Bool = false, subjects moved: MovedSubjects = .defaultOnly
    ) throws(WaybillError) {
        for index in list.items.indices {
            list.items[index].rememberID()
            let id = list.items[index].id
            var value = list.items[index].value
            if !id.isClusterScoped, !onlyUnset || id.namespace.isEmpty {
                value[Pointer(["metadata", "namespace"])] = .string(namespace)
            }
            if id.kind == "RoleBinding" || id.kind == "ClusterRoleBinding" {
                try FieldSpec("subjects").update(&value) { subjects throws(WaybillError) in
                    subjects = .array((subjects.array ?? []).map { Self.inNamespace($0, namespace, moved, onlyUnset) })
                }
            }
            for spec in fields where spec.kind.matches(id) && spec.path != ["metadata", "namespace"] {
                // Other groups have kinds of this name too; theirs are no namespaces.
                if spec.path == ["metadata", "name"], id.kind == "Namespace", !id.group.isEmpty { continue }
                if spec.path.first == "subjects" { continue }
                try spec.update(&value) { field throws(WaybillError) in
                    if !onlyUnset || field.isNull || field.string?.isEmpty == true { field = .string(namespace) }
                }
            }
            list.items[index].value = value
        }
        var seen: [ResourceID: SourceLocation] = [:]
        for item in list.items {
            var id = item.id
            id.namespace = id.effectiveNamespace
            if let other = seen.updateValue(item.origin, forKey: id) {
                throw item.failure(.conflict, "in one namespace it has the name of the resource in \(other)")
            }
        }
    }

    /// By itself only the account that every namespace has is moved; others follow their object.
    private static func inNamespace(
        _ subject: Value, _ namespace: String, _ moved: MovedSubjects, _ onlyUnset: Bool
    ) -> Value {
        guard subject["kind"]?.string == "ServiceAccount", moved != .none,
            moved == .allServiceAccounts || subject["name"]?.string == "default",
            !onlyUnset || (subject["namespace"]?.string ?? "").isEmpty
        else { return subject }
        var subject = subject
        subject["namespace"] = .string(namespace)
        return subject
    }

    /// Kinds whose names mean something outside of this build.
    private static let unaffixedKinds = [
        KindPattern(kind: "CustomResourceDefinition"), KindPattern(group: "apiregistration.k8s.io", kind: "APIService"),
        KindPattern(kind: "Namespace"),
    ]

    mutating func addAffix(prefix: String = "", suffix: String = "", fields: [FieldSpec]) throws(WaybillError) {
        for index in list.items.indices {
            let id = list.items[index].originalID
            guard !Self.unaffixedKinds.contains(where: { $0.matches(id) }) else { continue }
            for spec in fields where spec.kind.matches(id) {
                if spec.path == ["metadata", "name"] {
                    list.items[index].rememberID()
                    if !prefix.isEmpty { list.items[index].prefixes.append(prefix) }
                    if !suffix.isEmpty { list.items[index].suffixes.append(suffix) }
                }
                let item = list.items[index]
                try spec.update(&list.items[index].value) { field throws(WaybillError) in
                    guard let text = field.string else {
                        throw item.failure(
                            .invalidInput,
                            "\(spec.path.joined(separator: ".")): expected a string, found \(field.typeName)")
                    }
                    field = .string(prefix + text + suffix)
                }
            }
        }
    }

    /// Labels and annotations.
    mutating func setEntries(_ pairs: [(key: String, value: String)], in fields: [FieldSpec]) throws(WaybillError) {
        guard !pairs.isEmpty else { return }
        for index in list.items.indices {
            let item = list.items[index]
            let id = item.id
            for spec in fields where spec.kind.matches(id) {
                try spec.update(&list.items[index].value) { field throws(WaybillError) in
                    guard field.isNull || field.object != nil else {
                        throw item.failure(
                            .invalidInput,
                            "\(spec.path.joined(separator: ".")): expected an object, found \(field.typeName)")
                    }
                    for pair in pairs { field[pair.key] = .string(pair.value) }
                }
            }
        }
    }

    mutating func setReplicas(_ rule: ReplicaRule, fields: [FieldSpec]) throws(WaybillError) {
        var found = false
        for spec in fields {
            for index in list.indices(matching: { $0.name == rule.name && spec.kind.matches($0) }) {
                found = true
                try spec.update(&list.items[index].value) { field throws(WaybillError) in field = .integer(rule.count) }
            }
        }
        guard found else {
            throw WaybillError(
                .notFound, "replicas: no workload with replicas is named \(Redaction.excerpt(rule.name))",
                subject: rule.place.description)
        }
    }

    /// Images are set in every list of containers, wherever it stands, and in the fields of the configuration.
    mutating func setImage(_ rule: ImageRule, fields: [FieldSpec]) throws(WaybillError) {
        for index in list.items.indices {
            let id = list.items[index].id
            guard id.kind != "CustomResourceDefinition" else { continue }
            var value = list.items[index].value
            Self.setImages(rule, in: &value)
            for spec in fields where spec.kind.matches(id) {
                try spec.update(&value) { field throws(WaybillError) in
                    if let text = field.string { field = .string(rule.applied(to: text)) }
                }
            }
            list.items[index].value = value
        }
    }

    private static func setImages(_ rule: ImageRule, in value: inout Value) {
        switch value {
        case .array(var elements):
            value = .null
            for index in elements.indices { setImages(rule, in: &elements[index]) }
            value = .array(elements)
        case .object(var object):
            value = .null
            for key in object.keys {
                _ = object.update(key) { member in
                    if key == "containers" || key == "initContainers", let containers = member.array {
                        member = .array(
                            containers.map { container in
                                guard let image = container["image"]?.string else { return container }
                                var container = container
                                container["image"] = .string(rule.applied(to: image))
                                return container
                            })
                    }
                    setImages(rule, in: &member)
                }
            }
            value = .object(object)
        default: break
        }
    }
}

extension ImageRule {
    func applied(to image: String) -> String {
        guard pattern.matches(image) else { return image }
        var (name, tag, digest) = Self.split(image)
        if let newName, !newName.isEmpty { name = newName }
        switch (newTag ?? "", self.digest ?? "") {
        case ("", ""):
            if let tagSuffix, !tagSuffix.isEmpty { (tag, digest) = (tag + tagSuffix, "") }
        case (let newTag, let newDigest): (tag, digest) = (newTag, newDigest)
        }
        return name + (tag.isEmpty ? "" : ":\(tag)") + (digest.isEmpty ? "" : "@\(digest)")
    }

    private static func split(_ image: String) -> (name: String, tag: String, digest: String) {
        let parts = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let digest = parts.count == 2 ? String(parts[1]) : ""
        // A colon before the last slash belongs to the registry's port.
        guard let colon = parts[0].lastIndex(of: ":"), !parts[0][colon...].contains("/") else {
            return (String(parts[0]), "", digest)
        }
        return (String(parts[0][..<colon]), String(parts[0][colon...].dropFirst()), digest)
    }
}
