import Documents
import Packages
public import WaybillCore

/// Reads the files in which people write down what they accept: `.trivyignore`, `.trivyignore.yaml`, and our own exceptions.
public enum IgnoreFiles {
    static let entriesMax = 100_000

    /// By the file's name.
    public static func suppressions(from bytes: [UInt8], file: String) throws(WaybillError) -> [Suppression] {
        file.hasSuffix(".yaml") || file.hasSuffix(".yml") ? try yaml(bytes, file) : try text(bytes, file)
    }

    /// One id a line, `exp:2026-03-31` behind it, `#` for comments.
    private static func text(_ bytes: [UInt8], _ file: String) throws(WaybillError) -> [Suppression] {
        var result: [Suppression] = []
        var comment = ""
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let whole = String(validating: line, as: UTF8.self) else {
                throw WaybillError(.invalidInput, "text that is not UTF-8", subject: "\(file):\(index + 1)")
            }
            let parts = whole.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let words = (parts.first ?? "").split(whereSeparator: \.isWhitespace)
            let remark = parts.count > 1 ? parts[1].split(whereSeparator: \.isWhitespace).joined(separator: " ") : ""
            guard let id = words.first else {
                // A comment line speaks of what follows it; an empty line ends that.
                comment = parts.count > 1 ? remark : ""
                continue
            }
            var suppression = Suppression(
                kind: .any, rules: [String(id)], reason: remark.isEmpty ? comment : remark,
                source: "\(file):\(index + 1)")
            for word in words.dropFirst() {
                guard word.hasPrefix("exp:"), let day = Self.day(String(word.dropFirst(4))) else {
                    throw WaybillError(
                        .invalidInput, "not understood: \(Redaction.excerpt(word))", subject: "\(file):\(index + 1)",
                        remedy: "write it as exp:2026-03-31, or behind a #")
                }
                suppression.expires = day
            }
            guard result.count < entriesMax else {
                throw WaybillError(.limitExceeded, "more than \(entriesMax) entries", subject: file)
            }
            result.append(suppression)
        }
        return result
    }

    private static let sections: [String: Suppression.Kind] = [
        "vulnerabilities": .vulnerability, "misconfigurations": .misconfiguration, "secrets": .secret,
        "licenses": .licence,
    ]

    /// Lists by kind of finding: `id`, `paths`, `purls`, `expired_at`, `statement`. Our own exceptions are a list
    /// `exceptions` with `rule`, `owner`, `reason`, `expires`, all of which must be there.
    private static func yaml(_ bytes: [UInt8], _ file: String) throws(WaybillError) -> [Suppression] {
        do {
            let document = try YAMLReader.node(from: bytes, schema: .core, limits: DocumentLimits(depthMax: 32))
            if document.scalar?.isNull == true { return [] }
            var fields = try Fields(document, of: "ignore file")
            var result: [Suppression] = []
            for (section, kind) in sections.sorted(by: { $0.key < $1.key }) {
                for node in try fields.elements(section) ?? [] { result.append(try entry(node, kind, file)) }
            }
            for node in try fields.elements("exceptions") ?? [] { result.append(try exception(node, file)) }
            try fields.finish()
            return result
        } catch {
            throw error.inFile(file)
        }
    }

    private static func entry(
        _ node: Node, _ kind: Suppression.Kind, _ file: String
    ) throws(DocumentError) -> Suppression {
        var fields = try Fields(node, of: "entry")
        var suppression = Suppression(
            kind: kind, rules: [try fields.requiredString("id")], source: "\(file):\(node.position.line)")
        suppression.paths = try fields.strings("paths") ?? []
        suppression.packages = try purls(try fields.strings("purls") ?? [], node)
        suppression.reason = try fields.string("statement") ?? ""
        suppression.expires = try day(try fields.string("expired_at"), node)
        try fields.finish()
        return suppression
    }

    private static func exception(_ node: Node, _ file: String) throws(DocumentError) -> Suppression {
        var fields = try Fields(node, of: "exception")
        var suppression = Suppression(
            kind: .any, rules: [try fields.requiredString("rule")], source: "\(file):\(node.position.line)")
        suppression.owner = try fields.requiredString("owner")
        suppression.reason = try fields.requiredString("reason")
        suppression.expires = try day(try fields.requiredString("expires"), node)
        suppression.paths = try fields.strings("paths") ?? []
        suppression.packages = try purls(try fields.strings("purls") ?? [], node)
        suppression.products = try fields.strings("images") ?? []
        try fields.finish()
        return suppression
    }

    private static func purls(_ texts: [String], _ node: Node) throws(DocumentError) -> [PackageURL] {
        var result: [PackageURL] = []
        for text in texts {
            guard let url = try? PackageURL(parsing: text) else {
                throw DocumentError(at: node.position, "not a package URL: \(Redaction.excerpt(text))")
            }
            result.append(url)
        }
        return result
    }

    private static func day(_ text: String?, _ node: Node) throws(DocumentError) -> String? {
        guard let text else { return nil }
        guard let day = day(text) else {
            throw DocumentError(at: node.position, "not a day such as 2026-03-31: \(Redaction.excerpt(text))")
        }
        return day
    }

    /// The day of a date or of a moment; nil for another text.
    static func day(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes.count == 10 || bytes[10] == UInt8(ascii: "T") || bytes[10] == 0x20 else {
            return nil
        }
        for (index, byte) in bytes[..<10].enumerated() {
            guard index == 4 || index == 7 ? byte == UInt8(ascii: "-") : byte &- 48 < 10 else { return nil }
        }
        let month = Int(text.dropFirst(5).prefix(2)) ?? 0, date = Int(text.dropFirst(8).prefix(2)) ?? 0
        return (1...12).contains(month) && (1...31).contains(date) ? String(text.prefix(10)) : nil
    }
}
