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
        let sorted = inventory.packages.sorted(by: Package.inOrder)
        for package in sorted { components.append(component(package, &references)) }
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
        let edges = edges(sorted, depends.suffix(sorted.count).compactMap(\.string))
        var document: Value = [
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1, "metadata": metadata, "components": .array(components),
            "dependencies": .array([["ref": .string(root), "dependsOn": .array(depends)]] + edges),
            "compositions": [
                [
                    "aggregate": .string(inventory.recognised && !inventory.isIncomplete ? "unknown" : "incomplete"),
                    "assemblies": [.string(root)],
                ]
            ],
        ]
        document["serialNumber"] = .string(serialNumber(of: document))
        return document
    }

    /// What each package needs, as far as the list holds it.
    private static func edges(_ packages: [Package], _ references: [String]) -> [Value] {
        var known: [String: String] = [:]
        for (package, reference) in zip(packages, references) {
            let key = "\(package.ecosystem)/\(package.identifier)"
            if known[key] == nil { known[key] = reference }
        }
        return zip(packages, references).compactMap { package, reference in
            let needs = DependencyTree.sorted(package.dependencies.compactMap { known["\(package.ecosystem)/\($0)"] })
                .filter { $0 != reference }
            return needs.isEmpty ? nil : ["ref": .string(reference), "dependsOn": .array(needs.map(Value.string))]
        }
    }

    private static func operatingSystem(_ system: OperatingSystem, _ references: inout Set<String>) -> Value {
        var value: Value = [
            "type": "operating-system",
            "bom-ref": .string(reference("os:\(system.id)@\(system.version ?? "")", &references)),
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
        if !package.licences.isEmpty {
            value["licenses"] = .array(licences(package.licences))
        }
        if let vendor = package.vendor { value["supplier"] = ["name": .string(vendor)] }
        if let purl { value["purl"] = .string(purl) }
        let properties = properties(of: package)
        if !properties.isEmpty { value["properties"] = .array(properties) }
        return value
    }

    /// One expression, or names; a name of the SPDX list as such.
    private static func licences(_ texts: [String]) -> [Value] {
        if texts.count == 1, let text = texts.first, Licences.isExpression(text), !LicenceNames.isKnown(text) {
            return [["expression": .string(text)]]
        }
        var seen: Set<String> = []
        return texts.map(LicenceNames.normal).filter { !$0.isEmpty && seen.insert($0).inserted }.map { text in
            ["license": [LicenceNames.isKnown(text) ? "id" : "name": .string(text)]]
        }
    }

    private static func properties(of package: Package) -> [Value] { notes(of: package).map { property($0.0, $0.1) } }

    /// What the standard has no place for.
    static func notes(of package: Package) -> [(String, String)] {
        var notes = [("waybill:ecosystem", package.ecosystem.description)]
        if let location = package.place.location {
            notes.append(("waybill:file", location.file))
            if let line = location.line { notes.append(("waybill:line", String(line))) }
        }
        if let layer = package.place.layer { notes.append(("waybill:layer", layer.description)) }
        if let source = package.source {
            notes.append(("waybill:source:name", source.name))
            notes.append(("waybill:source:version", source.version))
        }
        if let commit = package.commit { notes.append(("waybill:commit", commit)) }
        if let isDirect = package.isDirect { notes.append(("waybill:direct", isDirect ? "true" : "false")) }
        if package.isThirdParty { notes.append(("waybill:thirdParty", "true")) }
        if let owner = package.owner { notes.append(("waybill:owner", owner)) }
        return notes
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
