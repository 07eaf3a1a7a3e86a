public import Documents
import Packages
public import WaybillCore

extension CycloneDX {
    /// The packages of a bill of materials, with what it holds that we cannot place. Throws `.invalidInput` for a
    /// document that is none, `.unsupported` for another version than 1.2 to 1.7.
    public static func inventory(from document: Value, file: String) throws(WaybillError) -> InventoryResult {
        try inventory(from: document, file: file, checking: nil)
    }

    /// With the node that the value came from, what breaks the standard is said with its place.
    static func inventory(
        from document: Value, file: String, checking node: Node?
    ) throws(WaybillError) -> InventoryResult {
        guard document["bomFormat"]?.string == "CycloneDX" else {
            throw WaybillError(
                .invalidInput, "not a CycloneDX document", subject: file, remedy: "pass CycloneDX in JSON")
        }
        let version = document["specVersion"]?.string ?? ""
        guard ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"].contains(version) else {
            throw WaybillError(.unsupported, "CycloneDX \(Redaction.excerpt(version)) is not read", subject: file)
        }
        var packages = SBOMPackages(file: file)
        if let node { packages.result.problems += problems(in: node, file: file) }
        read(document["components"], file, 0, into: &packages)
        for dependency in document["dependencies"]?.array ?? [] {
            guard let reference = dependency["ref"]?.string else { continue }
            packages.depend(reference, on: (dependency["dependsOn"]?.array ?? []).compactMap(\.string))
        }
        if let root = document["metadata"]?["component"]?["bom-ref"]?.string { markDirect(root, document, &packages) }
        return packages.finished()
    }

    /// What the subject itself depends on is asked for directly; our own documents say it of each package.
    private static func markDirect(_ root: String, _ document: Value, _ packages: inout SBOMPackages) {
        let edges = (document["dependencies"]?.array ?? []).filter { $0["ref"]?.string == root }
        let targets = edges.flatMap { $0["dependsOn"]?.array ?? [] }.compactMap(\.string)
        // A list of everything is no statement about what is direct.
        if targets.count < packages.result.packages.count { packages.markDirect(targets) }
    }

    /// Components may hold components.
    private static func read(_ components: Value?, _ file: String, _ depth: Int, into packages: inout SBOMPackages) {
        guard depth < 64 else {
            packages.result.problems.append(
                InventoryScanner.problem("WB-SCAN-001", "components nested deeper than 64 levels", file))
            return
        }
        for component in components?.array ?? [] {
            read(component["components"], file, depth + 1, into: &packages)
            switch component["type"]?.string {
            case "operating-system":
                packages.result.operatingSystem = component["name"]?.string.map {
                    OperatingSystem(id: $0, version: component["version"]?.string)
                }
            case "file", "container", "device", "device-driver", "firmware", "platform", "data",
                "machine-learning-model",
                "cryptographic-asset":
                continue
            // An application without package URL is a lockfile or a program in the words of some tools.
            case "application" where component["purl"] == nil: continue
            default: package(component, file, into: &packages)
            }
        }
    }

    private static func package(_ component: Value, _ file: String, into packages: inout SBOMPackages) {
        guard let purl = component["purl"]?.string, let url = try? PackageURL(parsing: purl, .folding),
            var package = Package(url)
        else { return packages.missing(component["name"]?.string ?? "") }
        let properties = properties(of: component)
        if let ecosystem = properties["waybill:ecosystem"] { package.ecosystem = Ecosystem(osv: ecosystem) }
        if let version = component["version"]?.string, package.version.isEmpty { package.version = version }
        package.source = source(properties, package) ?? package.source
        package.commit = properties["waybill:commit"]
        package.isDirect = properties["waybill:direct"].map { $0 == "true" }
        package.isThirdParty = properties["waybill:thirdParty"] == "true"
        package.owner = properties["waybill:owner"]
        package.vendor = component["supplier"]?["name"]?.string ?? component["publisher"]?.string
        package.isDevelopment = component["scope"]?.string == "excluded"
        package.licences = (component["licenses"]?.array ?? []).compactMap {
            $0["expression"]?.string ?? $0["license"]?["id"]?.string ?? $0["license"]?["name"]?.string
        }
        let line = properties["waybill:line"].flatMap { Int($0) }
        package.place = Place(
            location: SourceLocation(
                file: properties["waybill:file"] ?? properties["aquasecurity:trivy:FilePath"] ?? file,
                position: line.map { Position(line: $0, column: 1) }),
            layer: (properties["waybill:layer"] ?? properties["aquasecurity:trivy:LayerDiffID"]).flatMap { Digest($0) },
            package: package.purl?.description)
        packages.add(package, reference: component["bom-ref"]?.string ?? purl)
    }

    private static func source(_ properties: [String: String], _ package: Package) -> Package.Source? {
        if let name = properties["waybill:source:name"] {
            return Package.Source(name: name, version: properties["waybill:source:version"] ?? package.version)
        }
        if let name = properties["syft:metadata:source"] ?? properties["syft:metadata:originPackage"], !name.isEmpty {
            return Package.Source(name: name, version: properties["syft:metadata:sourceVersion"] ?? package.version)
        }
        let trivy = "aquasecurity:trivy:"
        guard let name = properties[trivy + "SrcName"] else { return nil }
        var version = properties[trivy + "SrcVersion"] ?? package.version
        if let release = properties[trivy + "SrcRelease"], !release.isEmpty { version += "-" + release }
        if let epoch = properties[trivy + "SrcEpoch"], !epoch.isEmpty, epoch != "0" { version = "\(epoch):" + version }
        return Package.Source(name: name, version: version)
    }

    private static func properties(of component: Value) -> [String: String] {
        var properties: [String: String] = [:]
        for property in component["properties"]?.array ?? [] {
            if let name = property["name"]?.string, let value = property["value"]?.string { properties[name] = value }
        }
        return properties
    }
}
