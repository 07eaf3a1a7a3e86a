/// A URI in its parts (RFC 3986), as Go's programs take it apart.
struct WebAddress {
    var scheme = ""
    /// What stands behind the scheme when no slash follows.
    var opaque = ""
    var userinfo: String?
    var host = ""
    /// Decoded.
    var path = ""
    var escapedPath = ""
    /// As it was written, where that says more than the decoded path.
    var rawPath = ""
    var query = ""
    var hasQuery = false
    var fragment = ""

    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard !rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard let decoded = Self.decoded(rest[(hash + 1)...], isHost: false) else { return nil }
            fragment = decoded
            rest = rest[..<hash]
        }
        if let end = Self.schemeEnd(rest) {
            guard end > rest.startIndex else { return nil }
            scheme = String(decoding: rest[..<end], as: UTF8.self).lowercased()
            rest = rest[(end + 1)...]
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = String(decoding: rest[(mark + 1)...], as: UTF8.self)
            hasQuery = true
            rest = rest[..<mark]
        }
        if !scheme.isEmpty, rest.first != UInt8(ascii: "/") {
            opaque = String(decoding: rest, as: UTF8.self)
            return
        }
        if rest.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            guard setAuthority(rest[..<end]) else { return nil }
            rest = rest[end...]
        } else if scheme.isEmpty, let colon = rest.firstIndex(of: UInt8(ascii: ":")),
            !rest[..<colon].contains(UInt8(ascii: "/"))
        {
            // The first segment of a relative path cannot hold a colon.
            return nil
        }
        guard let decoded = Self.decoded(rest, isHost: false) else { return nil }
        path = decoded
        let written = String(decoding: rest, as: UTF8.self)
        rawPath = Self.escaped(path) == written ? path : written
        escapedPath = Self.isValidPath(written) ? written : Self.escaped(path)
    }

    private static func schemeEnd(_ text: ArraySlice<UInt8>) -> Int? {
        for (index, byte) in zip(text.indices, text) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if index == text.startIndex { return nil }
            case UInt8(ascii: ":"): return index
            default: return nil
            }
        }
        return nil
    }

    private mutating func setAuthority(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            let allowed = Set("-._:~!$&'()*+,;=%@".utf8)
            guard rest[..<at].allSatisfy({ Lexer.isLetter($0) || Lexer.isDigit($0) || allowed.contains($0) }) else {
                return false
            }
            userinfo = String(decoding: rest[..<at], as: UTF8.self)
            rest = rest[(at + 1)...]
        }
        var portPart = rest[...]
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.lastIndex(of: UInt8(ascii: "]")) else { return false }
            portPart = rest[(end + 1)...]
            guard portPart.isEmpty || portPart.first == UInt8(ascii: ":") else { return false }
        } else {
            portPart = rest.lastIndex(of: UInt8(ascii: ":")).map { rest[$0...] } ?? []
            let forbidden = Set(" \"<>\\^`{|}".utf8)
            guard !rest.contains(where: { forbidden.contains($0) }) else { return false }
        }
        guard portPart.dropFirst().allSatisfy({ Lexer.isDigit($0) }) else { return false }
        guard let decoded = Self.decoded(rest, isHost: true) else { return false }
        host = decoded
        return true
    }

    /// The host without its port and brackets.
    var hostname: String {
        var name = host[...]
        if name.hasPrefix("[") {
            return String(name.dropFirst().prefix { $0 != "]" })
        }
        if let colon = name.lastIndex(of: ":") { name = name[..<colon] }
        return String(name)
    }

    var port: String {
        let rest = host.hasPrefix("[") ? host.drop { $0 != "]" } : host[...]
        guard let colon = rest.lastIndex(of: ":") else { return "" }
        return String(rest[rest.index(after: colon)...])
    }

    static func decoded(_ bytes: ArraySlice<UInt8>, isHost: Bool) -> String? {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "%") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            guard index + 2 < bytes.endIndex,
                let high = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue,
                let low = Character(Unicode.Scalar(bytes[index + 2])).hexDigitValue
            else { return nil }
            result.append(UInt8(high * 16 + low))
            index += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// As a path is written when nothing special is meant.
    static func escaped(_ path: String) -> String {
        let plain = Set("-_.~$&+,/:;=@".utf8)
        var result: [UInt8] = []
        for byte in path.utf8 {
            if Lexer.isLetter(byte) || Lexer.isDigit(byte) || plain.contains(byte) {
                result.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += Array("%\(byte < 16 ? "0" : "")\(digits)".utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether a path can stand in a URI as it is written.
    private static func isValidPath(_ path: String) -> Bool {
        let plain = Set("-_.~!$&'()*+,;=:@[]/%".utf8)
        return path.utf8.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) || plain.contains($0) }
    }
}

extension WebAddress {
    static let all = [
        Builtin("uri.parse", 1) { (a) throws(BuiltinFailure) in
            let text = try a.string(0)
            guard let address = WebAddress(text) else {
                throw BuiltinFailure("parse \(RegoValue.string(text)): invalid URI")
            }
            let parts: [(String, String)] = [
                ("scheme", address.scheme), ("hostname", address.hostname), ("port", address.port),
                ("path", address.path), ("raw_path", address.rawPath), ("raw_query", address.query),
                ("fragment", address.fragment),
            ]
            return .object(
                RegoObject(
                    parts.compactMap { name, value in
                        value.isEmpty ? nil : .init(key: .string(name), value: .string(value))
                    }))
        },
        Builtin("uri.is_valid", 1) { a in
            guard let text = a[0].string, !text.isEmpty else { return false }
            return .bool(WebAddress(text) != nil)
        },
    ]
}
