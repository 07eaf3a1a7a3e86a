public import WaybillCore

/// What a tar archive holds, piece by piece.
public enum TarEvent {
    case entry(TarEntry)
    /// Some of the last entry's bytes.
    case content(ArraySlice<UInt8>)
    /// The last entry is complete.
    case end
}

/// Reads a tar archive as its bytes arrive: ustar, PAX, GNU long names. Sparse files, multi-volume archives and
/// global PAX records that rename or resize are refused.
public struct TarReader {
    /// An extension header of a megabyte is the most that the Go reader takes, and so every container engine.
    static let extensionBytesMax = 1 << 20

    private enum State {
        case header
        case content(left: Int)
        case extensions(type: UInt8, left: Int)
        case padding(left: Int)
        case ended
    }

    private let subject: String
    private var state = State.header
    private var block: [UInt8] = []
    private var collected: [UInt8] = []
    private var extensions = TarExtensions()
    private var hasExtensions = false
    private var zeroBlocks = 0
    /// Bytes after the present content up to the next block.
    private var paddingAfter = 0

    /// `subject` names the archive in errors.
    public init(subject: String) { self.subject = subject }

    public mutating func feed(
        _ bytes: ArraySlice<UInt8>, _ handle: (TarEvent) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        var rest = bytes
        while !rest.isEmpty {
            switch state {
            case .ended: return
            case .header:
                take(&rest, upTo: TarHeader.blockSize - block.count) { block.append(contentsOf: $0) }
                if block.count == TarHeader.blockSize { try readHeader(handle) }
            case .content(let left):
                var piece: ArraySlice<UInt8> = []
                take(&rest, upTo: left) { piece = $0 }
                try handle(.content(piece))
                state = .content(left: left - piece.count)
                if left == piece.count { try endEntry(handle) }
            case .extensions(let type, let left):
                let before = collected.count
                take(&rest, upTo: left) { collected.append(contentsOf: $0) }
                let stillLeft = left - (collected.count - before)
                state = .extensions(type: type, left: stillLeft)
                if stillLeft == 0 { try readExtensions(type) }
            case .padding(let left):
                var count = 0
                take(&rest, upTo: left) { count = $0.count }
                state = left == count ? .header : .padding(left: left - count)
            }
        }
    }

    /// Must be called after the last piece. An archive may lack its two empty blocks, but not half an entry.
    public mutating func finish() throws(WaybillError) {
        switch state {
        case .header where block.isEmpty && !hasExtensions, .ended: return
        default: throw WaybillError(.corrupted, "the archive ends in the middle of an entry", subject: subject)
        }
    }

    private func take(_ rest: inout ArraySlice<UInt8>, upTo count: Int, _ use: (ArraySlice<UInt8>) -> Void) {
        let piece = rest.prefix(count)
        use(piece)
        rest = rest[piece.endIndex...]
    }

    private mutating func readHeader(_ handle: (TarEvent) throws(WaybillError) -> Void) throws(WaybillError) {
        defer { block.removeAll(keepingCapacity: true) }
        if block.allSatisfy({ $0 == 0 }) {
            zeroBlocks += 1
            if zeroBlocks == 2 {
                guard !hasExtensions else { throw damaged("ends after an extension header") }
                state = .ended
            }
            return
        }
        guard zeroBlocks == 0, let header = TarHeader(block) else { throw damaged("has a damaged header") }
        switch header.type {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
            guard header.size <= Self.extensionBytesMax else {
                throw WaybillError(.limitExceeded, "an extension header is larger than 1 MiB", subject: subject)
            }
            hasExtensions = hasExtensions || header.type != UInt8(ascii: "g")
            paddingAfter = Self.padding(header.size)
            collected = []
            state = .extensions(type: header.type, left: header.size)
            if header.size == 0 { try readExtensions(header.type) }
        default:
            let entry = try extensions.entry(from: header, subject: subject)
            extensions = TarExtensions()
            hasExtensions = false
            paddingAfter = Self.padding(entry.size)
            try handle(.entry(entry))
            state = .content(left: entry.size)
            if entry.size == 0 { try endEntry(handle) }
        }
    }

    private mutating func endEntry(_ handle: (TarEvent) throws(WaybillError) -> Void) throws(WaybillError) {
        state = paddingAfter == 0 ? .header : .padding(left: paddingAfter)
        try handle(.end)
    }

    private mutating func readExtensions(_ type: UInt8) throws(WaybillError) {
        state = paddingAfter == 0 ? .header : .padding(left: paddingAfter)
        switch type {
        case UInt8(ascii: "L"): extensions.longName = Array(collected.prefix { $0 != 0 })
        case UInt8(ascii: "K"): extensions.longLinkName = Array(collected.prefix { $0 != 0 })
        default:
            guard let records = TarExtensions.records(in: collected) else { throw damaged("has damaged PAX records") }
            guard type == UInt8(ascii: "g") else { return extensions.records = records }
            // Container engines skip global records, other readers apply them: only harmless ones may pass.
            guard !records.keys.contains(where: { ["path", "linkpath", "size"].contains($0) || $0.hasPrefix("GNU.") })
            else {
                throw WaybillError(.unsupported, "global PAX records that change names or sizes", subject: subject)
            }
        }
    }

    private static func padding(_ size: Int) -> Int {
        (TarHeader.blockSize - size % TarHeader.blockSize) % TarHeader.blockSize
    }
    private func damaged(_ what: String) -> WaybillError {
        WaybillError(.corrupted, "the archive \(what)", subject: subject)
    }
}
