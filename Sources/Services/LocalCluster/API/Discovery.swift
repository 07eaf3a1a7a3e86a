import Documents
import Kubernetes

/// What the API tells about itself.
enum Discovery {
    static let version = "1.36.2"

    static let versionDocument: Value = [
        "major": "1", "minor": "36", "gitVersion": .string("v\(version)+waybill"), "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "none", "compiler": "swift", "platform": "linux",
    ]

    private static var groups: [(name: String, version: String)] {
        var groups: [(name: String, version: String)] = []
        for type in ResourceTable.all where !type.group.isEmpty && !groups.contains(where: { $0.name == type.group }) {
            groups.append((type.group, type.kind.version))
        }
        return groups
    }

    static func coreVersions(address: String) -> Value {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": .string(address)]],
        ]
    }

    static var groupList: Value {
        ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map { group($0.name, $0.version) })]
    }

    /// One group; nil where there is none of that name.
    static func group(named name: String) -> Value? {
        guard let found = groups.first(where: { $0.name == name }) else { return nil }
        var value = group(found.name, found.version)
        value["kind"] = "APIGroup"
        value["apiVersion"] = "v1"
        return value
    }

    private static func group(_ name: String, _ version: String) -> Value {
        let entry: Value = ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        return ["name": .string(name), "versions": [entry], "preferredVersion": entry]
    }

    /// The resources of one version; nil where there are none.
    static func resources(group: String, version: String) -> Value? {
        let types = ResourceTable.all.filter { $0.group == group && $0.kind.version == version }
            .sorted { $0.plural.precedesByBytes($1.plural) }
        guard let first = types.first else { return nil }
        var resources: [Value] = []
        for type in types {
            var value: Value = [
                "name": .string(type.plural), "singularName": .string(type.singular),
                "namespaced": .bool(type.isNamespaced),
                "kind": .string(type.kind.kind), "verbs": .array(type.verbs.map(Value.string)),
            ]
            if !type.shortNames.isEmpty { value["shortNames"] = .array(type.shortNames.map(Value.string)) }
            if !type.categories.isEmpty { value["categories"] = .array(type.categories.map(Value.string)) }
            resources.append(value)
            for part in type.subresources {
                var value: Value = [
                    "name": .string("\(type.plural)/\(part.name)"), "singularName": "",
                    "namespaced": .bool(type.isNamespaced),
                    "kind": .string(part.kind.kind), "verbs": .array(part.verbs.map(Value.string)),
                ]
                if part.kind.group != type.group {
                    value["group"] = .string(part.kind.group)
                    value["version"] = .string(part.kind.version)
                }
                resources.append(value)
            }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(first.kind.apiVersion),
            "resources": .array(resources),
        ]
    }

    /// `APIGroupDiscoveryList`: everything in one document, for the core group or for all others.
    static func aggregated(core: Bool) -> Value {
        let names = core ? [("", "v1")] : groups.map { ($0.name, $0.version) }
        let items = names.map { name, version -> Value in
            let types = ResourceTable.all.filter { $0.group == name }.sorted { $0.plural.precedesByBytes($1.plural) }
            return [
                "metadata": name.isEmpty ? [:] : ["name": .string(name)],
                "versions": [
                    [
                        "version": .string(version), "resources": .array(types.map(resource)), "freshness": "Current",
                    ]
                ],
            ]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": .array(items),
        ]
    }

    private static func resource(_ type: ResourceType) -> Value {
        var value: Value = [
            "resource": .string(type.plural), "responseKind": kind(type.kind, in: type.group),
            "scope": .string(type.isNamespaced ? "Namespaced" : "Cluster"), "singularResource": .string(type.singular),
            "verbs": .array(type.verbs.map(Value.string)),
        ]
        if !type.shortNames.isEmpty { value["shortNames"] = .array(type.shortNames.map(Value.string)) }
        if !type.categories.isEmpty { value["categories"] = .array(type.categories.map(Value.string)) }
        if !type.subresources.isEmpty {
            value["subresources"] = .array(
                type.subresources.map { part in
                    [
                        "subresource": .string(part.name), "responseKind": kind(part.kind, in: type.group),
                        "verbs": .array(part.verbs.map(Value.string)),
                    ]
                })
        }
        return value
    }

    /// Group and version are left empty where they are the resource's own.
    private static func kind(_ kind: ObjectKind, in group: String) -> Value {
        let isOwn = kind.group == group
        return [
            "group": .string(isOwn ? "" : kind.group), "version": .string(isOwn ? "" : kind.version),
            "kind": .string(kind.kind),
        ]
    }
}
