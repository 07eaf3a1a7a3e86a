/// Writes a tar archive: ustar, with PAX records where a name, a number or an attribute needs them. Equal entries
/// give equal bytes.
public struct TarWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Adds an entry; `contents` is a file's bytes and sets its size.
    public mutating func add(_ entry: TarEntry, contents: [UInt8] = []) {
        var entry = entry
        entry.size = entry.kind == .file ? contents.count : 0
        let records = Self.records(for: entry)
        if !records.isEmpty {
            var header = TarEntry(name: "PaxHeaders/entry")
            header.size = records.count
            bytes += Self.header(header, type: UInt8(ascii: "x"))
            append(records)
        }
        bytes += Self.header(entry, type: Self.type(entry.kind))
        if entry.kind == .file { append(contents) }
    }

    /// The whole archive with the two empty blocks at its end.
    public consuming func finish() -> [UInt8] { bytes + [UInt8](repeating: 0, count: TarHeader.blockSize * 2) }

    private mutating func append(_ content: [UInt8]) {
        bytes += content
        let over = content.count % TarHeader.blockSize
        if over > 0 { bytes += [UInt8](repeating: 0, count: TarHeader.blockSize - over) }
    }

    private static func type(_ kind: FileEntry.Kind) -> UInt8 {
        switch kind {
        case .file: UInt8(ascii: "0")
        case .hardLink: UInt8(ascii: "1")
        case .symbolicLink: UInt8(ascii: "2")
        case .characterDevice: UInt8(ascii: "3")
        case .blockDevice: UInt8(ascii: "4")
        case .folder: UInt8(ascii: "5")
        case .fifo: UInt8(ascii: "6")
        }
    }

    private static let octalMax = (short: 0o7777777, long: 0o77777777777)

    /// PAX records for what the plain header cannot say, ordered by key.
    private static func records(for entry: TarEntry) -> [UInt8] {
        var records: [(key: String, value: [UInt8])] = []
        for (key, value) in entry.extendedAttributes { records.append(("SCHILY.xattr.\(key)", value)) }
        if entry.userID > octalMax.short { records.append(("uid", Array(String(entry.userID).utf8))) }
        if entry.groupID > octalMax.short { records.append(("gid", Array(String(entry.groupID).utf8))) }
        if entry.size > octalMax.long { records.append(("size", Array(String(entry.size).utf8))) }
        if entry.modified < 0 || entry.modified > octalMax.long {
            records.append(("mtime", Array(String(entry.modified).utf8)))
        }
        if entry.name.count > 100 || entry.name.contains(where: { $0 >= 0x80 }) { records.append(("path", entry.name)) }
        if entry.linkName.count > 100 || entry.linkName.contains(where: { $0 >= 0x80 }) {
            records.append(("linkpath", entry.linkName))
        }
        records.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return records.flatMap { record($0.key, $0.value) }
    }

    /// The length counts its own digits.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [UInt8(ascii: "\n")]
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }

    private static func header(_ entry: TarEntry, type: UInt8) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarHeader.blockSize)
        func put(_ bytes: some Collection<UInt8>, at start: Int) {
            for (index, byte) in bytes.enumerated() { block[start + index] = byte }
        }
        func octal(_ value: Int, at start: Int, width: Int) {
            let most = width == 8 ? octalMax.short : octalMax.long
            let digits = String(value < 0 || value > most ? 0 : value, radix: 8)
            put((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8, at: start)
        }
        put(entry.name.prefix(100), at: 0)
        octal(Int(entry.mode & 0o7777), at: 100, width: 8)
        octal(entry.userID, at: 108, width: 8)
        octal(entry.groupID, at: 116, width: 8)
        octal(entry.size, at: 124, width: 12)
        octal(entry.modified, at: 136, width: 12)
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148)
        block[156] = type
        put(entry.linkName.prefix(100), at: 157)
        put("ustar\u{0}00".utf8, at: 257)
        octal(entry.deviceMajor, at: 329, width: 8)
        octal(entry.deviceMinor, at: 337, width: 8)
        let sum = block.reduce(0) { $0 + Int($1) }
        octal(sum, at: 148, width: 8)
        // Six digits, a zero byte and a space, as every writer has it.
        put(String(repeating: "0", count: 6 - String(sum, radix: 8).count).utf8, at: 148)
        put(String(sum, radix: 8).utf8, at: 148 + 6 - String(sum, radix: 8).count)
        block[154] = 0
        block[155] = UInt8(ascii: " ")
        return block
    }
}
