import Documents
import WaybillCore

/// A resource on its way through a build, with what the build must remember about it.
struct Item {
    /// What a generator does about a resource that is there already.
    enum Behavior: String, CaseIterable {
        case unspecified, create, replace, merge
    }

    var value: Value {
        didSet { settledID = nil }
    }
    /// The file that it came from.
    var origin: SourceLocation
    /// The names it had before, oldest first.
    var previous: [(namespace: String, name: String, kind: String)] = []
    var prefixes: [String] = []
    var suffixes: [String] = []
    /// A generated resource whose name gets its content's hash.
    var needsHash = false
    var behavior = Behavior.unspecified
    /// Variables that read a field of it.
    var variables: [String] = []
    var record = BuildRecord()

    /// The identifier as long as the value stays as it is.
    private var settledID: ResourceID?

    init(_ value: Value, origin: SourceLocation) {
        self.value = value
        self.origin = origin
        settledID = ResourceID(value)
    }

    var id: ResourceID { settledID ?? ResourceID(value) }

    /// Works out the identifier once for all who ask until the value changes again.
    mutating func settleID() { if settledID == nil { settledID = ResourceID(value) } }

    var previousIDs: [ResourceID] {
        let current = id
        return previous.map {
            ResourceID(
                group: current.group, version: current.version, kind: $0.kind, namespace: $0.namespace, name: $0.name)
        }
    }

    /// The name in its own file.
    var originalID: ResourceID { previousIDs.first ?? id }

    /// Whether it has, or ever had, this name.
    func isNamed(_ matches: (ResourceID) -> Bool) -> Bool { previousIDs.contains(where: matches) || matches(id) }

    /// To be called before a change of name, kind or namespace.
    mutating func rememberID() {
        let id = self.id
        // Objects of the cluster keep their empty namespace, others the one they count as having.
        previous.append((id.isClusterScoped ? "" : id.effectiveNamespace, id.name, id.kind))
    }

    var name: String {
        get { value["metadata"]?["name"]?.string ?? "" }
        set { value[Pointer(["metadata", "name"])] = .string(newValue) }
    }

    func strings(_ key: String) -> [String: String] {
        var result: [String: String] = [:]
        for member in value["metadata"]?[key]?.object ?? Object() { result[member.key] = member.value.string }
        return result
    }

    func failure(_ code: WaybillError.Code = .invalidInput, _ message: String, remedy: String? = nil) -> WaybillError {
        WaybillError(code, "\(id): \(message)", subject: origin.description, remedy: remedy)
    }
}

/// All resources of a build so far, in the order of loading.
struct ItemList {
    /// The most resources that a build may hold.
    static let countMax = 20_000

    var items: [Item] = [] {
        didSet { known = nil }
    }

    /// Where each resource stands, known only while resources are added.
    private var known: [ResourceID: Int]?

    /// Works out all identifiers, before a step that compares many.
    mutating func settleIDs() {
        for index in items.indices { items[index].settleID() }
    }

    func indices(matching matches: (ResourceID) -> Bool) -> [Int] {
        items.indices.filter { items[$0].isNamed(matches) }
    }

    mutating func append(_ item: Item) throws(WaybillError) {
        var known =
            self.known
            ?? Dictionary(
                items.indices.map { (items[$0].id.identity, $0) }, uniquingKeysWith: { first, _ in first })
        self.known = nil
        if let other = known.updateValue(items.count, forKey: item.id.identity) {
            throw item.failure(.conflict, "the same resource stands in \(items[other].origin)")
        }
        guard items.count < Self.countMax else {
            throw item.failure(.limitExceeded, "more than \(Self.countMax) resources")
        }
        items.append(item)
        self.known = known
    }

    /// Takes in what a generator made.
    mutating func absorb(_ item: Item) throws(WaybillError) {
        let id = item.id
        let matches = indices { $0.isSame(as: id) }
        guard let index = matches.first else {
            guard item.behavior != .merge, item.behavior != .replace else {
                throw item.failure(.notFound, "there is nothing to \(item.behavior.rawValue)")
            }
            return try append(item)
        }
        guard matches.count == 1 else { throw item.failure(.conflict, "more than one resource could take it in") }
        guard item.behavior == .merge || item.behavior == .replace else {
            throw item.failure(
                .conflict, "the same resource stands in \(items[index].origin)",
                remedy: "say behavior: merge or replace")
        }
        items[index] = item.taking(over: items[index])
    }
}

extension Item {
    /// The generated resource in the place of an old one: metadata is merged, data too when it asks for that.
    fileprivate func taking(over old: Item) -> Item {
        var result = self
        for key in ["labels", "annotations"] {
            var merged = old.value["metadata"]?[key]?.object ?? Object()
            for member in value["metadata"]?[key]?.object ?? Object() { merged[member.key] = member.value }
            if !merged.isEmpty { result.value[Pointer(["metadata", key])] = .object(merged) }
        }
        result.value[Pointer(["metadata", "name"])] = old.value["metadata"]?["name"]
        result.value[Pointer(["metadata", "namespace"])] = old.value["metadata"]?["namespace"]
        if behavior == .merge {
            for key in ["data", "binaryData"] {
                var merged = old.value[key]?.object ?? Object()
                for member in value[key]?.object ?? Object() { merged[member.key] = member.value }
                if !merged.isEmpty { result.value[key] = .object(merged) }
            }
            result.record = old.record
        }
        // What was made without a hash, or by hand, keeps the name by which others know it.
        result.needsHash = needsHash && old.needsHash
        result.previous = old.previous
        result.prefixes = old.prefixes
        result.suffixes = old.suffixes
        result.variables = old.variables
        return result
    }
}
