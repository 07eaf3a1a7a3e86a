import Documents
public import WaybillCore

/// A promotion as a change of text: names an image's digest in a kustomization and leaves the rest of the file, its
/// comments and its layout, as they are.
public struct PromotionEdit: Hashable, Sendable {
    /// The image's name as the manifests write it.
    public var image: String
    /// The name to put in its place, with the registry; nil leaves what the file says.
    public var newName: String?
    public var digest: Digest

    public init(image: String, newName: String? = nil, digest: Digest) {
        self.image = image
        self.newName = newName
        self.digest = digest
    }

    /// The text with the image's digest. Throws when the text is not a kustomization.
    public func applied(to text: String, file: String = "kustomization.yaml") throws(WaybillError) -> String {
        let expected = try edited(try Self.parse(text, file), file)
        if expected == (try Self.parse(text, file)).value { return text }
        var editor = KustomizationText(text)
        if editor.set(image: image, newName: newName, digest: digest.description, in: try Self.parse(text, file)),
            let node = try? Self.parse(editor.text, file), node.value == expected
        {
            return editor.text
        }
        // A layout that cannot be edited in place: correctness before beauty.
        return YAMLWriter.string(expected)
    }

    /// The digests that a kustomization names, by image.
    public static func images(in text: String, file: String = "kustomization.yaml") throws(WaybillError) -> [String:
        Digest]
    {
        var images: [String: Digest] = [:]
        for entry in try parse(text, file)["images"]?.elements ?? [] {
            guard let name = entry["name"]?.string, let written = entry["digest"]?.string else { continue }
            images[name] = try Digest(parsing: written)
        }
        return images
    }

    private static func parse(_ text: String, _ file: String) throws(WaybillError) -> Node {
        do throws(DocumentError) {
            let node = try YAMLReader.node(from: text)
            guard node.members != nil || node.scalar == .null else {
                throw DocumentError(at: node.position, "expected a kustomization, found \(node.typeName)")
            }
            return node
        } catch { throw error.inFile(file) }
    }

    /// What the edited text must say.
    private func edited(_ node: Node, _ file: String) throws(WaybillError) -> Value {
        var value = node.value.isNull ? Value.object(Object()) : node.value
        var entries = value["images"]?.array ?? []
        if let images = node["images"], images.elements == nil, images.scalar != .null {
            throw DocumentError(at: images.position, "images: expected a list, found \(images.typeName)").inFile(file)
        }
        let found = entries.firstIndex { $0["name"]?.string == image }
        let index = found ?? 0
        if found == nil { entries.insert(["name": .string(image)], at: 0) }
        entries[index]["digest"] = .string(digest.description)
        // A tag beside a digest only says what used to be there.
        entries[index]["newTag"] = nil
        if let newName { entries[index]["newName"] = .string(newName) }
        value["images"] = .array(entries)
        return value
    }
}
