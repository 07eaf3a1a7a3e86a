import RegularExpressions
public import WaybillCore

/// Finds secrets in files, in time linear in their size. What it reports never shows a secret.
public struct SecretScanner: Sendable {
    /// Findings of one file are cut here; a file of nothing but tokens is one problem, not a million.
    public static let findingsMax = 200
    /// With more keywords than this a file is searched whole: it is nothing but keywords.
    private static let placesMax = 200_000

    private let rules: [CompiledSecretRule]
    /// By keyword the rules that ask for it.
    private let askers: [[Int]]
    /// Rules that are asked about every text.
    private let alwaysAsked: [Int]
    /// Rules of which the path alone decides.
    private let pathRules: [CompiledSecretRule]
    private let automaton: KeywordAutomaton
    private let allowLists: [CompiledAllowList]
    private let placeholders: [RegularExpression]

    /// Throws where a pattern is not RE2.
    public init(rules: [SecretRule] = SecretRule.standard) throws(WaybillError) {
        try self.init(SecretRuleSet(rules: rules))
    }

    public init(_ set: SecretRuleSet) throws(WaybillError) {
        try self.init(unchecked: set)
        for rule in rules { _ = try rule.patterns() }
    }

    /// With patterns that are known to be sound.
    private init(unchecked set: SecretRuleSet) throws(WaybillError) {
        var words: [String] = [], numbers: [String: Int] = [:]
        var compiled: [CompiledSecretRule] = []
        for rule in set.rules {
            var positions: [Int] = []
            for word in rule.keywords.map({ $0.lowercased() }) where !word.isEmpty {
                let number = numbers[word] ?? words.count
                if number == words.count {
                    numbers[word] = number
                    words.append(word)
                }
                positions.append(number)
            }
            compiled.append(CompiledSecretRule(rule, keywords: positions))
        }
        rules = compiled
        var askers = [[Int]](repeating: [], count: words.count)
        for (index, rule) in compiled.enumerated() where !rule.rule.pattern.isEmpty {
            for word in Set(rule.keywords) { askers[word].append(index) }
        }
        self.askers = askers
        alwaysAsked = compiled.indices.filter { compiled[$0].keywords.isEmpty && !compiled[$0].rule.pattern.isEmpty }
        pathRules = compiled.filter(\.rule.pattern.isEmpty)
        automaton = KeywordAutomaton(words)
        allowLists = try CompiledAllowList.all(set.allowLists)
        placeholders = try CompiledAllowList.patterns(Self.placeholderPatterns)
    }

    /// What stands for a secret and is none: one character repeated, variables, template fields.
    private static let placeholderPatterns = [
        #"^[\w-]*?(?:x{6,}|X{6,}|\*{4,}|0{8,}|1{8,})[\w-]*$"#, #"^\$\{?\w+\}?$"#, #"^\{\{.*\}\}$"#,
        // In the middle of some tokens there is nothing but the letter A: those go on behind it.
        #"^[\w-]*?(?:a{10,}|A{10,})[\w-]{0,16}$"#,
        #"^<[^>]*>$"#,
        #"^%\w+%$"#, #"(?i)abcdefghijklmnopqrstuvwxyz"#,
    ]

    /// The secrets of a file, in the order in which they stand; nothing for binary files.
    public func scan(path: String, bytes: [UInt8]) throws(WaybillError) -> [Finding] {
        guard Self.wants(path: path) else { return [] }
        return try scan(path: path, bytes: bytes, commit: nil)
    }

    /// The same for text that came with a commit, whatever its name.
    public func scan(path: String, bytes: [UInt8], commit: String?) throws(WaybillError) -> [Finding] {
        guard !allowLists.contains(where: { $0.allowsPath(path, commit) }) else { return [] }
        guard !bytes.prefix(8000).contains(0) else { return try byPath(path) }
        let places = automaton.ends(in: bytes, limit: Self.placesMax)
        let isCrowded = places.count >= Self.placesMax
        var ends: [Int: [Int]] = [:]
        for place in places { ends[place.word, default: []].append(place.end) }
        var asked = Set(alwaysAsked)
        if isCrowded {
            asked.formUnion(askers.joined())
        } else {
            for word in ends.keys { asked.formUnion(askers[word]) }
        }
        var hits: [(start: Int, end: Int, finding: Finding)] = []
        var lines: LineIndex?
        // In the order of the rules: the first that finds a text names it.
        for rule in asked.sorted().map({ rules[$0] }) {
            let patterns = try rule.patterns()
            guard let pattern = patterns.pattern, patterns.applies(to: path) else { continue }
            for range in rule.ranges(ends, count: bytes.count, isCrowded: isCrowded) {
                for match in rule.matches(pattern, in: bytes, range: range, limit: Self.findingsMax) {
                    guard isSecret(match, in: bytes, rule, patterns, path, commit) else { continue }
                    let index = lines ?? LineIndex(bytes)
                    lines = index
                    let secret = String(decoding: bytes[match.secret], as: UTF8.self)
                    hits.append(
                        (
                            match.secret.lowerBound, match.secret.upperBound,
                            finding(rule.rule, secret, path, index.position(of: match.secret.lowerBound))
                        ))
                    if hits.count >= Self.findingsMax * 4 { return try byPath(path) + Self.unique(hits) }
                }
            }
        }
        return try byPath(path) + Self.unique(hits)
    }

    /// What is a secret by its name alone, whatever it holds.
    private func byPath(_ path: String) throws(WaybillError) -> [Finding] {
        var findings: [Finding] = []
        for rule in pathRules where try rule.patterns().applies(to: path) {
            findings.append(finding(rule.rule, nil, path, .start))
        }
        return findings
    }

    /// The secrets of a file by the standard rules. A file that could not be searched is a finding itself.
    public static func scan(path: String, bytes: [UInt8]) -> [Finding] {
        do {
            return try standard.get().scan(path: path, bytes: bytes)
        } catch {
            return [unsearched(path, error)]
        }
    }

    /// The scanner with our own rules.
    public static func makeStandard() throws(WaybillError) -> SecretScanner { try standard.get() }

    // That our own patterns are sound is what a test proves.
    private static let standard = Result { () throws(WaybillError) in try SecretScanner(unchecked: .standard) }

    static func unsearched(_ path: String, _ error: WaybillError) -> Finding {
        Finding(
            rule: "WB-SCAN-008", kind: .configuration, severity: .high,
            message: "the file could not be searched for secrets: \(error.message)",
            place: Place(location: SourceLocation(file: path)), remedy: "search a smaller part of the tree")
    }

    private func isSecret(
        _ match: CompiledSecretRule.Match, in bytes: [UInt8], _ rule: CompiledSecretRule,
        _ patterns: CompiledSecretRule.Patterns, _ path: String, _ commit: String?
    ) -> Bool {
        let secret = bytes[match.secret]
        if secret.isEmpty { return false }
        if rule.rule.entropyMin > 0, Entropy.bits(of: secret) <= rule.rule.entropyMin { return false }
        if rule.rule.needsDigit, !secret.contains(where: { $0 &- 48 < 10 }) { return false }
        if patterns.allowed.contains(where: { $0.matches(secret) })
            || placeholders.contains(where: { $0.matches(secret) })
        {
            return false
        }
        if rule.usesPublishedKeys, PublishedKeys.contains(secret) { return false }
        return !(patterns.allowLists + allowLists).contains { $0.allows(match, in: bytes, path, commit) }
    }

    private func finding(_ rule: SecretRule, _ secret: String?, _ path: String, _ position: Position) -> Finding {
        Finding(
            rule: "WB-SECRET-\(rule.id)", kind: .secret, severity: rule.severity, message: "\(rule.title) in the file",
            place: Place(location: SourceLocation(file: path, position: position)),
            evidence: secret.map { Redaction.secret($0) },
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
    static func bits(of text: String) -> Double { bits(of: Array(text.utf8)[...]) }

    static func bits(of bytes: ArraySlice<UInt8>) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        let total = Double(bytes.count)
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
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
