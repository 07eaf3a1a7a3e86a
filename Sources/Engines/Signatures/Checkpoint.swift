import Trust
import WaybillCore

/// A log's signed note about the root of its tree: name, size, root hash, and signatures by the log and by witnesses.
struct Checkpoint {
    struct Signature {
        var name: String
        /// The first four bytes of the key's name.
        var hint: [UInt8]
        var bytes: [UInt8]
    }

    static let bytesMax = 64 << 10
    static let signaturesMax = 64

    let origin: String
    let size: Int
    let rootHash: [UInt8]
    let signatures: [Signature]
    /// The bytes that are signed.
    let body: [UInt8]

    init(parsing text: String) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure {
            SignatureFailure(.transparencyLog, "the checkpoint \(message)")
        }
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax else { throw bad("is too large") }
        // The body ends with a line break; an empty line stands before the signatures.
        guard let gap = bytes.indices.dropLast().first(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }) else {
            throw bad("has no signatures")
        }
        body = Array(bytes[...gap])
        let lines = bytes[..<gap].split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard lines.count >= 3, !lines[0].isEmpty, let size = Self.size(lines[1]),
            let rootHash = Base64.decode(lines[2]), rootHash.count == 32
        else { throw bad("does not say name, size and root hash") }
        origin = lines[0]
        self.size = size
        self.rootHash = rootHash
        var signatures: [Signature] = []
        for line in bytes[(gap + 2)...].split(separator: 0x0A) {
            let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
            guard words.count == 3, words[0].elementsEqual("\u{2014}".utf8), !words[1].isEmpty,
                let content = Base64.decode(words[2]), content.count > 4, signatures.count < Self.signaturesMax
            else { throw bad("has a signature line that cannot be read") }
            signatures.append(
                Signature(
                    name: String(decoding: words[1], as: UTF8.self), hint: Array(content.prefix(4)),
                    bytes: Array(content.dropFirst(4))))
        }
        guard !signatures.isEmpty else { throw bad("has no signatures") }
        self.signatures = signatures
    }

    /// A number without leading zeros.
    private static func size(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), text == "0" || text.utf8.first != 48
        else {
            return nil
        }
        return Int(text)
    }

    /// Whether the log itself signed. Signatures by witnesses and by other keys are passed over.
    func isSigned(by log: TrustedRoot.Log) -> Bool {
        guard origin.utf8.elementsEqual(log.name.utf8) || origin.utf8.starts(with: "\(log.name) - ".utf8) else {
            return false
        }
        return signatures.contains { signature in
            signature.name.utf8.elementsEqual(log.name.utf8) && signature.hint.elementsEqual(log.id.prefix(4))
                && log.key.isValid(signature: signature.bytes, of: body)
        }
    }
}
