import Documents
import Packages
import WaybillCore

/// What the Go linker writes into every program: its own version and the modules that went in.
struct GoBuildInfo {
    var version: String
    /// Lines of tab-separated fields: `path`, `mod`, `dep`, `=>`, `build`.
    var modules: String

    /// Stands at a multiple of 16 at the start of the data segment.
    static let magic: [UInt8] = [0xFF] + Array(" Go buildinf:".utf8)
    static let alignment = 16
    static let textBytesMax = 4 << 20

    /// Nil where the program was not made by Go. Throws where it was and does not say of what.
    init?(_ bytes: [UInt8], elf: ELFFile?) throws(BinaryError) {
        let view = ByteView(bytes)
        guard let start = view.find(Self.magic, alignment: Self.alignment) else { return nil }
        guard let flags = view.byte(start + 15) else { throw BinaryError("its Go build information is cut off") }
        if flags & 2 != 0 {
            // Since Go 1.18 the texts follow in place.
            var offset = start + 32
            version = try Self.text(view, &offset)
            modules = Self.withoutMarks(try Self.text(view, &offset))
        } else {
            guard let elf, let width = view.byte(start + 14).map(Int.init), width == 4 || width == 8 else {
                throw BinaryError("its Go build information is in a form that is only read from ELF files")
            }
            let isBigEndian = flags & 1 != 0
            version = try Self.pointed(view, start + 16, width, isBigEndian, elf)
            modules = Self.withoutMarks(try Self.pointed(view, start + 16 + width, width, isBigEndian, elf))
        }
        guard version.hasPrefix("go") || version.hasPrefix("devel") else {
            // The same bytes stand in every program that looks for them.
            return nil
        }
    }

    /// A length in Go's variable form, then that many bytes.
    private static func text(_ view: ByteView, _ offset: inout Int) throws(BinaryError) -> String {
        var length = 0, shift = 0
        while true {
            guard let byte = view.byte(offset), shift <= 28 else {
                throw BinaryError("its Go build information is cut off")
            }
            offset += 1
            length |= Int(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { break }
        }
        guard length <= textBytesMax, let bytes = view.slice(offset, length) else {
            throw BinaryError("its Go build information is cut off")
        }
        offset += length
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A pointer to a Go string, which is a pointer to bytes and their number.
    private static func pointed(
        _ view: ByteView, _ offset: Int, _ width: Int, _ isBigEndian: Bool, _ elf: ELFFile
    ) throws(BinaryError) -> String {
        func number(_ bytes: ArraySlice<UInt8>?) -> Int? {
            bytes.flatMap { ByteView($0, isBigEndian: isBigEndian).number(0, width) }
        }
        guard let header = number(view.slice(offset, width)) else {
            throw BinaryError("its Go build information is cut off")
        }
        if header == 0 { return "" }
        guard header <= Int.max - 2 * width, let data = number(elf.bytes(at: header, count: width)),
            let count = number(elf.bytes(at: header + width, count: width)), count <= textBytesMax,
            let bytes = elf.bytes(at: data, count: count)
        else { throw BinaryError("its Go build information points outside of the file") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sixteen bytes before and behind mark the text for readers of memory dumps.
    private static func withoutMarks(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count >= 33, bytes[bytes.count - 17] == 0x0A else { return text }
        return String(decoding: bytes[16..<(bytes.count - 16)], as: UTF8.self)
    }

    /// The modules, the main one where it has a version, and the standard library.
    func inventory(_ file: InventoryFile) -> ParsedInventory {
        var result = ParsedInventory()
        var main: Package?
        func package(_ name: Substring, _ version: Substring) -> Package {
            let version =
                version == "(devel)" ? "" : version.hasPrefix("v") ? String(version.dropFirst()) : String(version)
            return Package(
                ecosystem: .go, name: String(name), version: version,
                place: Place(location: SourceLocation(file: file.path), layer: file.layer))
        }
        for line in modules.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            switch fields.first {
            case "mod" where fields.count >= 3: main = package(fields[1], fields[2])
            case "dep" where fields.count >= 3: result.packages.append(package(fields[1], fields[2]))
            case "=>" where fields.count >= 3 && !result.packages.isEmpty:
                // A replacement stands behind what it replaces.
                result.packages[result.packages.count - 1] = package(fields[1], fields[2])
            default: break
            }
        }
        if var main {
            main.isDirect = true
            if main.version.isEmpty { result.projects.append(main) } else { result.packages.append(main) }
        }
        let release = version.split { $0 == " " || $0 == "-" || $0 == "X" }.first.map(String.init) ?? version
        if release.hasPrefix("go") {
            result.packages.append(package("stdlib", release.dropFirst(2)))
        } else {
            result.problems.append(
                file.problem(
                    "WB-SCAN-005",
                    "made by the unreleased Go \(Redaction.excerpt(version)), its standard library cannot be matched",
                    .start, severity: .low))
        }
        return result
    }
}
