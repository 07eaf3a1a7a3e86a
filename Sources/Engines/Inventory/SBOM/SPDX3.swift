import Documents
import Packages
import WaybillCore

/// Bills of materials in SPDX 3.0 JSON: a graph of elements that name each other.
enum SPDX3 {
    static func inventory(from document: Value, file: String) throws(WaybillError) -> InventoryResult {
        let elements = document["@graph"]?.array ?? []
        let versions = elements.compactMap { $0["specVersion"]?.string }
        if let version = versions.first(where: { !$0.hasPrefix("3.0") }) {
            throw WaybillError(
                .unsupported, "the SPDX version \(Redaction.excerpt(version)) is not read", subject: file,
                remedy: "pass SPDX 2.2, 2.3 or 3.0")
        }
        var packages = SBOMPackages(file: file)
        // Documents name what they are about.
        let roots = Set(elements.flatMap { $0["rootElement"]?.array ?? [] }.compactMap(\.string))
        var licences: [String: String] = [:]
        for element in elements {
            if let expression = element["simplelicensing_licenseExpression"]?.string, let id = id(element) {
                licences[id] = expression
            }
        }
        var declared: [String: String] = [:]
        for element in elements where isRelationship(element) {
            let kind = element["relationshipType"]?.string
            guard kind == "hasDeclaredLicense" || kind == "hasConcludedLicense", let from = element["from"]?.string,
                let licence = (element["to"]?.array ?? []).compactMap({ $0.string.flatMap { licences[$0] } }).first
            else { continue }
            if kind == "hasDeclaredLicense" || declared[from] == nil { declared[from] = licence }
        }
        for element in elements where element["type"]?.string == "software_Package" {
            add(element, roots, declared, file, into: &packages)
        }
        for element in elements where isRelationship(element) {
            let others = (element["to"]?.array ?? []).compactMap(\.string)
            guard let from = element["from"]?.string else { continue }
            if element["relationshipType"]?.string == "dependsOn" { packages.depend(from, on: others) }
        }
        return packages.finished()
    }

    private static func id(_ element: Value) -> String? { element["spdxId"]?.string ?? element["@id"]?.string }

    private static func isRelationship(_ element: Value) -> Bool {
        element["type"]?.string == "Relationship" || element["type"]?.string == "LifecycleScopedRelationship"
    }

    private static func add(
        _ element: Value, _ roots: Set<String>, _ licences: [String: String], _ file: String,
        into packages: inout SBOMPackages
    ) {
        let name = element["name"]?.string ?? "", reference = id(element) ?? name
        if element["software_primaryPurpose"]?.string == "operatingSystem" {
            packages.result.operatingSystem = OperatingSystem(
                id: name, version: element["software_packageVersion"]?.string)
            return
        }
        let identifiers = (element["externalIdentifier"]?.array ?? []).filter {
            $0["externalIdentifierType"]?.string == "packageUrl"
        }
        let text = element["software_packageUrl"]?.string ?? identifiers.first?["identifier"]?.string
        guard let text, let url = try? PackageURL(parsing: text, .folding), var package = Package(url) else {
            if !roots.contains(reference) { packages.missing(name) }
            return
        }
        if package.version.isEmpty { package.version = element["software_packageVersion"]?.string ?? "" }
        package.source = SPDX.source(element["software_sourceInfo"]?.string, package) ?? package.source
        package.licences = licences[reference].map { [$0] } ?? []
        let notes = element["software_attributionText"]
        SPDX.annotations(notes?.array?.compactMap(\.string) ?? notes?.string.map { [$0] } ?? [], &package, file)
        packages.add(package, reference: reference)
    }
}
