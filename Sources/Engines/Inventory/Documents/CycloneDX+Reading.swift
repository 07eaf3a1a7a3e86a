public import Documents
import Packages
public import WaybillCore

extension CycloneDX {
    /// The packages of a bill of materials, with what it holds that we cannot place. Throws `.invalidInput` for a
    /// document that is none, `.unsupported` for another version than 1.2 to 1.7.
    public static func inventory(from document: Value, file: String) throws(WaybillError) -> InventoryResult {
        guard document["bomFormat"]?.string == "CycloneDX" else {
            throw WaybillError(.invalidInput, "not a CycloneDX document", subject: file, remedy: "pass CycloneDX in JSON")
        }
        let version = document["specVersion"]?.string ?? ""
        guard ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"].contains(version) else {
            throw WaybillError(.unsupported, "CycloneDX \(Redaction.excerpt(version)) is not read", subject: file)
        }
        var result = InventoryResult(recognised: true, files: [file])
        read(document["components"], file, 0, into: &result)
        result.packages.sort(by: Package.inOrder)
        return result
    }

    /// Components may hold components.
    private static func read(_ components: Value?, _ file: String, _ depth: Int, into result: inout InventoryResult) {
        guard depth < 64 else {
            result.problems.append(InventoryScanner.problem("WB-SCAN-001", "components nested deeper than 64 levels", file))
            return
        }
        for component in components?.array ?? [] {
            read(component["components"], file, depth + 1, into: &result)
            switch component["type"]?.string {
            case "operating-system":
                result.operatingSystem = component["name"]?.string.map {
                    OperatingSystem(id: $0, version: component["version"]?.string)
                }
            case "file", "container", "device", "data", "machine-learning-model", "cryptographic-asset": continue
            default: package(component, file, into: &result)
            }
        }
    }

    private static func package(_ component: Value, _ file: String, into result: inout InventoryResult) {
        let name = component["name"]?.string ?? ""
        guard let purl = component["purl"]?.string, let url = try? PackageURL(parsing: purl, .folding), var package = Package(url)
        else {
            result.problems.append(
                InventoryScanner.problem(
                    "WB-SCAN-007", "the component \(Redaction.excerpt(name)) has no package URL that names an ecosystem", file,
                    severity: .low))
            return
        }
        let properties = properties(of: component)
        if let ecosystem = properties["waybill:ecosystem"] { package.ecosystem = Ecosystem(osv: ecosystem) }
        if let version = component["version"]?.string, package.version.isEmpty { package.version = version }
        if let source = properties["waybill:source:name"] ?? properties["aquasecurity:trivy:SrcName"] {
            let version = properties["waybill:source:version"] ?? properties["aquasecurity:trivy:SrcVersion"]
            package.source = Package.Source(name: source, version: version ?? package.version)
        }
        package.commit = properties["waybill:commit"]
        package.isDirect = properties["waybill:direct"].map { $0 == "true" }
        package.isDevelopment = component["scope"]?.string == "excluded"
        package.licences = (component["licenses"]?.array ?? []).compactMap {
            $0["expression"]?.string ?? $0["license"]?["id"]?.string ?? $0["license"]?["name"]?.string
        }
        let line = properties["waybill:line"].flatMap { Int($0) }
        package.place = Place(
            location: SourceLocation(
                file: properties["waybill:file"] ?? file, position: line.map { Position(line: $0, column: 1) }),
            layer: properties["waybill:layer"].flatMap { Digest($0) }, package: package.purl?.description)
        result.packages.append(package)
    }

    private static func properties(of component: Value) -> [String: String] {
        var properties: [String: String] = [:]
        for property in component["properties"]?.array ?? [] {
            if let name = property["name"]?.string, let value = property["value"]?.string { properties[name] = value }
        }
        return properties
    }
}
