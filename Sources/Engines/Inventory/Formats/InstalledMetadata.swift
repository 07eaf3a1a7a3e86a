import Documents
import Packages
import WaybillCore

/// What conda writes about each package of an environment: conda-meta/*.json.
enum CondaPackage {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.json()
        guard let name = root["name"]?.string, let version = root["version"]?.string, !name.isEmpty, !version.isEmpty
        else { throw DocumentError(at: root.position, "the members “name” and “version” are missing") }
        return ParsedInventory(packages: [
            Package(
                ecosystem: .conda, name: name, version: version,
                place: file.place(root.position(of: Pointer(["version"]))),
                licences: root["license"]?.string.map { [$0] } ?? [])
        ])
    }
}

/// conda-lock.yml, and environments whose packages are pinned.
enum CondaLock {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let root = try file.yaml()
        guard root.members != nil else {
            throw DocumentError(at: root.position, "expected an object, found \(root.typeName)")
        }
        var result = ParsedInventory()
        for node in root["package"]?.elements ?? [] {
            guard let name = node["name"]?.string, let version = text(node["version"]) else {
                result.problems.append(file.incomplete("a package without name or version", node.position))
                continue
            }
            let isDevelopment = node["category"]?.string == "dev"
            result.packages.append(
                Package(
                    ecosystem: node["manager"]?.string == "pip" ? .pypi : .conda, name: name, version: version,
                    place: file.place(node.position), isDevelopment: isDevelopment, groups: isDevelopment ? ["dev"] : []
                ))
        }
        for node in root["dependencies"]?.elements ?? [] {
            for inner in node["pip"]?.elements ?? [] { add(inner, .pypi, file, &result) }
            if node.string != nil { add(node, .conda, file, &result) }
        }
        return result
    }

    private static func text(_ node: Node?) -> String? { node?.string ?? node?.scalar?.number?.text }

    /// `numpy=1.26.4=py312h_0`, `requests==2.31.0`.
    private static func add(
        _ node: Node, _ ecosystem: Ecosystem, _ file: InventoryFile, _ result: inout ParsedInventory
    ) {
        let text = node.string ?? ""
        let parts = text.split(whereSeparator: { $0 == "=" || $0 == "<" || $0 == ">" || $0 == "~" || $0 == " " })
        guard let name = parts.first.map(String.init), name != "python" || parts.count > 1 else { return }
        let isPinned = parts.count >= 2 && !text.contains("<") && !text.contains(">") && !text.contains("*")
        let plain = name.split(separator: ":").last.map(String.init) ?? name
        if !isPinned {
            result.problems.append(
                file.problem(
                    "WB-SCAN-005", "\(plain) has no pinned version, its advisories cannot be matched", node.position,
                    severity: .low))
        }
        result.packages.append(
            Package(
                ecosystem: ecosystem, name: plain, version: isPinned ? String(parts[1]) : "",
                place: file.place(node.position), isDirect: true))
    }
}

/// The DESCRIPTION of an installed R package: Debian's control syntax.
enum RDescription {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        guard let fields = try ControlParagraph.all(in: file).first, let name = fields["Package"],
            let version = fields["Version"]
        else { return ParsedInventory() }
        // Sources of packages lie about too; R writes `Built` when it installs.
        guard fields["Built"] != nil else { return ParsedInventory() }
        return ParsedInventory(packages: [
            Package(
                ecosystem: .cran, name: name, version: version, place: file.place(fields.position(of: "Package")),
                licences: fields["License"].map { [$0] } ?? [])
        ])
    }
}

/// pacman's description of an installed package: a line `%KEY%`, then its values.
enum PacmanDescription {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var fields: [String: [String]] = [:], key = ""
        for line in file.lines {
            let text = Text.trimmed(Text.string(line))
            if text.hasPrefix("%"), text.hasSuffix("%"), text.count > 2 {
                key = text
            } else if !text.isEmpty {
                fields[key, default: []].append(text)
            }
        }
        guard let name = fields["%NAME%"]?.first, let version = fields["%VERSION%"]?.first else {
            throw DocumentError(at: .start, "the fields %NAME% and %VERSION% are missing")
        }
        var package = Package(
            ecosystem: Ecosystem(name: "Arch Linux"), name: name, version: version, place: file.place(line: 1),
            source: Package.Source(name: fields["%BASE%"]?.first ?? name, version: version),
            architecture: fields["%ARCH%"]?.first, licences: fields["%LICENSE%"] ?? [])
        package.vendor = fields["%PACKAGER%"]?.first
        return ParsedInventory(packages: [package])
    }
}

/// Portage's folder of an installed Gentoo package: `var/db/pkg/category/name-version/PF`.
enum PortagePackage {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        let folders = file.path.split(separator: "/")
        let stem = Text.trimmed(Text.string(file.bytes.prefix(4096)))
        guard folders.count >= 3, let hyphen = versionStart(stem) else {
            throw DocumentError(at: .start, "expected “name-version”")
        }
        return ParsedInventory(packages: [
            Package(
                ecosystem: Ecosystem(name: "Gentoo"), name: "\(folders[folders.count - 3])/\(stem[..<hyphen])",
                version: String(stem[stem.index(after: hyphen)...]), place: file.place(line: 1))
        ])
    }

    /// The last hyphen that a digit follows; a revision `-r1` belongs to the version.
    private static func versionStart(_ stem: String) -> String.Index? {
        var end = stem.endIndex
        while let hyphen = stem[..<end].lastIndex(of: "-") {
            if stem[stem.index(after: hyphen)...].first?.isNumber == true, hyphen > stem.startIndex { return hyphen }
            end = hyphen
        }
        return nil
    }
}
