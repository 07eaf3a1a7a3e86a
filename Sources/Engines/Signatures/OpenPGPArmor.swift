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
        lines = lines.drop { !$0.starts(with: "-----BEGIN PGP ".utf8) }
        guard lines.popFirst() != nil else { throw bad("has no beginning") }
        // Headers end with an empty line.
        lines = lines.drop { !$0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }.dropFirst()
        guard let end = lines.firstIndex(where: { $0.starts(with: "-----END PGP ".utf8) }) else {
            throw bad("has no end")
        }
        let body = lines[..<end].filter { $0.first != UInt8(ascii: "=") }.joined()
        guard let decoded = Base64.decode(body), !decoded.isEmpty else { throw bad("is not base 64") }
        return decoded
    }
}
