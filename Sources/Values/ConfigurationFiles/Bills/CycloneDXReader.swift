public import Documents
import WaybillCore

/// Reads CycloneDX bills of materials in JSON or XML; the XML form becomes what the JSON form would be.
public enum CycloneDXReader {
    public static func node(from bytes: [UInt8], limits: DocumentLimits = .standard) throws(DocumentError) -> Node {
        let first = bytes.drop { $0.isSpace || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }.first
        if first != UInt8(ascii: "<") {
            let node = try JSONReader.node(from: bytes, limits: limits)
            guard node["bomFormat"]?.string == "CycloneDX" else {
                throw DocumentError(at: node.position, "not a CycloneDX bill: “bomFormat” is not CycloneDX")
            }
            return node
        }
        let root = try XMLReader.element(from: bytes, limits: limits)
        guard root.name == "bom" else { throw DocumentError(at: root.position, "not a CycloneDX bill: no <bom>") }
        var members = ObjectBuilder()
        members.set("bomFormat", at: root.position, .string("CycloneDX", at: root.position))
        if let version = specification(root) {
            members.set("specVersion", at: root.position, .string(version, at: root.position))
        }
        for member in object(root).members ?? [] where member.key != "xmlns" {
            members.set(member.key, at: member.keyPosition, member.node)
        }
        return members.node(at: root.position)
    }

    /// From the namespace `http://cyclonedx.org/schema/bom/1.5`.
    private static func specification(_ root: XMLElement) -> String? {
        root.attributes.first { $0.name == "xmlns" || $0.value.contains("cyclonedx.org/schema/bom/") }
            .flatMap { $0.value.split(separator: "/").last.map(String.init) }
    }

    /// Elements that hold nothing but a list, with the name of its items.
    private static let lists = [
        "components": "component", "services": "service", "dependencies": "dependency", "hashes": "hash",
        "externalReferences": "reference", "authors": "author", "properties": "property",
        "vulnerabilities": "vulnerability", "compositions": "composition", "annotations": "annotation",
        "ratings": "rating", "advisories": "advisory", "cwes": "cwe", "affects": "target", "notes": "note",
        "endpoints": "endpoint", "references": "reference", "tags": "tag", "lifecycles": "lifecycle",
        "commits": "commit", "patches": "patch", "ancestors": "component", "versions": "version",
    ]

    private static func node(_ element: XMLElement) -> Node {
        if let item = lists[element.name], element.children.allSatisfy({ $0.name == item }) {
            return Node(.array(element.children.map(node)), at: element.position)
        }
        switch element.name {
        case "licenses": return Node(.array(element.children.map(license)), at: element.position)
        case "tools" where element.children.allSatisfy({ $0.name == "tool" }):
            return Node(.array(element.children.map(node)), at: element.position)
        case "hash": return pair(element, "alg", "content")
        case "property": return pair(element, "name", "value")
        case "dependency": return dependency(element)
        default: break
        }
        if element.attributes.isEmpty, element.children.isEmpty {
            return scalar(element.text.trimmed, at: element.position)
        }
        return object(element)
    }

    private static func object(_ element: XMLElement) -> Node {
        var members = ObjectBuilder()
        for attribute in element.attributes where !attribute.qualifiedName.hasPrefix("xmlns") {
            let isNumber = element.name == "bom" && attribute.name == "version"
            members.set(
                attribute.name, at: attribute.position,
                isNumber
                    ? Node(.scalar(LooseScalar.value(attribute.value)), at: attribute.position)
                    : .string(attribute.value, at: attribute.position))
        }
        let content = element.text.trimmed
        if !content.isEmpty { members.set("content", at: element.position, .string(content, at: element.position)) }
        for child in element.children { members.append(child.name, at: child.position, node(child)) }
        return members.node(at: element.position)
    }

    /// `<license>` is one more level in JSON, `<expression>` is none.
    private static func license(_ element: XMLElement) -> Node {
        var members = ObjectBuilder()
        members.set(element.name, at: element.position, node(element))
        return members.node(at: element.position)
    }

    private static func pair(_ element: XMLElement, _ attribute: String, _ content: String) -> Node {
        var members = ObjectBuilder()
        if let found = element.attributes.first(where: { $0.name == attribute }) {
            members.set(attribute, at: found.position, .string(found.value, at: found.position))
        }
        members.set(content, at: element.position, .string(element.text.trimmed, at: element.position))
        return members.node(at: element.position)
    }

    private static func dependency(_ element: XMLElement) -> Node {
        var members = ObjectBuilder()
        func reference(_ element: XMLElement) -> Node {
            .string(element.attributes.first { $0.name == "ref" }?.value ?? "", at: element.position)
        }
        members.set("ref", at: element.position, reference(element))
        members.set(
            "dependsOn", at: element.position, Node(.array(element.children.map(reference)), at: element.position))
        return members.node(at: element.position)
    }

    private static func scalar(_ text: String, at position: Position) -> Node {
        switch text {
        case "true": Node(.scalar(true), at: position)
        case "false": Node(.scalar(false), at: position)
        default: .string(text, at: position)
        }
    }
}
