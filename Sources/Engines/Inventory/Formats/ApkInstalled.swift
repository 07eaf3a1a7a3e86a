import Documents
import Packages
import WaybillCore

/// apk's database of installed packages: paragraphs of one-letter fields.
enum ApkInstalled {
    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        var fields: [UInt8: String] = [:]
        var start = 1
        var folder = "", paths: [String] = []

        func finish() {
            defer { fields = [:] }
            guard !fields.isEmpty else { return }
            let position = Position(line: start, column: 1)
            guard let name = fields[UInt8(ascii: "P")], let version = fields[UInt8(ascii: "V")], !name.isEmpty,
                !version.isEmpty
            else {
                result.problems.append(file.incomplete("a package without name or version", position))
                return
            }
            var package = Package(
                ecosystem: file.system?.ecosystem ?? .alpine(nil), name: name, version: version,
                place: file.place(position),
                source: Package.Source(name: fields[UInt8(ascii: "o")] ?? name, version: version),
                commit: fields[UInt8(ascii: "c")], architecture: fields[UInt8(ascii: "A")],
                licences: fields[UInt8(ascii: "L")].map { [$0] } ?? [])
            package.vendor = fields[UInt8(ascii: "m")]
            result.packages.append(package)
            result.owned += paths.map { OwnedFiles.Entry(path: $0, owner: name) }
            paths = []
        }

        for (index, line) in file.lines.enumerated() {
            if line.isEmpty {
                finish()
                continue
            }
            let position = Position(line: index + 1, column: 1)
            guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: ":"), let letter = line.first else {
                throw DocumentError(at: position, "expected a field, “P:name”")
            }
            if letter == UInt8(ascii: "P") { start = index + 1 }
            if letter == UInt8(ascii: "F") { folder = Text.string(line.dropFirst(2)) }
            if letter == UInt8(ascii: "R") {
                let path = (folder.isEmpty ? "" : folder + "/") + Text.string(line.dropFirst(2))
                if OwnedFiles.isWorthKnowing(path) { paths.append(path) }
            }
            // File lists repeat their letters; only the first of each matters here.
            if fields[letter] == nil { fields[letter] = Text.string(line.dropFirst(2)) }
        }
        finish()
        return result
    }
}
