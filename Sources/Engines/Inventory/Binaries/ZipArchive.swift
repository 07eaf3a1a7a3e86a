import OCI
import WaybillCore

/// The members of a zip archive that is in memory whole, by its central directory.
struct ZipArchive {
    struct Member {
        var name: String
        var method: Int
        var packedSize: Int
        var size: Int
        /// Where its local header starts.
        var offset: Int
        var isEncrypted: Bool
    }

    static let membersMax = 200_000
    private static let commentLengthMax = 65_535

    let members: [Member]
    private let view: ByteView

    init(_ bytes: [UInt8]) throws(BinaryError) {
        view = ByteView(bytes)
        guard let end = Self.end(view) else { throw BinaryError("is no zip archive: its directory is missing") }
        guard var count = view.uint16(end + 10), var size = view.uint32(end + 12), var offset = view.uint32(end + 16)
        else { throw BinaryError("its directory is cut off") }
        if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            // Zip64: a locator before the end record names a longer one.
            guard let locator = view.slice(end - 20, 20), locator.starts(with: [0x50, 0x4B, 0x06, 0x07]),
                let record = ByteView(locator).uint64(8), view.uint32(record) == 0x0606_4B50,
                let longCount = view.uint64(record + 32), let longSize = view.uint64(record + 40),
                let longOffset = view.uint64(record + 48)
            else { throw BinaryError("its zip64 directory is damaged") }
            (count, size, offset) = (longCount, longSize, longOffset)
        }
        // Programs may stand before the archive (self-starting jars); offsets then count from the archive's start.
        let shift = size <= end ? max(0, end - size - offset) : 0
        guard count <= Self.membersMax else { throw BinaryError("it has more than \(Self.membersMax) members") }
        members = try Self.directory(view, count, offset <= Int.max - shift ? offset + shift : 0, shift)
    }

    /// The end record stands last, before a comment of at most 64 KiB.
    private static func end(_ view: ByteView) -> Int? {
        var offset = view.count - 22
        let lowest = max(0, offset - commentLengthMax)
        while offset >= lowest, offset >= 0 {
            if view.uint32(offset) == 0x0605_4B50 { return offset }
            offset -= 1
        }
        return nil
    }

    private static func directory(
        _ view: ByteView, _ count: Int, _ start: Int, _ shift: Int
    ) throws(BinaryError) -> [Member] {
        var members: [Member] = []
        var offset = start
        for _ in 0..<count {
            guard view.uint32(offset) == 0x0201_4B50, let flags = view.uint16(offset + 8),
                let method = view.uint16(offset + 10), let packed = view.uint32(offset + 20),
                let size = view.uint32(offset + 24), let nameLength = view.uint16(offset + 28),
                let extraLength = view.uint16(offset + 30), let commentLength = view.uint16(offset + 32),
                let local = view.uint32(offset + 42), let name = view.slice(offset + 46, nameLength),
                let extra = view.slice(offset + 46 + nameLength, extraLength)
            else { throw BinaryError("its directory is damaged after \(members.count) members") }
            var member = Member(
                name: String(decoding: name, as: UTF8.self), method: method, packedSize: packed, size: size,
                offset: local, isEncrypted: flags & 1 != 0)
            Self.widen(&member, ByteView(extra))
            if member.offset <= Int.max - shift { member.offset += shift }
            members.append(member)
            offset += 46 + nameLength + extraLength + commentLength
        }
        return members
    }

    /// Sizes that do not fit into four bytes stand in an extra field.
    private static func widen(_ member: inout Member, _ extra: ByteView) {
        var offset = 0
        while let id = extra.uint16(offset), let length = extra.uint16(offset + 2) {
            if id == 1 {
                var field = offset + 4
                if member.size == 0xFFFF_FFFF, let wide = extra.uint64(field) {
                    member.size = wide
                    field += 8
                }
                if member.packedSize == 0xFFFF_FFFF, let wide = extra.uint64(field) {
                    member.packedSize = wide
                    field += 8
                }
                if member.offset == 0xFFFF_FFFF, let wide = extra.uint64(field) { member.offset = wide }
            }
            offset += 4 + length
        }
    }

    /// A member's bytes, unpacked.
    func contents(of member: Member, bytesMax: Int) throws(BinaryError) -> [UInt8] {
        let name = Redaction.excerpt(member.name)
        guard !member.isEncrypted else { throw BinaryError("the member \(name) is encrypted") }
        guard member.size <= bytesMax else { throw BinaryError("the member \(name) is larger than \(bytesMax) bytes") }
        guard view.uint32(member.offset) == 0x0403_4B50, let nameLength = view.uint16(member.offset + 26),
            let extraLength = view.uint16(member.offset + 28),
            let packed = view.slice(member.offset + 30 + nameLength + extraLength, member.packedSize)
        else { throw BinaryError("the member \(name) lies outside of the archive") }
        switch member.method {
        case 0: return Array(packed)
        case 8:
            do {
                return try Zlib.unpack(packed, .raw, bytesMax: bytesMax, subject: member.name)
            } catch {
                throw BinaryError("the member \(name) \(error.message)")
            }
        default: throw BinaryError("the member \(name) is packed in the unknown way \(member.method)")
        }
    }
}
