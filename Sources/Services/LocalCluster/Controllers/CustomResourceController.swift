import Documents
import Kubernetes

/// Lets definitions in: accepts their names, opens their kinds, and empties those that are to go.
struct CustomResourceController: Sendable {
    static let finalizer = "customresourcecleanup.apiextensions.k8s.io"
    private static let manager = "kube-apiserver"

    let client: ClusterClient

    func pass() async {
        let definitions = await client.list(TypeRegistry.definitions)
        for definition in definitions {
            if definition.isBeingDeleted {
                await empty(definition)
            } else {
                await accept(definition, among: definitions)
            }
        }
    }

    private func accept(_ definition: Value, among all: [Value]) async {
        var status = definition["status"] ?? [:]
        let names = definition[path: "spec", "names"] ?? [:]
        let others = all.filter {
            $0.uid != definition.uid && $0[path: "spec", "group"] == definition[path: "spec", "group"]
        }
        func taken(_ key: String, _ word: Value?) -> Bool {
            guard let word, word != "" else { return false }
            return others.contains { other in
                let accepted = other[path: "status", "acceptedNames"]
                return key == "shortNames" || key == "plural" || key == "singular"
                    ? accepted?["plural"] == word || accepted?["singular"] == word
                        || accepted?["shortNames"]?.array?.contains(word) == true
                    : accepted?["kind"] == word || accepted?["listKind"] == word
            }
        }
        var accepted: Value = status["acceptedNames"] ?? ["kind": "", "plural": ""]
        var conflict: (reason: String, message: String)?
        for (key, reason) in [
            ("plural", "PluralConflict"), ("singular", "SingularConflict"), ("kind", "KindConflict"),
            ("listKind", "ListKindConflict"),
        ] {
            if taken(key, names[key]) {
                conflict = (reason, "\(JSONWriter.string(names[key] ?? "")) is already in use")
            } else {
                accepted[key] = names[key]
            }
        }
        for short in names["shortNames"]?.array ?? [] where taken("shortNames", short) {
            conflict = ("ShortNamesConflict", "\(JSONWriter.string(short)) is already in use")
        }
        if conflict == nil {
            accepted = names
        } else {
            for key in ["singular", "listKind", "shortNames", "categories"]
            where accepted[key] == nil || accepted[key] == names[key] {
                accepted[key] = nil
            }
        }
        accepted.fill(["kind"], "")
        accepted.fill(["plural"], "")
        var conditions = status["conditions"]?.array ?? []
        func set(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) {
            let word: Value = isTrue ? "True" : "False"
            var condition: Value = [
                "type": .string(type), "status": word, "reason": .string(reason), "message": .string(message),
            ]
            if let index = conditions.firstIndex(where: { $0["type"]?.string == type }) {
                condition["lastTransitionTime"] =
                    conditions[index]["status"] == word
                    ? conditions[index]["lastTransitionTime"] : .string(APITime.now)
                conditions[index] = condition
            } else {
                condition["lastTransitionTime"] = .string(APITime.now)
                conditions.append(condition)
            }
        }
        let wasEstablished = definition.condition("Established")?["status"] == "True"
        if let conflict {
            set("NamesAccepted", false, conflict.reason, conflict.message)
            if !wasEstablished { set("Established", false, "NotAccepted", "not all names are accepted") }
        } else {
            set("NamesAccepted", true, "NoConflicts", "no conflicts found")
            if !wasEstablished {
                set("Established", true, "InitialNamesAccepted", "the initial names have been accepted")
            }
        }
        status["conditions"] = .array(conditions)
        status["acceptedNames"] = accepted
        try? await client.setStatus(TypeRegistry.definitions, definition, status, as: Self.manager)
    }

    private func empty(_ definition: Value) async {
        let finalizers = definition[path: "metadata", "finalizers"]?.array ?? []
        guard finalizers.contains(.string(Self.finalizer)) else { return }
        let resource =
            "\(definition[path: "spec", "names", "plural"]?.string ?? "").\(definition[path: "spec", "group"]?.string ?? "")"
        let objects = await client.list(resource)
        for object in objects where !object.isBeingDeleted {
            try? await client.delete(resource, object, as: Self.manager)
        }
        guard await client.list(resource).isEmpty else { return }
        let rest = finalizers.filter { $0 != .string(Self.finalizer) }
        _ = try? await client.patch(
            TypeRegistry.definitions, definition,
            ["metadata": ["finalizers": rest.isEmpty ? .null : .array(rest)]], as: Self.manager)
    }
}
