/// What lies between the syntax that people write and the syntax that the installed RE2 reads.
enum PatternSyntax {
    /// Rewrites `(?<name>…)`, which newer RE2 and Go read, to `(?P<name>…)`, which every RE2 reads.
    static func withNamedGroups(_ pattern: String) -> String {
        let bytes = Array(pattern.utf8)
        guard bytes.contains(UInt8(ascii: "<")) else { return pattern }
        var result: [UInt8] = []
        var isInClass = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                let end = bytes[index + 1] == UInt8(ascii: "Q") ? endOfLiteral(bytes, from: index + 2) : index + 2
                result += bytes[index..<end]
                index = end
                continue
            }
            if isInClass {
                isInClass = byte != UInt8(ascii: "]")
            } else if byte == UInt8(ascii: "[") {
                isInClass = true
                // A bracket right behind the opening is a member of the class.
                result.append(byte)
                index += 1
                if index < bytes.count, bytes[index] == UInt8(ascii: "^") {
                    result.append(bytes[index])
                    index += 1
                }
                if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
                    result.append(bytes[index])
                    index += 1
                }
                continue
            } else if bytes[index...].starts(with: "(?<".utf8), index + 3 < bytes.count,
                bytes[index + 3] != UInt8(ascii: "="),
                bytes[index + 3] != UInt8(ascii: "!")
            {
                result += "(?P<".utf8
                index += 3
                continue
            }
            result.append(byte)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The index behind `\E`, or the end: `\Q` makes the rest literal.
    private static func endOfLiteral(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "E") { return index + 2 }
            index += 1
        }
        return bytes.count
    }
}
