/// How the bytes of a layer are packed.
public enum Compression: String, Sendable, CaseIterable {
    case none, gzip, zstd

    /// Known by the first bytes, as every engine does it: media types are often wrong.
    public init(magic bytes: some Sequence<UInt8>) {
        let start = Array(bytes.prefix(4))
        if start.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if start == [0x28, 0xB5, 0x2F, 0xFD]
            || start.count == 4 && start[0] & 0xF0 == 0x50 && start[1...] == [0x2A, 0x4D, 0x18]
        {
            // The second form is a skippable frame, which zstd:chunked and eStargz writers may put first.
            self = .zstd
        } else {
            self = .none
        }
    }

    /// The length of the start that tells compressions apart.
    static let magicLength = 4
}
