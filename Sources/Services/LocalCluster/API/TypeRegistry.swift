import Documents
import Kubernetes
import Synchronization

/// All kinds that the API serves now: the built-in ones and those of established definitions.
final class TypeRegistry: Sendable {
    static let definitions = "customresourcedefinitions.apiextensions.k8s.io"

    private let custom = Mutex<[(name: String, types: [ResourceType])]>([])

    /// Those of definitions, by their names.
    var customTypes: [ResourceType] { custom.withLock { $0.flatMap(\.types) } }
    var all: [ResourceType] { ResourceTable.all + customTypes }

    func type(group: String, version: String, plural: String) -> ResourceType? {
        ResourceTable.type(group: group, version: version, plural: plural)
            ?? customTypes.first { $0.group == group && $0.kind.version == version && $0.plural == plural }
    }

    func type(of kind: ObjectKind) -> ResourceType? {
        ResourceTable.type(of: kind) ?? customTypes.first { $0.kind == kind }
    }

    /// Any version of the resource.
    func type(named qualifiedName: String) -> ResourceType? {
        ResourceTable.type(named: qualifiedName) ?? customTypes.first { $0.qualifiedName == qualifiedName }
    }

    /// Takes a definition as it stands now; nil where it is gone.
    func update(_ name: String, _ definition: Value?) {
        let types = definition.map(Self.types) ?? []
        custom.withLock { custom in
            custom.removeAll { $0.name == name }
            if !types.isEmpty { custom.append((name, types)) }
            custom.sort { $0.name.precedesByBytes($1.name) }
        }
    }

    /// Differs when the definitions of a group do.
    func mark(_ group: String) -> String {
        let types = customTypes.filter { $0.group == group }
        var hasher = Hasher()
        for type in types { hasher.combine(type) }
        return types.isEmpty ? "0" : String(UInt(bitPattern: hasher.finalize()), radix: 36)
    }

    private static func types(of definition: Value) -> [ResourceType] {
        guard definition.condition("Established")?["status"] == "True",
            let group = definition[path: "spec", "group"]?.string,
            let names = definition[path: "status", "acceptedNames"],
            let plural = names["plural"]?.string, let kind = names["kind"]?.string, !kind.isEmpty
        else { return [] }
        let versions = definition[path: "spec", "versions"]?.array ?? []
        let storage = versions.first { $0["storage"]?.bool == true }?["name"]?.string ?? ""
        let served = versions.filter { $0["served"]?.bool == true }
        return served.sorted { VersionName($0["name"]?.string ?? "") < VersionName($1["name"]?.string ?? "") }.map {
            version in
            let objectKind = ObjectKind(group: group, version: version["name"]?.string ?? "", kind: kind)
            var type = ResourceType(
                kind: objectKind, plural: plural, isNamespaced: definition[path: "spec", "scope"] == "Namespaced")
            type.verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
            type.shortNames = (names["shortNames"]?.array ?? []).compactMap(\.string)
            type.categories = (names["categories"]?.array ?? []).compactMap(\.string)
            type.singularName = names["singular"]?.string
            type.listName = names["listKind"]?.string
            let custom = CustomType(definition, version, kind: objectKind, storageVersion: storage)
            type.custom = custom
            let verbs = ["get", "patch", "update"]
            if version["subresources"]?["status"] != nil {
                type.subresources.append(.init(name: "status", verbs: verbs, kind: objectKind))
            }
            if custom.scale != nil {
                type.subresources.append(
                    .init(
                        name: "scale", verbs: verbs,
                        kind: ObjectKind(group: "autoscaling", version: "v1", kind: "Scale")))
            }
            return type
        }
    }
}

/// A version's name in the order of preference: `v2`, `v1`, `v1beta2`, `v1alpha1`, then others by name.
struct VersionName: Comparable {
    private let rank: [Int]
    private let text: String

    init(_ text: String) {
        self.text = text
        var rest = Substring(text)
        guard rest.popFirst() == "v", let major = Self.number(&rest) else {
            rank = []
            return
        }
        if rest.isEmpty {
            rank = [3, major, 0]
        } else if rest.hasPrefix("beta") || rest.hasPrefix("alpha") {
            let isBeta = rest.hasPrefix("beta")
            rest = rest.dropFirst(isBeta ? 4 : 5)
            let minor = Self.number(&rest)
            rank = minor.map { [isBeta ? 2 : 1, major, $0] } ?? []
        } else {
            rank = []
        }
    }

    private static func number(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return Int(digits)
    }

    static func < (left: VersionName, right: VersionName) -> Bool {
        if left.rank != right.rank { return right.rank.lexicographicallyPrecedes(left.rank) }
        return left.text.precedesByBytes(right.text)
    }
}
