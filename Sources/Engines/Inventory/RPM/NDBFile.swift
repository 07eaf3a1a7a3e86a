/// rpm's own database: slots that name blobs, in units of 16 bytes, little-endian.
enum NDBFile {
    static let magic = Array("RpmP".utf8)
    private static let pageSize = 4096
    private static let unit = 16
    private static let slotMagic = 0x746F_6C53
    private static let blobMagic = 0x5362_6C42

    static func headers(
        _ bytes: [UInt8], _ use: (ArraySlice<UInt8>) throws(BinaryError) -> Void
    ) throws(BinaryError) {
        let view = ByteView(bytes)
        guard let version = view.uint32(4), let pages = view.uint32(12) else {
            throw BinaryError("its header is cut off")
        }
        guard version == 0 else { throw BinaryError("its format has the unknown version \(version)") }
        guard pages >= 1, pages <= view.count / pageSize else { throw BinaryError("its slots are cut off") }
        var slots: [(index: Int, offset: Int)] = []
        // The first two places hold the header.
        for offset in stride(from: 2 * unit, to: pages * pageSize, by: unit) {
            guard let magic = view.uint32(offset), let index = view.uint32(offset + 4),
                let block = view.uint32(offset + 8)
            else { throw BinaryError("its slots are cut off") }
            guard magic == slotMagic else { throw BinaryError("a slot is damaged") }
            if index != 0, block != 0 { slots.append((index, block * unit)) }
        }
        guard slots.count <= RPMDatabase.packagesMax else {
            throw BinaryError("it has more than \(RPMDatabase.packagesMax) packages")
        }
        for slot in slots.sorted(by: { $0.index < $1.index }) {
            guard view.uint32(slot.offset) == blobMagic, view.uint32(slot.offset + 4) == slot.index,
                let length = view.uint32(slot.offset + 12), let blob = view.slice(slot.offset + 16, length)
            else { throw BinaryError("a package lies outside of the database or is damaged") }
            try use(blob)
        }
    }
}
