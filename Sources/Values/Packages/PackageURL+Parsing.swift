public import WaybillCore

extension PackageURL {
    /// A package URL from outside is at most this long, in bytes.
    public static let lengthMax = 8192

    /// How strictly the text is read.
    public enum Reading: Sendable {
        /// Qualifier keys must be in lower case, as the standard asks.
        case strict
        /// Qualifier keys are folded to lower case.
        case folding
    }

    /// Reads `pkg:type/namespace/name@version?key=value#subpath`. Throws `.invalidInput` for anything else.
    public init(parsing text: String, _ reading: Reading = .strict) throws(WaybillError) {
        guard text.utf8.count <= Self.lengthMax else { throw Self.invalid("longer than \(Self.lengthMax) bytes", text) }
        var rest = text[...]
        let subpath = Self.cutLast("#", from: &rest)
        let query = Self.cutLast("?", from: &rest)
        guard let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), rest[..<colon].lowercased() == "pkg" else {
            throw Self.invalid("the scheme pkg: is missing", text)
        }
        rest = rest[rest.utf8.index(after: colon)...]
        rest = Self.trimmingSlashes(rest)
        guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            throw Self.invalid("the name is missing", text)
        }
        let type = String(rest[..<slash])
        rest = rest[rest.utf8.index(after: slash)...]
        let version = Self.cutVersion(from: &rest)
        if rest.utf8.last == UInt8(ascii: "/") { throw Self.invalid("the name is missing", text) }
        var segments: [String] = []
        for segment in rest.split(separator: "/") { segments.append(try Self.decoded(segment, text)) }
        let nameCount = type.lowercased() == "git" ? max(segments.count - 1, 1) : 1
        guard !segments.isEmpty else { throw Self.invalid("the name is missing", text) }
        let namespace = segments.dropLast(nameCount).joined(separator: "/")
        let name = segments.suffix(nameCount).joined(separator: "/")
        try self.init(
            type: type, namespace: namespace.isEmpty ? nil : namespace, name: name,
            version: try version.map { (part) throws(WaybillError) in try Self.decoded(part, text) },
            qualifiers: try Self.qualifiers(
                query, isFolding: reading == .folding || PackageURLType(type.lowercased()).foldsQualifierKeys, text),
            subpath: try Self.subpath(subpath, text))
    }

    /// The part after the last `@`, unless that stands at the start of a segment, as a scope does.
    private static func cutVersion(from rest: inout Substring) -> Substring? {
        guard let at = rest.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let lastSlash = rest.utf8.lastIndex(of: UInt8(ascii: "/"))
        if let lastSlash, lastSlash > at { return nil }
        if let lastSlash, rest.utf8.index(after: lastSlash) == at {
            // `maven/@1.3.4` has no name; `npm/@scope` alone is no name either.
            let version = rest[rest.utf8.index(after: at)...]
            rest = rest[..<at]
            return version
        }
        defer { rest = rest[..<at] }
        return rest[rest.utf8.index(after: at)...]
    }

    private static func cutLast(_ separator: Unicode.Scalar, from rest: inout Substring) -> Substring? {
        guard let index = rest.utf8.lastIndex(of: UInt8(ascii: separator)) else { return nil }
        let tail = rest[rest.utf8.index(after: index)...]
        rest = rest[..<index]
        return tail
    }

    private static func trimmingSlashes(_ text: Substring) -> Substring {
        text[(text.utf8.firstIndex { $0 != UInt8(ascii: "/") } ?? text.endIndex)...]
    }

    private static func qualifiers(
        _ query: Substring?, isFolding: Bool, _ text: String
    ) throws(WaybillError) -> [Qualifier] {
        var result: [Qualifier] = []
        for pair in (query ?? "").split(separator: "&") {
            guard let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw invalid("a qualifier has no value", text)
            }
            let key = String(pair[..<equals])
            result.append(
                Qualifier(
                    isFolding ? key.lowercased() : key,
                    try decoded(pair[pair.utf8.index(after: equals)...], text)))
        }
        return result
    }

    private static func subpath(_ part: Substring?, _ text: String) throws(WaybillError) -> String? {
        guard let part else { return nil }
        var segments: [String] = []
        for segment in part.split(separator: "/") {
            let segment = try decoded(segment, text)
            guard !segment.utf8.contains(UInt8(ascii: "/")) else {
                throw invalid("an encoded slash in the subpath", text)
            }
            segments.append(segment)
        }
        return segments.joined(separator: "/")
    }

    static func decoded(_ part: Substring, _ text: String) throws(WaybillError) -> String {
        guard let decoded = PercentEncoding.decode(part) else { throw invalid("the percent encoding is broken", text) }
        return decoded
    }
}

/// Percent encoding (RFC 3986 section 2.1).
enum PercentEncoding {
    /// Nil for a percent sign without two hexadecimal digits, and for bytes that are not UTF-8.
    static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%") else {
                output.append(bytes[index])
                index += 1
                continue
            }
            guard index + 2 < bytes.count,
                let byte = Hex.decode(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self))
            else { return nil }
            output += byte
            index += 3
        }
        return String(validating: output, as: UTF8.self)
    }
}
