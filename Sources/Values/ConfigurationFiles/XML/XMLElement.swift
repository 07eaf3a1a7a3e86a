import Documents
import WaybillCore

/// An element of an XML document.
struct XMLElement {
    struct Attribute {
        var qualifiedName: String
        var value: String
        var position: Position
        /// Without the prefix of its namespace.
        var name: String { XMLElement.local(qualifiedName) }
    }

    var qualifiedName: String
    var position: Position
    var attributes: [Attribute] = []
    var text = ""
    var children: [XMLElement] = []

    init(qualifiedName: String, position: Position) {
        self.qualifiedName = qualifiedName
        self.position = position
    }

    var name: String { Self.local(qualifiedName) }
    func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// As policies see it.
    var node: Node {
        let content = text.trimmed
        guard !attributes.isEmpty || !children.isEmpty else { return .string(content, at: position) }
        var members = ObjectBuilder()
        for attribute in attributes {
            members.set(
                "-" + attribute.name, at: attribute.position, .string(attribute.value, at: attribute.position))
        }
        if !content.isEmpty { members.set("#content", at: position, .string(content, at: position)) }
        for child in children { members.append(child.name, at: child.position, child.node) }
        return members.node(at: position)
    }

    private static func local(_ name: String) -> String {
        guard let colon = name.lastIndex(of: ":") else { return name }
        return String(name[colon...].dropFirst())
    }
}
