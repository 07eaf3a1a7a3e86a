import WaybillCore

/// The text form of OpenPGP data (RFC 9580 section 6).
enum OpenPGPArmor {
    /// The binary form; bytes that are no text pass as they are. The checksum is left aside: it protects nothing.
    static func decode(_ bytes: [UInt8]) throws(SignatureFailure) -> [UInt8] {
        guard bytes.first.map({ $0 & 0x80 == 0 }) ?? false else { return bytes }
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.format, "OpenPGP armour: \(message)") }
        guard bytes.count <= OpenPGPPacket.bytesMax else { throw bad("is too large") }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            line.last == 0x0D ? line.dropLast() : line
        }[...]
        func skipToBlock() { lines = lines.drop { !$0.starts(with: "-----BEGIN PGP ".utf8) } }
        skipToBlock()
        guard !lines.isEmpty else { throw bad("has no beginning") }
        var decoded: [UInt8] = []
        // Several keys are often put one behind the other, each in armour of its own: none may be left out.
        while lines.popFirst() != nil {
            // Headers end with an empty line.
            lines = lines.drop { !$0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }.dropFirst()
            guard let end = lines.firstIndex(where: { $0.starts(with: "-----".utf8) }),
                Self.isEnd(lines[end])
            else { throw bad("has no end") }
            let body = lines[..<end].filter { $0.first != UInt8(ascii: "=") }.joined()
            guard let block = Base64.decode(body), !block.isEmpty else { throw bad("is not base 64") }
            decoded += block
            lines = lines[end...].dropFirst()
            skipToBlock()
        }
        return decoded
    }

    /// Whether the line is an end and nothing else: behind it another block could hide.
    private static func isEnd(_ line: ArraySlice<UInt8>) -> Bool {
        var line = line
        while let last = line.last, last == 0x20 || last == 0x09 { line.removeLast() }
        let start = "-----END PGP ".utf8, end = "-----".utf8
        guard line.starts(with: start), line.count > start.count + end.count, line.suffix(end.count).elementsEqual(end)
        else { return false }
        return !line.dropFirst(start.count).dropLast(end.count).contains(UInt8(ascii: "-"))
    }
}
