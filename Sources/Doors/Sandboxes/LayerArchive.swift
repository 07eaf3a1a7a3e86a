import OCI

/// Files as a tar archive (POSIX ustar) whose bytes depend on the entries alone.
enum LayerArchive {
    private static let blockSize = 512

    /// The archive of the entries, ordered by path, so that the same files always give the same layer.
    static func bytes(of entries: [FileEntry]) -> [UInt8] {
        var archive: [UInt8] = []
        for entry in FileTree(entries).sorted {
            let contents = entry.contents ?? []
            archive += header(entry, size: contents.count)
            archive += contents
            archive += zeros((blockSize - contents.count % blockSize) % blockSize)
        }
        return archive + zeros(2 * blockSize)
    }

    private static func header(_ entry: FileEntry, size: Int) -> [UInt8] {
        let type: UInt8 =
            switch entry.kind {
            case .folder: UInt8(ascii: "5")
            case .symbolicLink: UInt8(ascii: "2")
            default: UInt8(ascii: "0")
            }
        var block = zeros(blockSize)
        func put(_ text: some Sequence<UInt8>, at offset: Int, length: Int) {
            for (index, byte) in text.prefix(length).enumerated() { block[offset + index] = byte }
        }
        func put(_ number: Int, at offset: Int, length: Int) {
            let digits = String(number, radix: 8)
            put((String(repeating: "0", count: max(0, length - 1 - digits.count)) + digits).utf8, at: offset, length: length)
        }
        put((entry.kind == .folder ? entry.path + "/" : entry.path).utf8, at: 0, length: 100)
        put(Int(entry.mode), at: 100, length: 8)
        put(entry.userID, at: 108, length: 8)
        put(entry.groupID, at: 116, length: 8)
        put(size, at: 124, length: 12)
        put(entry.modified, at: 136, length: 12)
        put("        ".utf8, at: 148, length: 8)
        block[156] = type
        put((entry.linkTarget ?? "").utf8, at: 157, length: 100)
        put("ustar\u{0}00".utf8, at: 257, length: 8)
        // The checksum counts its own field as blanks.
        put(block.reduce(0) { $0 + Int($1) }, at: 148, length: 7)
        block[154] = 0
        block[155] = UInt8(ascii: " ")
        return block
    }

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
