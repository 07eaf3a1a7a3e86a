public import Documents
import Packages
import WaybillCore

/// What a bill of materials is about.
public struct InventorySubject: Hashable, Sendable {
    public enum Kind: String, Sendable { case container, application }

    public var kind: Kind
    /// `shop/cart`, a repository's name.
    public var name: String
    /// An image's digest, a commit.
    public var version: String
    /// RFC 3339; left out where nil, so that the same contents give the same document.
    public var created: String?

    public init(kind: Kind, name: String, version: String, created: String? = nil) {
        self.kind = kind
        self.name = name
        self.version = version
        self.created = created
    }
}

/// Bills of materials in CycloneDX 1.6 JSON. Equal contents give equal bytes: the serial number comes from the contents.
public enum CycloneDX {
    public static func document(for inventory: InventoryResult, subject: InventorySubject) -> Value {
        var references: Set<String> = []
        var components: [Value] = []
        if let system = inventory.operatingSystem { components.append(operatingSystem(system, &references)) }
        for package in inventory.packages.sorted(by: Package.inOrder) { components.append(component(package, &references)) }
        let root = reference("\(subject.kind.rawValue):\(subject.name)@\(subject.version)", &references)
        let rootComponent: Value = [
            "type": .string(subject.kind.rawValue), "bom-ref": .string(root), "name": .string(subject.name),
            "version": .string(subject.version),
        ]
        var metadata: Value = [
            "tools": ["components": [["type": "application", "name": "waybill"]]],
            "component": rootComponent,
        ]
        if let created = subject.created { metadata["timestamp"] = .string(created) }
        // What could not be read is part of the truth about the list.
        let problems = inventory.problems.map { property("waybill:problem", "\($0.rule) \($0.place): \($0.message)") }
        if !problems.isEmpty { metadata["properties"] = .array(problems) }
        let depends = components.compactMap { $0["bom-ref"] }
        var document: Value = [
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
            "version": 1, "metadata": metadata, "components": .array(components),
            "dependencies": [["ref": .string(root), "dependsOn": .array(depends)]],
            "compositions": [
                ["aggregate": .string(inventory.recognised && !inventory.isIncomplete ? "unknown" : "incomplete"), "assemblies": [.string(root)]]
            ],
        ]
        document["serialNumber"] = .string(serialNumber(of: document))
        return document
    }

    private static func operatingSystem(_ system: OperatingSystem, _ references: inout Set<String>) -> Value {
        var value: Value = [
            "type": "operating-system", "bom-ref": .string(reference("os:\(system.id)@\(system.version ?? "")", &references)),
            "name": .string(system.id),
        ]
        if let version = system.version { value["version"] = .string(version) }
        return value
    }

    private static func component(_ package: Package, _ references: inout Set<String>) -> Value {
        let purl = package.purl?.description
        let name = purl ?? "\(package.ecosystem)/\(package.name)@\(package.version)"
        var value: Value = [
            "type": "library", "bom-ref": .string(reference(name, &references)), "name": .string(package.name),
            "version": .string(package.version),
        ]
        if package.isDevelopment { value["scope"] = "excluded" }
        if !package.licences.isEmpty { value["licenses"] = .array(package.licences.map { ["license": ["name": .string($0)]] }) }
        if let purl { value["purl"] = .string(purl) }
        let properties = properties(of: package)
        if !properties.isEmpty { value["properties"] = .array(properties) }
        return value
    }

    private static func properties(of package: Package) -> [Value] {
        var properties = [property("waybill:ecosystem", package.ecosystem.description)]
        if let location = package.place.location {
            properties.append(property("waybill:file", location.file))
            if let line = location.line { properties.append(property("waybill:line", String(line))) }
        }
        if let layer = package.place.layer { properties.append(property("waybill:layer", layer.description)) }
        if let source = package.source {
            properties.append(property("waybill:source:name", source.name))
            properties.append(property("waybill:source:version", source.version))
        }
        if let commit = package.commit { properties.append(property("waybill:commit", commit)) }
        if let isDirect = package.isDirect { properties.append(property("waybill:direct", isDirect ? "true" : "false")) }
        return properties
    }

    private static func property(_ name: String, _ value: String) -> Value {
        ["name": .string(name), "value": .string(value)]
    }

    /// References are unique in a document: repeated names get a number.
    private static func reference(_ name: String, _ references: inout Set<String>) -> String {
        var candidate = name, number = 2
        while !references.insert(candidate).inserted {
            candidate = "\(name)#\(number)"
            number += 1
        }
        return candidate
    }

    /// A UUID of version 8 (RFC 9562) made of the digest over the document's canonical form.
    private static func serialNumber(of document: Value) -> String {
        let digest = Digest.sha256(of: JSONWriter.bytes(document, style: .canonical))
        var bytes = Array((Hex.decode(digest.hex) ?? []).prefix(16))
        guard bytes.count == 16 else { return "" }
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { Hex.encode(bytes[$0]) }
        return "urn:uuid:" + groups.joined(separator: "-")
    }
}
