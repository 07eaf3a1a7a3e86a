/// The sections and segments of an executable in the Executable and Linkable Format.
struct ELFFile {
    struct Section {
        var name: String
        var address: Int
        var offset: Int
        var size: Int
        /// Has no bytes in the file (SHT_NOBITS).
        var isEmpty: Bool
    }

    struct Segment {
        var address: Int
        var offset: Int
        var size: Int
    }

    static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    private static let sectionsMax = 4096
    private static let segmentsMax = 1024

    let sections: [Section]
    let segments: [Segment]
    let isBigEndian: Bool
    private let view: ByteView

    static func isELF(_ start: some Collection<UInt8>) -> Bool { start.starts(with: magic) }

    init(_ bytes: [UInt8]) throws(BinaryError) {
        guard Self.isELF(bytes), bytes.count >= 52 else { throw BinaryError("its ELF header is cut off") }
        let is64 = bytes[4] == 2
        guard bytes[4] == 1 || is64, bytes[5] == 1 || bytes[5] == 2 else {
            throw BinaryError("its ELF header names an unknown class or byte order")
        }
        isBigEndian = bytes[5] == 2
        view = ByteView(bytes, isBigEndian: isBigEndian)
        segments = try Self.segments(view, is64)
        sections = try Self.sections(view, is64)
    }

    private static func segments(_ view: ByteView, _ is64: Bool) throws(BinaryError) -> [Segment] {
        guard let offset = is64 ? view.uint64(32) : view.uint32(28), let size = view.uint16(is64 ? 54 : 42),
            let count = view.uint16(is64 ? 56 : 44)
        else { throw BinaryError("its ELF header is cut off") }
        guard offset > 0, count > 0 else { return [] }
        guard count <= segmentsMax, size >= (is64 ? 56 : 32) else {
            throw BinaryError("its program headers are damaged")
        }
        var segments: [Segment] = []
        for index in 0..<count {
            guard offset < view.count else { throw BinaryError("its program headers are cut off") }
            let start = offset + index * size
            // Only what is loaded has addresses that something points to.
            guard let type = view.uint32(start) else { throw BinaryError("its program headers are cut off") }
            guard type == 1 else { continue }
            guard let file = is64 ? view.uint64(start + 8) : view.uint32(start + 4),
                let address = is64 ? view.uint64(start + 16) : view.uint32(start + 8),
                let length = is64 ? view.uint64(start + 32) : view.uint32(start + 16)
            else { continue }
            segments.append(Segment(address: address, offset: file, size: length))
        }
        return segments
    }

    private static func sections(_ view: ByteView, _ is64: Bool) throws(BinaryError) -> [Section] {
        guard let offset = is64 ? view.uint64(40) : view.uint32(32), let size = view.uint16(is64 ? 58 : 46),
            let count = view.uint16(is64 ? 60 : 48), let names = view.uint16(is64 ? 62 : 50)
        else { throw BinaryError("its ELF header is cut off") }
        // Stripped of its section headers: nothing can be found by name.
        guard offset > 0, count > 0 else { return [] }
        guard count <= sectionsMax, size >= (is64 ? 64 : 40), offset < view.count else {
            throw BinaryError("its section headers are damaged or cut off")
        }
        var raw: [(name: Int, section: Section)] = []
        for index in 0..<count {
            let start = offset + index * size
            guard let name = view.uint32(start), let type = view.uint32(start + 4),
                let address = is64 ? view.uint64(start + 16) : view.uint32(start + 12),
                let file = is64 ? view.uint64(start + 24) : view.uint32(start + 16),
                let length = is64 ? view.uint64(start + 32) : view.uint32(start + 20)
            else { throw BinaryError("its section headers are cut off") }
            raw.append((name, Section(name: "", address: address, offset: file, size: length, isEmpty: type == 8)))
        }
        guard names < raw.count, let table = view.slice(raw[names].section.offset, raw[names].section.size) else {
            return []
        }
        let texts = ByteView(table)
        return raw.map { entry in
            var section = entry.section
            section.name = texts.text(entry.name, max: 256) ?? ""
            return section
        }
    }

    /// The bytes of the section; nil where there is none.
    func section(_ name: String) throws(BinaryError) -> ArraySlice<UInt8>? {
        guard let found = sections.first(where: { $0.name == name && !$0.isEmpty }) else { return nil }
        guard let bytes = view.slice(found.offset, found.size) else {
            throw BinaryError("the section \(name) lies outside of the file")
        }
        return bytes
    }

    /// The bytes at an address of the running program; nil where nothing of the file is loaded there.
    func bytes(at address: Int, count: Int) -> ArraySlice<UInt8>? {
        for segment in segments where address >= segment.address && address - segment.address < segment.size {
            let inside = address - segment.address
            guard count <= segment.size - inside, segment.offset <= Int.max - inside else { return nil }
            return view.slice(segment.offset + inside, count)
        }
        return nil
    }
}
