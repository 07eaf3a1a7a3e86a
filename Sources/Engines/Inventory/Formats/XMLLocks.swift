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
            : root.all("ItemGroup").flatMap { group in
                ["PackageVersion", "PackageReference", "GlobalPackageReference"].flatMap(group.all)
            }
        let properties = Dictionary(
            root.all("PropertyGroup").flatMap(\.children).map { ($0.name, Text.trimmed($0.text)) },
            uniquingKeysWith: { $1 })
        guard root.name == "packages" || root.name == "Project" else {
            throw DocumentError(
                at: root.position, "expected the element packages or Project, found \(Redaction.excerpt(root.name))")
        }
        for element in elements {
            let written = element.attributes["version"] ?? element.attributes["Version"] ?? element.value("Version")
            guard
                let name = element.attributes["id"] ?? element.attributes["Include"] ?? element.attributes["Update"],
                let version = written.flatMap({ filled($0, properties) }), !version.isEmpty
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

extension NuGetXML {
    /// The text with the file's own properties in the place of `$(Name)`; nil where one is set elsewhere.
    private static func filled(_ text: String, _ properties: [String: String]) -> String? {
        var result = "", rest = text[...]
        while let start = rest.firstRange(of: "$(") {
            guard let end = rest[start.upperBound...].firstIndex(of: ")"),
                // A property that is made of others is not followed.
                let value = properties[String(rest[start.upperBound..<end])], !value.contains("$(")
            else { return nil }
            result += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
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
