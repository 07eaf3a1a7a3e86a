public import Documents
import Packages
import WaybillCore

extension SPDX {
    /// A bill of materials in SPDX 2.3 JSON. Equal contents give equal bytes: the namespace comes from the contents, and
    /// without a time of its own the document has the earliest that there is.
    public static func document(for inventory: InventoryResult, subject: InventorySubject) -> Value {
        var names = SPDXNames()
        let root = names.make("\(subject.kind == .container ? "Container" : "Application")-\(subject.name)")
        var packages: [Value] = [rootPackage(root, subject)]
        var relationships = [relationship("SPDXRef-DOCUMENT", "DESCRIBES", root)]
        if let system = inventory.operatingSystem {
            let reference = names.make("OperatingSystem-\(system.id)")
            packages.append(operatingSystem(reference, system))
            relationships.append(relationship(root, "CONTAINS", reference))
        }
        let sorted = inventory.packages.sorted(by: Package.inOrder)
        var references: [String] = [], byIdentifier: [String: String] = [:]
        for package in sorted {
            let reference = names.make("Package-\(package.ecosystem.purlType ?? "generic")-\(package.identifier)")
            references.append(reference)
            let key = "\(package.ecosystem)/\(package.identifier)"
            if byIdentifier[key] == nil { byIdentifier[key] = reference }
        }
        for (package, reference) in zip(sorted, references) {
            packages.append(entry(package, reference))
            relationships.append(relationship(root, "CONTAINS", reference))
            for need in package.dependencies {
                guard let other = byIdentifier["\(package.ecosystem)/\(need)"] else { continue }
                relationships.append(relationship(reference, "DEPENDS_ON", other))
            }
        }
        var document: Value = [
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": .string(subject.name.isEmpty ? "unnamed" : subject.name),
            "creationInfo": [
                "created": .string(subject.created.map(second) ?? "1970-01-01T00:00:00Z"),
                "creators": ["Tool: waybill"],
            ],
            "packages": .array(packages), "relationships": .array(relationships),
        ]
        let problems = inventory.problems.map { "\($0.rule) \($0.place): \($0.message)" }
        if !problems.isEmpty { document["comment"] = .string(problems.joined(separator: "\n")) }
        let digest = Digest.sha256(of: JSONWriter.bytes(document, style: .canonical))
        document["documentNamespace"] = .string("https://waybill.dev/spdx/\(digest.hex)")
        return document
    }

    /// SPDX knows whole seconds in universal time only.
    private static func second(_ text: String) -> String { text.hasSuffix("Z") ? String(text.prefix(19)) + "Z" : text }

    private static func rootPackage(_ reference: String, _ subject: InventorySubject) -> Value {
        var value: Value = [
            "SPDXID": .string(reference), "name": .string(subject.name.isEmpty ? "unnamed" : subject.name),
            "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
            "primaryPackagePurpose": .string(subject.kind == .container ? "CONTAINER" : "SOURCE"),
        ]
        if !subject.version.isEmpty { value["versionInfo"] = .string(subject.version) }
        return value
    }

    private static func operatingSystem(_ reference: String, _ system: OperatingSystem) -> Value {
        var value: Value = [
            "SPDXID": .string(reference), "name": .string(system.id), "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false, "primaryPackagePurpose": "OPERATING_SYSTEM",
        ]
        if let version = system.version { value["versionInfo"] = .string(version) }
        return value
    }

    private static func entry(_ package: Package, _ reference: String) -> Value {
        let licence = Licences.expression(of: package.licences) ?? "NOASSERTION"
        var value: Value = [
            "SPDXID": .string(reference), "name": .string(package.name), "downloadLocation": "NOASSERTION",
            "filesAnalyzed": false, "licenseConcluded": "NOASSERTION", "licenseDeclared": .string(licence),
            "copyrightText": "NOASSERTION", "primaryPackagePurpose": "LIBRARY",
        ]
        if !package.version.isEmpty { value["versionInfo"] = .string(package.version) }
        if let purl = package.purl?.description {
            value["externalRefs"] = [
                ["referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": .string(purl)]
            ]
        }
        let notes = CycloneDX.notes(of: package) + (package.isDevelopment ? [("waybill:development", "true")] : [])
        value["attributionTexts"] = .array(notes.map { .string("\($0.0)=\($0.1)") })
        return value
    }

    private static func relationship(_ from: String, _ kind: String, _ to: String) -> Value {
        [
            "spdxElementId": .string(from), "relationshipType": .string(kind), "relatedSpdxElement": .string(to),
        ]
    }
}

/// Names of elements: letters, digits, dots and hyphens, each once.
private struct SPDXNames {
    private var used: Set<String> = []

    mutating func make(_ text: String) -> String {
        let plain = String(
            text.unicodeScalars.map { scalar in
                let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                return isPlain || scalar == "." || scalar == "-" ? Character(scalar) : "-"
            })
        var candidate = "SPDXRef-\(plain)", number = 2
        while !used.insert(candidate).inserted {
            candidate = "SPDXRef-\(plain)-\(number)"
            number += 1
        }
        return candidate
    }
}
