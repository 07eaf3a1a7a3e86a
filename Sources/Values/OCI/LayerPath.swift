import WaybillCore

/// Names in layers, made safe: relative, without `.` and `..`, within bounds, valid text.
enum LayerPath {
    static let whiteoutPrefix = Array(".wh.".utf8)
    static let opaqueMarker = Array(".wh..wh..opq".utf8)

    /// The components of a name in an archive; empty for the root itself. Throws for a name that leaves the root.
    static func components(
        _ name: [UInt8], limits: LayerLimits, subject: String
    ) throws(WaybillError) -> [ArraySlice<UInt8>] {
        guard name.count <= limits.pathBytesMax else {
            throw WaybillError(.limitExceeded, "a path is longer than \(limits.pathBytesMax) bytes", subject: subject)
        }
        let components = name.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        guard components.count <= limits.depthMax else {
            throw WaybillError(.limitExceeded, "a path is deeper than \(limits.depthMax) folders", subject: subject)
        }
        guard !components.contains(where: { $0.elementsEqual("..".utf8) }) else {
            throw WaybillError(
                .invalidInput, "the path \(Redaction.excerpt(text(name))) leaves the archive's root", subject: subject)
        }
        return components
    }

    /// Text of bytes that need not be UTF-8: each wrong byte is written as `\xHH`, so that no two names become one.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        return escaped(bytes)
    }

    /// Every byte outside of ASCII as `\xHH`.
    static func escaped(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + Hex.encode([$0]) }.joined()
    }
}
