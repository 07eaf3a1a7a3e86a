import Documents
import Packages
import WaybillCore

/// dpkg's database of installed packages: paragraphs of fields. Also distroless images' `status.d` and opkg's status.
enum DpkgStatus {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        for paragraph in try ControlParagraph.all(in: file) {
            guard isInstalled(paragraph) else { continue }
            guard let name = paragraph["Package"], !name.isEmpty else {
                result.problems.append(file.incomplete("a package without name", paragraph.position))
                continue
            }
            guard let version = paragraph["Version"], !version.isEmpty else {
                result.problems.append(file.incomplete("\(name) has no version", paragraph.position))
                continue
            }
            let unknown = file.path.contains("lib/opkg/") ? Ecosystem(name: "OpenWrt") : .debian(nil)
            var package = Package(
                ecosystem: file.system?.ecosystem ?? unknown, name: name, version: version,
                place: file.place(paragraph.position(of: "Package")),
                source: source(paragraph["Source"], name, version), architecture: paragraph["Architecture"])
            package.vendor = paragraph["Maintainer"]
            if let origin = paragraph["Origin"], !["Debian", "Ubuntu"].contains(origin) { package.isThirdParty = true }
            result.packages.append(package)
        }
        return result
    }

    /// Half-removed packages keep their paragraph.
    private static func isInstalled(_ paragraph: ControlParagraph) -> Bool {
        guard let status = paragraph["Status"] else { return true }
        return status.split(separator: " ").last == "installed"
    }

    /// `Source: glibc (2.36-9)`; without the field the package is its own source.
    private static func source(_ field: String?, _ name: String, _ version: String) -> Package.Source {
        guard let field, let (source, rest) = Text.split(field + " ", at: " ") else {
            return Package.Source(name: name, version: version)
        }
        let inner = Text.trimmed(rest)
        let isVersion = inner.hasPrefix("(") && inner.hasSuffix(")")
        return Package.Source(name: source, version: isVersion ? String(inner.dropFirst().dropLast()) : version)
    }
}

/// Fields of a paragraph in Debian's control syntax, and of the mail headers of Python's metadata.
struct ControlParagraph {
    struct Field {
        var key: String
        var value: String
        var line: Int
    }

    var fields: [Field] = []

    var position: Position { Position(line: fields.first?.line ?? 1, column: 1) }
    subscript(key: String) -> String? { fields.first { $0.key == key }?.value }
    func position(of key: String) -> Position {
        Position(line: fields.first { $0.key == key }?.line ?? position.line, column: 1)
    }

    /// Throws for a line that is neither field, continuation nor blank.
    static func all(in file: InventoryFile) throws(DocumentError) -> [ControlParagraph] {
        var paragraphs: [ControlParagraph] = []
        var current = ControlParagraph()
        for (index, line) in file.lines.enumerated() {
            if Text.trimmed(line).isEmpty {
                if !current.fields.isEmpty { paragraphs.append(current) }
                current = ControlParagraph()
            } else if line.first == 0x20 || line.first == 0x09 {
                guard !current.fields.isEmpty else {
                    throw DocumentError(at: Position(line: index + 1, column: 1), "a continuation line without field")
                }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex {
                current.fields.append(
                    Field(
                        key: Text.string(line[..<colon]), value: Text.string(Text.trimmed(line[(colon + 1)...])),
                        line: index + 1))
            } else {
                throw DocumentError(at: Position(line: index + 1, column: 1), "expected a field, “Name: value”")
            }
        }
        if !current.fields.isEmpty { paragraphs.append(current) }
        return paragraphs
    }
}
