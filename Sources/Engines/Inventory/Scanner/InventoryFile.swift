import Documents
import Packages
import WaybillCore

/// A file with packages in it, and what must be known to read it.
struct InventoryFile {
    var path: String
    var bytes: [UInt8]
    var layer: Digest?
    var system: OperatingSystem?
    /// The bytes of a file named from this file's folder, `../pom.xml`; nothing where files pass by one after the other.
    var sibling: (String) -> [UInt8]? = { _ in nil }

    init(path: String, bytes: [UInt8], layer: Digest? = nil, system: OperatingSystem? = nil) {
        self.path = path
        self.bytes = bytes
        self.layer = layer
        self.system = system
    }

    func place(_ position: Position?) -> Place {
        Place(location: SourceLocation(file: path, position: position), layer: layer)
    }

    func place(line: Int) -> Place { place(Position(line: line, column: 1)) }

    func problem(_ rule: String, _ message: String, _ position: Position, severity: Severity = .medium) -> Finding {
        var finding = InventoryScanner.problem(rule, message, path, layer, severity: severity)
        finding.place = place(position)
        return finding
    }

    /// An entry that has no name or no version: the list is incomplete by one.
    func incomplete(_ what: String, _ position: Position) -> Finding {
        problem("WB-SCAN-002", "\(what), it is left out of the package list", position)
    }

    /// The lines, without their ends.
    var lines: [ArraySlice<UInt8>] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { $0.last == 0x0D ? $0.dropLast() : $0 }
    }

    func json() throws(DocumentError) -> Node { try JSONReader.node(from: bytes, limits: Self.limits) }
    func yaml() throws(DocumentError) -> Node { try YAMLReader.node(from: bytes, schema: .core, limits: Self.limits) }

    static let limits = DocumentLimits(depthMax: 128)
}

/// What one file gave.
struct ParsedInventory {
    var packages: [Package] = []
    var problems: [Finding] = []
    /// What the file says that the project itself is.
    var projects: [Package] = []
    var owned: [OwnedFiles.Entry] = []
}

/// Text out of bytes.
enum Text {
    static func string(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, first == 0x20 || first &- 9 < 5 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last &- 9 < 5 { bytes.removeLast() }
        return bytes
    }

    static func trimmed(_ text: some StringProtocol) -> String { string(trimmed(Array(text.utf8)[...])) }

    /// The text after the prefix; nil where it does not start with it.
    static func after(_ prefix: String, in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        bytes.starts(with: prefix.utf8) ? bytes.dropFirst(prefix.utf8.count) : nil
    }

    /// Both sides of the first occurrence.
    static func split(_ text: String, at separator: Character) -> (String, String)? {
        guard let index = text.firstIndex(of: separator) else { return nil }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    static func indent(_ line: ArraySlice<UInt8>) -> Int { line.prefix { $0 == 0x20 }.count }
    static func isCommit(_ text: some StringProtocol) -> Bool {
        (7...64).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
