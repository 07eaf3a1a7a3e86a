import RegularExpressions
public import WaybillCore

/// Finds secrets in files, in time linear in their size. What it reports never shows a secret.
public struct SecretScanner: Sendable {
    /// Findings of one file are cut here; a file of nothing but tokens is one problem, not a million.
    public static let findingsMax = 200

    private struct Compiled: Sendable {
        var rule: SecretRule
        var pattern: RegularExpression
        var allowed: [RegularExpression]
        /// Positions in the list of keywords.
        var keywords: [Int]
    }

    private let rules: [Compiled]
    private let keywords: PatternSet
    private let placeholders: [RegularExpression]

    /// Throws where a pattern is not RE2.
    public init(rules: [SecretRule] = SecretRule.standard) throws(WaybillError) {
        var words: [String] = []
        var compiled: [Compiled] = []
        for rule in rules {
            var positions: [Int] = []
            for word in rule.keywords.map({ $0.lowercased() }) {
                if let position = words.firstIndex(of: word) {
                    positions.append(position)
                } else {
                    positions.append(words.count)
                    words.append(word)
                }
            }
            compiled.append(
                Compiled(
                    rule: rule, pattern: try RegularExpression(rule.pattern), allowed: try Self.patterns(rule.allowed),
                    keywords: positions))
        }
        self.rules = compiled
        keywords = try PatternSet(words.map { "(?i)" + RegularExpression.quoted($0) })
        placeholders = try Self.patterns(Self.placeholderPatterns)
    }

    private static func patterns(_ texts: [String]) throws(WaybillError) -> [RegularExpression] {
        var patterns: [RegularExpression] = []
        for text in texts { patterns.append(try RegularExpression(text)) }
        return patterns
    }

    /// What stands for a secret and is none: one character repeated, variables, template fields.
    private static let placeholderPatterns = [
        #"^[\w-]*?(?:x{6,}|X{6,}|\*{4,}|0{8,}|1{8,}|a{10,}|A{10,})[\w-]*$"#, #"^\$\{?\w+\}?$"#, #"^\{\{.*\}\}$"#,
        #"^<[^>]*>$"#,
        #"^%\w+%$"#, #"(?i)abcdefghijklmnopqrstuvwxyz"#,
    ]

    /// Whether a file of this name is worth reading: pictures, fonts, archives and lockfiles hold no secrets but many
    /// strings that look like them.
    public static func wants(path: String) -> Bool {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if lockfiles.contains(name) { return false }
        return !(name.split(separator: ".").last.map { skippedEndings.contains(String($0)) } ?? false)
    }

    private static let lockfiles: Set<String> = [
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "go.sum", "cargo.lock",
        "poetry.lock",
        "uv.lock", "pdm.lock", "pipfile.lock", "composer.lock", "gemfile.lock", "packages.lock.json", "gradle.lockfile",
    ]
    private static let skippedEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "bmp", "ico", "webp", "tif", "tiff", "woff", "woff2", "ttf", "otf", "eot", "zip",
        "gz", "xz",
        "zst", "bz2", "jar", "war", "pdf", "mp3", "mp4", "so", "a", "o", "pyc", "class",
    ]

    /// The secrets of a file, in the order in which they stand; nothing for binary files.
    public func scan(path: String, bytes: [UInt8]) throws(WaybillError) -> [Finding] {
        guard Self.wants(path: path), !bytes.prefix(8000).contains(0) else { return [] }
        let present = Set(try keywords.matches(in: bytes))
        var hits: [(start: Int, end: Int, finding: Finding)] = []
        let lines = LineIndex(bytes)
        for each in rules where each.keywords.isEmpty || each.keywords.contains(where: present.contains) {
            for match in each.pattern.allMatches(in: bytes, limit: Self.findingsMax) {
                let range = (1..<max(match.ranges.count, 1)).lazy.compactMap { match[$0] }.first ?? match.range
                let secret = String(decoding: bytes[range], as: UTF8.self)
                guard isSecret(secret, each) else { continue }
                hits.append(
                    (
                        range.lowerBound, range.upperBound,
                        finding(each.rule, secret, path, lines.position(of: range.lowerBound))
                    ))
            }
        }
        return Self.unique(hits)
    }

    /// The secrets of a file by the standard rules. A file that could not be searched is a finding itself.
    public static func scan(path: String, bytes: [UInt8]) -> [Finding] {
        do {
            return try standard.get().scan(path: path, bytes: bytes)
        } catch {
            return [
                Finding(
                    rule: "WB-SCAN-008", kind: .configuration, severity: .high,
                    message: "the file could not be searched for secrets: \(error.message)",
                    place: Place(location: SourceLocation(file: path)), remedy: "search a smaller part of the tree")
            ]
        }
    }

    private static let standard = Result { () throws(WaybillError) in try SecretScanner() }

    private func isSecret(_ secret: String, _ rule: Compiled) -> Bool {
        Entropy.bits(of: secret) >= rule.rule.entropyMin && !rule.allowed.contains { $0.matches(secret) }
            && !placeholders.contains { $0.matches(secret) }
    }

    private func finding(_ rule: SecretRule, _ secret: String, _ path: String, _ position: Position) -> Finding {
        Finding(
            rule: "WB-SECRET-\(rule.id)", kind: .secret, severity: rule.severity, message: "\(rule.title) in the file",
            place: Place(location: SourceLocation(file: path, position: position)), evidence: Redaction.secret(secret),
            remedy: "revoke it where it was issued, then remove it from the file and from the history")
    }

    /// The first of findings about the same text, which is the more exact rule's.
    private static func unique(_ hits: [(start: Int, end: Int, finding: Finding)]) -> [Finding] {
        var kept: [(start: Int, end: Int, finding: Finding)] = []
        for hit in hits where !kept.contains(where: { $0.start < hit.end && hit.start < $0.end }) {
            kept.append(hit)
            if kept.count >= findingsMax { break }
        }
        return kept.sorted { $0.start < $1.start }.map(\.finding)
    }
}

/// Shannon's entropy.
enum Entropy {
    /// In bits per byte of the text.
    static func bits(of text: String) -> Double {
        var counts: [UInt8: Int] = [:]
        var total = 0
        for byte in text.utf8 {
            counts[byte, default: 0] += 1
            total += 1
        }
        return counts.values.reduce(0) { sum, count in
            let share = Double(count) / Double(total)
            return sum - share * logarithm(share)
        }
    }

    /// To base 2, for values above zero.
    private static func logarithm(_ value: Double) -> Double {
        // The exponent is exact; the rest lies in [1, 2), where the series of the area hyperbolic tangent is quick.
        let exponent = Double(value.exponent)
        let ratio = (value.significand - 1) / (value.significand + 1)
        var term = ratio, sum = 0.0, divisor = 1.0
        while abs(term) > 1e-16 {
            sum += term / divisor
            term *= ratio * ratio
            divisor += 2
        }
        return exponent + 2 * sum / 0.693_147_180_559_945_3
    }
}

/// Turns offsets into lines and columns.
struct LineIndex {
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == 0x0A { starts.append(index + 1) }
        self.starts = starts
    }

    func position(of offset: Int) -> Position {
        var low = 0, high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return Position(line: low + 1, column: offset - starts[low] + 1)
    }
}
