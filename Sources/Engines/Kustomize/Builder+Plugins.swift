import Documents
import WaybillCore

/// A document in `generators` or `transformers`: one of the built-in ones, everything else is a program and refused.
struct PluginDocument {
    var value: Value
    var place: SourceLocation
    /// The file, or nil where it stands in the kustomization itself.
    var file: String?

    var kind: String { value["kind"]?.string ?? "" }
    var name: String { value["metadata"]?["name"]?.string ?? "" }

    /// Its settings, without the parts that every object has.
    var settings: Node {
        var settings = value
        for key in ["apiVersion", "kind", "metadata"] { settings[key] = nil }
        return Node(settings, at: place.position ?? .start)
    }

    var reader: Reader {
        get throws(WaybillError) { try Reader(settings, of: kind, file: place.file) }
    }

    var maker: (file: String?, by: Value) {
        var by: Value = ["apiVersion": "builtin", "kind": .string(kind)]
        by["name"] = .string(name)
        return (file, by)
    }

    var refusal: WaybillError {
        WaybillError(
            .unsupported,
            "\(value["apiVersion"]?.string ?? "") \(kind) is not supported: programs are not run while rendering",
            subject: place.description)
    }
}

extension Builder {
    mutating func plugins(_ entries: [Located<String>], in folder: String) throws(WaybillError) -> [PluginDocument] {
        var documents: [PluginDocument] = []
        for entry in entries {
            if entry.value.contains("\n") {
                for item in try loader.items(Array(entry.value.utf8), file: entry.place.file) {
                    documents.append(PluginDocument(value: item.value, place: entry.place, file: nil))
                }
            } else if loader.isFile(entry, in: folder) {
                let (name, bytes) = try loader.read(entry, in: folder)
                for item in try loader.items(bytes, file: name) {
                    documents.append(PluginDocument(value: item.value, place: item.origin, file: name))
                }
            } else {
                let target = try loader.folder(entry, from: folder)
                let state = try build(try loader.kustomization(in: target), in: target)
                for item in state.list.items {
                    documents.append(PluginDocument(value: item.value, place: item.origin, file: item.origin.file))
                }
            }
        }
        for document in documents where document.value["apiVersion"]?.string != "builtin" { throw document.refusal }
        return documents
    }
}

extension Node {
    /// A value as if it had been written at one place.
    init(_ value: Value, at position: Position) {
        switch value {
        case .array(let elements): self.init(.array(elements.map { Node($0, at: position) }), at: position)
        case .object(let object):
            self.init(
                .object(object.map { Member(key: $0.key, keyPosition: position, node: Node($0.value, at: position)) }),
                at: position)
        default: self.init(.scalar(value), at: position)
        }
    }
}
