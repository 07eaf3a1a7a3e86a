import Documents
public import WaybillCore

/// Where the files of an archive lie that can be read from anywhere: only headers are read, contents are skipped.
public struct TarIndex: Sendable {
    public struct Member: Sendable, Hashable {
        public var offset: Int
        /// In bytes.
        public var size: Int
    }

    public static let membersMax = 100_000

    private var members: [String: Member] = [:]
    private var links: [String: String] = [:]

    /// `read` gives the bytes at an offset, fewer only at the archive's end.
    public init(
        size: Int, subject: String, read: (_ offset: Int, _ count: Int) throws(WaybillError) -> [UInt8]
    ) throws(WaybillError) {
        var offset = 0
        while offset + TarHeader.blockSize <= size {
            // From each header a reader of its own, which ends with the entry that the header leads to.
            var reader = TarReader(subject: subject)
            var found: TarEntry?
            var position = offset
            while found == nil, position < size {
                let block = try read(position, TarHeader.blockSize)
                if position == offset, block.allSatisfy({ $0 == 0 }) { return }
                guard position - offset <= 4 * TarReader.extensionBytesMax else {
                    throw WaybillError(.limitExceeded, "an entry has too many headers", subject: subject)
                }
                try reader.feed(block[...]) { (event) throws(WaybillError) in
                    if case .entry(let entry) = event { found = entry }
                }
                position += TarHeader.blockSize
            }
            guard let entry = found else { throw Self.damaged(subject) }
            guard entry.size <= size - position else { throw Self.damaged(subject) }
            guard members.count + links.count < Self.membersMax else {
                throw WaybillError(.limitExceeded, "has more than \(Self.membersMax) members", subject: subject)
            }
            add(entry, at: position)
            offset = position + (entry.size + TarHeader.blockSize - 1) / TarHeader.blockSize * TarHeader.blockSize
        }
        guard !members.isEmpty else { throw Self.damaged(subject) }
    }

    private static func damaged(_ subject: String) -> WaybillError {
        WaybillError(.corrupted, "is no whole tar archive", subject: subject)
    }

    private mutating func add(_ entry: TarEntry, at offset: Int) {
        let name = FileTree.normal(String(decoding: entry.name, as: UTF8.self))
        switch entry.kind {
        case .file: members[name] = Member(offset: offset, size: entry.size)
        case .symbolicLink:
            // From the link's own folder: docker save links equal layers so.
            let target = String(decoding: entry.linkName, as: UTF8.self)
            let folder = name.split(separator: "/").dropLast()
            var parts = target.hasPrefix("/") ? [] : Array(folder)
            for part in target.split(separator: "/") where part != "." {
                if part == ".." { _ = parts.popLast() } else { parts.append(part) }
            }
            links[name] = parts.joined(separator: "/")
        case .hardLink: links[name] = FileTree.normal(String(decoding: entry.linkName, as: UTF8.self))
        default: break
        }
    }

    /// The file of that name, links followed; nil where there is none.
    public func member(_ name: String) -> Member? {
        var name = FileTree.normal(name)
        for _ in 0..<FileTree.linksMax {
            if let member = members[name] { return member }
            guard let target = links[name] else { return nil }
            name = target
        }
        return nil
    }

    public var names: [String] { (Array(members.keys) + Array(links.keys)).sorted { $0.precedesByBytes($1) } }
}
