import Documents
import Packages
import WaybillCore

/// pom.xml: the dependencies that the file itself names. What a parent elsewhere decides is not known here.
enum MavenProject {
    /// Properties that name properties are followed this far.
    private static let interpolationsMax = 8

    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let project = try XMLReader.element(from: file.bytes)
        guard project.name == "project" else {
            throw DocumentError(
                at: project.position, "expected the element project, found \(Redaction.excerpt(project.name))")
        }
        let parents = parents(of: project, file)
        var properties: [String: String] = [:]
        for each in parents.reversed() + [project] {
            properties.merge(Self.properties(of: each)) { _, nearer in nearer }
        }
        func text(_ element: XMLElement, _ name: String) -> String {
            interpolated(element.value(name) ?? "", properties)
        }
        let profiles = project.first("profiles")?.all("profile") ?? []
        var managed: [String: XMLElement] = [:]
        for scope in parents.reversed() + [project] + profiles {
            for element in scope.first("dependencyManagement")?.first("dependencies")?.all("dependency") ?? [] {
                managed["\(text(element, "groupId")):\(text(element, "artifactId"))"] = element
            }
        }
        var result = ParsedInventory()
        var positions: [String: Int] = [:], inherited: Set<String> = []
        // What a parent needs every child needs, unless the child names it itself; it stands where the parent is named.
        let parentPosition = project.first("parent")?.position ?? project.position
        let elements =
            parents.reversed().flatMap(dependencies).map { ($0, parentPosition, true) }
            + ([project] + profiles).flatMap(dependencies).map { ($0, $0.position, false) }
        for (element, place, isInherited) in elements {
            let group = text(element, "groupId"), artifact = text(element, "artifactId")
            guard !group.isEmpty, !artifact.isEmpty else {
                result.problems.append(file.incomplete("a dependency without groupId or artifactId", place))
                continue
            }
            let name = "\(group):\(artifact)"
            let declared =
                [element, managed[name]].lazy.compactMap { $0 }.map { text($0, "version") }.first { !$0.isEmpty } ?? ""
            let version = lowest(declared)
            if version.isEmpty || version.contains("${") {
                result.problems.append(
                    file.problem(
                        "WB-SCAN-005", "\(name) has no version in this file, its advisories cannot be matched", place))
            }
            let scope = element.value("scope") ?? managed[name]?.value("scope") ?? ""
            let package = Package(
                ecosystem: .maven, name: name, version: version.contains("${") ? "" : version, place: file.place(place),
                isDirect: true, isDevelopment: scope == "test",
                groups: scope.isEmpty || scope == "compile" ? [] : [scope])
            if isInherited { inherited.insert(name) }
            if let position = positions[name] {
                // Named again: the first version counts, and the place where it was written last.
                if result.packages[position].version == package.version || inherited.contains(name) {
                    result.packages[position] = package
                }
            } else {
                positions[name] = result.packages.count
                result.packages.append(package)
            }
        }
        return result
    }

    private static func dependencies(of project: XMLElement) -> [XMLElement] {
        project.first("dependencies")?.all("dependency") ?? []
    }

    /// More parents than this are a circle.
    private static let parentsMax = 16

    /// The parents that lie in the same tree, the nearest first; those that only a repository has are not known here.
    private static func parents(of project: XMLElement, _ file: InventoryFile) -> [XMLElement] {
        var parents: [XMLElement] = []
        var current = project, folder = ""
        while parents.count < parentsMax, let parent = current.first("parent") {
            var relative = parent.value("relativePath") ?? "../pom.xml"
            if relative.isEmpty { break }
            if !relative.hasSuffix(".xml") { relative += relative.hasSuffix("/") ? "pom.xml" : "/pom.xml" }
            let path = folder + relative
            guard let bytes = file.sibling(path), let found = try? XMLReader.element(from: bytes),
                found.name == "project",
                found.value("artifactId") == parent.value("artifactId")
            else { break }
            parents.append(found)
            current = found
            folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map { $0 + "/" }.joined()
        }
        return parents
    }

    private static func properties(of project: XMLElement) -> [String: String] {
        var properties: [String: String] = [:]
        for element in project.first("properties")?.children ?? [] {
            properties[element.name] = Text.trimmed(element.text)
        }
        for name in ["groupId", "artifactId", "version"] {
            let parent = name == "artifactId" ? nil : project.first("parent")?.value(name)
            guard let value = project.value(name) ?? parent else { continue }
            properties["project.\(name)"] = value
            properties["pom.\(name)"] = value
        }
        for name in ["groupId", "artifactId", "version"] {
            properties["project.parent.\(name)"] = project.first("parent")?.value(name)
        }
        return properties
    }

    private static func interpolated(_ text: String, _ properties: [String: String]) -> String {
        var text = text
        for _ in 0..<interpolationsMax {
            guard let next = interpolatedOnce(text, properties), next.utf8.count <= 4096 else { return text }
            text = next
        }
        return text
    }

    /// Nil where nothing changed.
    private static func interpolatedOnce(_ text: String, _ properties: [String: String]) -> String? {
        var output = "", rest = text[...], isChanged = false
        while let dollar = rest.firstIndex(of: "$") {
            output += rest[..<dollar]
            rest = rest[dollar...]
            guard rest.hasPrefix("${"), let end = rest.firstIndex(of: "}"),
                let value = properties[String(rest[rest.index(dollar, offsetBy: 2)..<end])]
            else {
                output += "$"
                rest = rest.dropFirst()
                continue
            }
            output += value
            rest = rest[rest.index(after: end)...]
            isChanged = true
        }
        return isChanged ? output + rest : nil
    }

    /// The lowest version of a range: `[1.0,2.0)` is 1.0.
    private static func lowest(_ version: String) -> String {
        guard version.hasPrefix("[") || version.hasPrefix("(") else { return version }
        return Text.trimmed(version.dropFirst().prefix { $0 != "," && $0 != "]" && $0 != ")" })
    }
}
