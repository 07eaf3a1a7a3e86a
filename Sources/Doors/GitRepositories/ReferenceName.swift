public import WaybillCore

/// Names of references, by the rules of `git check-ref-format`.
public enum ReferenceName {
    /// Longer names are refused: they become paths.
    public static let bytesMax = 250

    public static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard bytes.count <= bytesMax, name.hasPrefix("refs/"), name.split(separator: "/").count >= 3 else {
            return false
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !#"~^:?*[\"#.utf8.contains($0) }) else { return false }
        guard !contains(bytes, ".."), !contains(bytes, "@{"), !name.hasSuffix("."), !name.hasSuffix("/") else {
            return false
        }
        return name.split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
    }

    public static func check(_ name: String) throws(WaybillError) {
        guard isValid(name) else {
            throw WaybillError(
                .invalidInput, "not the full name of a reference: \(Redaction.excerpt(name))", subject: "reference")
        }
    }

    private static func contains(_ bytes: [UInt8], _ pair: StaticString) -> Bool {
        let text = Array("\(pair)".utf8)
        return zip(bytes, bytes.dropFirst()).contains { $0 == text[0] && $1 == text[1] }
    }
}
