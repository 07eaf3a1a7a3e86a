/// The values of a Berkeley DB hash table that is in memory whole, in either byte order.
struct BerkeleyFile {
    private static let hashMagic = 0x0006_1561
    private static let headerSize = 26

    private let view: ByteView
    private let pageSize: Int
    private let pageCount: Int

    init(_ bytes: [UInt8]) throws(BinaryError) {
        let little = ByteView(bytes), big = ByteView(bytes, isBigEndian: true)
        guard little.uint32(12) == Self.hashMagic || big.uint32(12) == Self.hashMagic else {
            throw BinaryError("is none of the database forms that rpm has had")
        }
        view = little.uint32(12) == Self.hashMagic ? little : big
        guard let size = view.uint32(20), let last = view.uint32(32), view.byte(25) == 8 else {
            throw BinaryError("its first page is cut off or no hash table's")
        }
        guard (512...65_536).contains(size), size.nonzeroBitCount == 1 else {
            throw BinaryError("it names a page size that does not exist")
        }
        pageSize = size
        pageCount = min(last, bytes.count / size) + 1
    }

    /// The values of all pairs; rpm's first one, which only counts, is left out.
    func values(_ use: (ArraySlice<UInt8>) throws(BinaryError) -> Void) throws(BinaryError) {
        for number in 1..<max(pageCount, 1) {
            guard let bytes = view.slice(number * pageSize, pageSize) else { break }
            let page = ByteView(bytes, isBigEndian: view.isBigEndian)
            guard let type = page.byte(25), type == 2 || type == 13, let entries = page.uint16(20) else { continue }
            guard Self.headerSize + entries * 2 <= pageSize else { throw BinaryError("a page is damaged") }
            // Keys and values take turns.
            for index in stride(from: 1, to: entries, by: 2) {
                let value = try value(page, index)
                if value.count > 16 { try use(value[...]) }
            }
        }
    }

    private func value(_ page: ByteView, _ index: Int) throws(BinaryError) -> [UInt8] {
        guard let offset = page.uint16(Self.headerSize + index * 2),
            let before = page.uint16(Self.headerSize + (index - 1) * 2), let kind = page.byte(offset)
        else { throw BinaryError("a page is damaged") }
        switch kind {
        case 1:
            // Items are laid from the page's end: this one reaches to the start of the one before.
            guard before > offset, let bytes = page.slice(offset + 1, before - offset - 1) else {
                throw BinaryError("a page is damaged")
            }
            return Array(bytes)
        case 3:
            guard let start = page.uint32(offset + 4), let length = page.uint32(offset + 8) else {
                throw BinaryError("a page is damaged")
            }
            return try overflow(start, length)
        default: throw BinaryError("a value is of an unknown kind")
        }
    }

    private func overflow(_ start: Int, _ length: Int) throws(BinaryError) -> [UInt8] {
        guard length <= view.count else { throw BinaryError("a value is longer than the database") }
        var result: [UInt8] = []
        var number = start, steps = 0
        while result.count < length {
            steps += 1
            guard number != 0, number < pageCount, steps <= pageCount,
                let bytes = view.slice(number * pageSize, pageSize)
            else { throw BinaryError("a value is cut off") }
            let page = ByteView(bytes, isBigEndian: view.isBigEndian)
            guard page.byte(25) == 7, let next = page.uint32(16), let used = page.uint16(22),
                let piece = page.slice(Self.headerSize, used), used > 0
            else { throw BinaryError("a value's page is damaged") }
            result += piece
            number = next
        }
        return Array(result.prefix(length))
    }
}
