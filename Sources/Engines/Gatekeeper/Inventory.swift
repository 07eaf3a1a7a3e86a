public import Documents
public import WaybillCore

/// The objects that a policy may ask for beside the one it judges: `data.inventory`.
public struct Inventory: Sendable {
    private(set) var document = Object()
    /// Labels of the namespaces that are known.
    private(set) var namespaces: [String: [String: String]] = [:]

    public init() {}
    public var isEmpty: Bool { document.isEmpty }

    /// Throws `.invalidInput` for what has no kind, version or name.
    public mutating func insert(_ object: Value, file: String) throws(WaybillError) {
        guard let apiVersion = object["apiVersion"]?.string, let kind = object["kind"]?.string,
            let name = object["metadata"]?["name"]?.string, !apiVersion.isEmpty, !kind.isEmpty, !name.isEmpty
        else {
            throw WaybillError(
                .invalidInput, "the inventory wants objects with apiVersion, kind and metadata.name", subject: file)
        }
        let namespace = object["metadata"]?["namespace"]?.string ?? ""
        let path = namespace.isEmpty ? ["cluster"] : ["namespace", namespace]
        var whole = Value.object(document)
        whole[Pointer(path + [apiVersion, kind, name])] = object
        document = whole.object ?? document
        if kind == "Namespace", apiVersion == "v1" {
            var labels: [String: String] = [:]
            for member in object["metadata"]?["labels"]?.object ?? Object() { labels[member.key] = member.value.string }
            namespaces[name] = labels
        }
    }

    /// The namespace itself; nil where it is not known.
    func namespace(_ name: String) -> Value? {
        Value.object(document)[Pointer(["cluster", "v1", "Namespace", name])]
    }
}
