import Documents
import Packages
import WaybillCore

/// Bills of materials in SPDX 2: reading.
public enum SPDX {
    static func inventory(from document: Value, file: String) throws(WaybillError) -> InventoryResult {
        let version = document["spdxVersion"]?.string ?? ""
        guard version.hasPrefix("SPDX-2.") else {
            throw WaybillError(
                .unsupported, "the SPDX version \(Redaction.excerpt(version)) is not read", subject: file,
                remedy: "pass SPDX 2.2, 2.3 or 3.0")
        }
        var packages = SBOMPackages(file: file)
        let relationships = Relationships(document)
        for entry in document["packages"]?.array ?? [] { add(entry, relationships, file, into: &packages) }
        for (reference, others) in relationships.needs.sorted(by: { $0.key < $1.key }) {
            packages.depend(reference, on: others)
        }
        return packages.finished()
    }

    /// Who needs whom, in whatever direction it was written.
    private struct Relationships {
        var needs: [String: [String]] = [:]
        var development: Set<String> = []
        var described: Set<String> = []

        init(_ document: Value) {
            described = Set((document["documentDescribes"]?.array ?? []).compactMap(\.string))
            for each in document["relationships"]?.array ?? [] {
                guard let from = each["spdxElementId"]?.string, let to = each["relatedSpdxElement"]?.string else {
                    continue
                }
                switch each["relationshipType"]?.string {
                case "DEPENDS_ON": needs[from, default: []].append(to)
                case "DEPENDENCY_OF", "RUNTIME_DEPENDENCY_OF": needs[to, default: []].append(from)
                case "DEV_DEPENDENCY_OF", "BUILD_DEPENDENCY_OF", "TEST_DEPENDENCY_OF":
                    needs[to, default: []].append(from)
                    development.insert(from)
                case "DESCRIBES": described.insert(to)
                case "DESCRIBED_BY": described.insert(from)
                default: break
                }
            }
        }
    }

    private static func add(
        _ entry: Value, _ relationships: Relationships, _ file: String, into packages: inout SBOMPackages
    ) {
        let name = entry["name"]?.string ?? "", reference = entry["SPDXID"]?.string ?? name
        let purpose = entry["primaryPackagePurpose"]?.string ?? ""
        if purpose == "OPERATING-SYSTEM" || purpose == "OPERATING_SYSTEM"
            || reference.hasPrefix("SPDXRef-OperatingSystem")
        {
            packages.result.operatingSystem = OperatingSystem(id: name, version: entry["versionInfo"]?.string)
            return
        }
        let purls = (entry["externalRefs"]?.array ?? []).filter { $0["referenceType"]?.string == "purl" }
        guard let purl = purls.first?["referenceLocator"]?.string, let url = try? PackageURL(parsing: purl, .folding),
            var package = Package(url)
        else {
            // The subject itself, and what only groups others, need no package URL.
            let isSubject =
                relationships.described.contains(reference)
                || ["CONTAINER", "FILE", "SOURCE", "APPLICATION"].contains(purpose)
            if !isSubject { packages.missing(name) }
            return
        }
        if package.version.isEmpty { package.version = entry["versionInfo"]?.string ?? "" }
        package.source = source(entry["sourceInfo"]?.string, package) ?? package.source
        package.licences =
            [entry["licenseDeclared"], entry["licenseConcluded"]].compactMap { $0?.string }
            .first { $0 != "NOASSERTION" && $0 != "NONE" }.map { [$0] } ?? []
        package.isDevelopment = relationships.development.contains(reference)
        package.vendor = entry["supplier"]?.string.flatMap { Text.split($0, at: ":") }.map { Text.trimmed($0.1) }
        annotations((entry["attributionTexts"]?.array ?? []).compactMap(\.string), &package, file)
        packages.add(package, reference: reference)
    }

    /// Our own notes, as the writer puts them.
    static func annotations(_ texts: [String], _ package: inout Package, _ file: String) {
        var notes: [String: String] = [:]
        for text in texts {
            guard let (key, value) = Text.split(text, at: "=") else { continue }
            notes[key] = value
        }
        if let ecosystem = notes["waybill:ecosystem"] { package.ecosystem = Ecosystem(osv: ecosystem) }
        if let source = notes["waybill:source:name"] {
            package.source = Package.Source(name: source, version: notes["waybill:source:version"] ?? package.version)
        }
        package.commit = notes["waybill:commit"]
        package.isDirect = notes["waybill:direct"].map { $0 == "true" }
        package.isThirdParty = notes["waybill:thirdParty"] == "true"
        package.owner = notes["waybill:owner"]
        if notes["waybill:development"] == "true" { package.isDevelopment = true }
        let line = notes["waybill:line"].flatMap { Int($0) }
        package.place = Place(
            location: SourceLocation(
                file: notes["waybill:file"] ?? file, position: line.map { Position(line: $0, column: 1) }),
            layer: notes["waybill:layer"].flatMap { Digest($0) }, package: package.purl?.description)
    }

    /// `built package from: bash 4.2.46-31.el7`, as Trivy and Syft write it.
    static func source(_ text: String?, _ package: Package) -> Package.Source? {
        guard let text, let (_, rest) = Text.split(text, at: ":"), text.hasPrefix("built package from") else {
            return nil
        }
        let words = rest.split(separator: " ").map(String.init)
        guard let name = words.first else { return nil }
        return Package.Source(name: name, version: words.dropFirst().first ?? package.version)
    }
}
