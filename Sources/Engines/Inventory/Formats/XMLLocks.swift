import Documents
import Packages
import WaybillCore

/// NuGet's packages.config and Directory.Packages.props.
enum NuGetXML {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try XMLReader.element(from: file.bytes)
        var result = ParsedInventory()
        let elements =
            root.name == "packages"
            ? root.all("package")
            : root.all("ItemGroup").flatMap { $0.all("PackageVersion") + $0.all("PackageReference") }
        guard root.name == "packages" || root.name == "Project" else {
            throw DocumentError(
                at: root.position, "expected the element packages or Project, found \(Redaction.excerpt(root.name))")
        }
        for element in elements {
            guard let name = element.attributes["id"] ?? element.attributes["Include"],
                let version = element.attributes["version"] ?? element.attributes["Version"], !version.contains("$(")
            else {
                result.problems.append(file.incomplete("a package without name or version", element.position))
                continue
            }
            result.packages.append(
                Package(
                    ecosystem: .nuget, name: name, version: version, place: file.place(element.position), isDirect: true
                ))
        }
        return result
    }
}

/// Gradle's verification-metadata.xml.
enum GradleVerification {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try XMLReader.element(from: file.bytes)
        guard root.name == "verification-metadata" else {
            throw DocumentError(
                at: root.position, "expected the element verification-metadata, found \(Redaction.excerpt(root.name))")
        }
        var result = ParsedInventory()
        for element in root.first("components")?.all("component") ?? [] {
            guard let group = element.attributes["group"], let name = element.attributes["name"],
                let version = element.attributes["version"]
            else {
                result.problems.append(file.incomplete("a component without group, name or version", element.position))
                continue
            }
            result.packages.append(
                Package(
                    ecosystem: .maven, name: "\(group):\(name)", version: version, place: file.place(element.position)))
        }
        return result
    }
}
