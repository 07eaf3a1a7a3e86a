import WaybillCore

/// A block of RFC 7468's textual encoding.
struct PEMBlock {
    var type: String
    var bytes: [UInt8]

    /// Every block in the text; what stands between is passed over.
    static func blocks(_ text: String) -> [PEMBlock] {
        var result: [PEMBlock] = []
        var type: String?
        var content: [UInt8] = []
        var inHeaders = false
        for line in text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let trimmed = String(decoding: line, as: UTF8.self).trimmingSpaces
            if trimmed.hasPrefix("-----BEGIN "), trimmed.hasSuffix("-----") {
                type = String(trimmed.dropFirst(11).dropLast(5))
                content = []
                inHeaders = true
            } else if trimmed.hasPrefix("-----END "), trimmed.hasSuffix("-----") {
                if let name = type, String(trimmed.dropFirst(9).dropLast(5)) == name,
                    let bytes = Base64.decode(content)
                {
                    result.append(PEMBlock(type: name, bytes: bytes))
                }
                type = nil
            } else if type != nil {
                // Headers such as `Proc-Type` hold a colon, which base 64 has not.
                if inHeaders, trimmed.utf8.contains(UInt8(ascii: ":")) { continue }
                inHeaders = false
                content += Array(trimmed.utf8)
            }
        }
        return result
    }

    /// Whether nothing but a line break stands behind the last block.
    static func endsText(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        if rest.last == 0x0A { rest.removeLast() }
        while let last = rest.last, last == 0x20 || last == 0x09 || last == 0x0D { rest.removeLast() }
        let lastLine = rest.split(separator: 0x0A).last ?? []
        return rest.last != 0x0A && lastLine.starts(with: "-----END ".utf8)
            && String(decoding: lastLine, as: UTF8.self).hasSuffix("-----")
    }
}
