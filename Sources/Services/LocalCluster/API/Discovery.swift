import Documents
import Kubernetes

/// What the API tells about itself.
enum Discovery {
    static let version = "1.36.2"

    static let versionDocument: Value = [
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36", "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35", "gitVersion": .string("v\(version)+waybill"), "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "none", "compiler": "swift", "platform": "linux",
    ]

    /// Groups but the core, with their versions in the order of preference.
    static func groups(_ registry: TypeRegistry) -> [(name: String, versions: [String])] {
        var groups: [(name: String, versions: [String])] = []
        for type in registry.all where !type.group.isEmpty {
            if let index = groups.firstIndex(where: { $0.name == type.group }) {
                if !groups[index].versions.contains(type.kind.version) {
                    groups[index].versions.append(type.kind.version)
                }
            } else {
                groups.append((type.group, [type.kind.version]))
            }
        }
        return groups.map { ($0.name, $0.versions.sorted { VersionName($0) < VersionName($1) }) }
    }

    static func coreVersions(address: String) -> Value {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": .string(address)]],
        ]
    }

    static func groupList(_ registry: TypeRegistry) -> Value {
        [
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": .array(groups(registry).map { group($0.name, $0.versions) }),
        ]
    }

    /// One group; nil where there is none of that name.
    static func group(named name: String, _ registry: TypeRegistry) -> Value? {
        guard let found = groups(registry).first(where: { $0.name == name }) else { return nil }
        var value = group(found.name, found.versions)
        value["kind"] = "APIGroup"
        value["apiVersion"] = "v1"
        return value
    }

    private static func group(_ name: String, _ versions: [String]) -> Value {
        let entries = versions.map { version -> Value in
            ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(name), "versions": .array(entries), "preferredVersion": entries.first ?? .null]
    }

    /// The resources of one version; nil where there are none.
    static func resources(group: String, version: String, _ registry: TypeRegistry) -> Value? {
        let types = registry.all.filter { $0.group == group && $0.kind.version == version }
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
    static func aggregated(core: Bool, _ registry: TypeRegistry) -> Value {
        let all = core ? [("", ["v1"])] : groups(registry).map { ($0.name, $0.versions) }
        let items = all.map { name, versions -> Value in
            [
                "metadata": name.isEmpty ? [:] : ["name": .string(name)],
                "versions": .array(
                    versions.map { version in
                        let types = registry.all.filter { $0.group == name && $0.kind.version == version }
                            .sorted { $0.plural.precedesByBytes($1.plural) }
                        return [
                            "version": .string(version), "resources": .array(types.map(resource)),
                            "freshness": "Current",
                        ]
                    }),
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
