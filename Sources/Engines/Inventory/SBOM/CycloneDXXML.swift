import Documents
import WaybillCore

/// CycloneDX in XML, as the value that the same document in JSON would be, as far as inventories need it.
enum CycloneDXXML {
    static func value(from bytes: [UInt8]) throws(DocumentError) -> Value {
        let root = try XMLReader.element(from: bytes)
        let space =
            root.attributes["xmlns"] ?? root.attributes.first { $0.value.contains("cyclonedx.org/schema/bom") }?.value
            ?? ""
        guard root.name == "bom", let slash = space.lastIndex(of: "/"), space.contains("cyclonedx.org/schema/bom/")
        else {
            throw DocumentError(at: root.position, "expected the element bom of CycloneDX")
        }
        var document: Object = [
            "bomFormat": "CycloneDX", "specVersion": .string(String(space[space.index(after: slash)...])),
        ]
        if let metadata = root.first("metadata"), let subject = metadata.first("component") {
            document["metadata"] = ["component": component(subject)]
        }
        document["components"] = .array((root.first("components")?.all("component") ?? []).map(component))
        document["dependencies"] = .array(
            (root.first("dependencies")?.all("dependency") ?? []).map { each in
                [
                    "ref": .string(each.attributes["ref"] ?? ""),
                    "dependsOn": .array(each.all("dependency").map { .string($0.attributes["ref"] ?? "") }),
                ]
            })
        return .object(document)
    }

    /// The reader bounds how deep elements lie.
    private static func component(_ element: XMLElement) -> Value {
        var object: Object = [:]
        object["type"] = .string(element.attributes["type"] ?? "")
        if let reference = element.attributes["bom-ref"] { object["bom-ref"] = .string(reference) }
        for key in ["name", "version", "group", "purl", "scope", "publisher"] {
            if let text = element.value(key) { object[key] = .string(text) }
        }
        if let supplier = element.first("supplier")?.value("name") { object["supplier"] = ["name": .string(supplier)] }
        if let licences = element.first("licenses") {
            object["licenses"] = .array(
                licences.children.map { each in
                    if each.name == "expression" { return ["expression": .string(Text.trimmed(each.text))] }
                    let key = each.first("id") != nil ? "id" : "name"
                    return ["license": [key: .string(each.value(key) ?? "")]]
                })
        }
        object["properties"] = .array(
            (element.first("properties")?.all("property") ?? []).map { each in
                ["name": .string(each.attributes["name"] ?? ""), "value": .string(Text.trimmed(each.text))]
            })
        object["components"] = .array((element.first("components")?.all("component") ?? []).map(component))
        return .object(object)
    }
}
