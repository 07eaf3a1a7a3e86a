import RegularExpressions
import Synchronization
import WaybillCore

/// A rule whose patterns are made when a text first asks for them: most texts ask few rules, and making hundreds of
/// patterns takes longer than a small scan.
final class CompiledSecretRule: Sendable {
    struct Match {
        var whole: Range<Int>
        var secret: Range<Int>
    }

    /// What is made of the rule's texts.
    final class Patterns: Sendable {
        /// Nil where the path alone decides.
        let pattern: RegularExpression?
        let path: RegularExpression?
        let allowed: [RegularExpression]
        let allowLists: [CompiledAllowList]

        init(_ rule: SecretRule) throws(WaybillError) {
            do {
                pattern = rule.pattern.isEmpty ? nil : try RegularExpression(rule.pattern)
                path = try rule.path.map { (text) throws(WaybillError) in try RegularExpression(text) }
                allowed = try CompiledAllowList.patterns(rule.allowed)
                allowLists = try CompiledAllowList.all(rule.allowLists)
            } catch {
                throw WaybillError(
                    error.code, error.message, subject: "secret rule \(rule.id)", remedy: error.remedy, cause: error)
            }
        }

        func applies(to path: String) -> Bool { self.path?.matches(path) ?? true }
    }

    let rule: SecretRule
    /// Positions in the list of keywords.
    let keywords: [Int]
    private let made = Mutex<Patterns?>(nil)

    var usesPublishedKeys: Bool { rule.id == PublishedKeys.rule }

    init(_ rule: SecretRule, keywords: [Int]) {
        self.rule = rule
        self.keywords = keywords
    }

    /// Throws where a pattern is not RE2, at every call.
    func patterns() throws(WaybillError) -> Patterns {
        if let known = made.withLock({ $0 }) { return known }
        let patterns = try Patterns(rule)
        made.withLock { $0 = patterns }
        return patterns
    }

    /// Where a match may begin and end; a rule without reach searches the whole file once a keyword is there.
    func ranges(_ ends: [Int: [Int]], count: Int, isCrowded: Bool) -> [Range<Int>] {
        if keywords.isEmpty { return [0..<count] }
        guard let reach = rule.reach, !isCrowded else {
            return isCrowded || keywords.contains { ends[$0] != nil } ? [0..<count] : []
        }
        var ranges: [Range<Int>] = []
        for end in keywords.flatMap({ ends[$0] ?? [] }).sorted() {
            let range = max(0, end - reach.before)..<min(count, end + reach.behind)
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    func matches(
        _ pattern: RegularExpression, in bytes: [UInt8], range: Range<Int>, limit: Int
    ) -> [Match] {
        pattern.allMatches(in: bytes, within: range, limit: limit).map { match in
            let group = rule.groupName.flatMap { match[$0] } ?? rule.group.flatMap { match[$0] }
            // A group may take part and be empty; then another holds the secret.
            let first = (1..<max(match.ranges.count, 1)).lazy.compactMap { match[$0] }.first { !$0.isEmpty }
            return Match(whole: match.range, secret: group ?? first ?? match.range)
        }
    }
}

/// An allow list with its patterns made.
struct CompiledAllowList: Sendable {
    private let list: SecretAllowList
    private let expressions: [RegularExpression]
    private let paths: [RegularExpression]
    private let stopWords: KeywordAutomaton?

    static func all(_ lists: [SecretAllowList]) throws(WaybillError) -> [CompiledAllowList] {
        var result: [CompiledAllowList] = []
        for list in lists { result.append(try CompiledAllowList(list)) }
        return result
    }

    static func patterns(_ texts: [String]) throws(WaybillError) -> [RegularExpression] {
        var patterns: [RegularExpression] = []
        for text in texts { patterns.append(try RegularExpression(text)) }
        return patterns
    }

    private init(_ list: SecretAllowList) throws(WaybillError) {
        self.list = list
        expressions = try Self.patterns(list.patterns)
        paths = try Self.patterns(list.paths)
        stopWords = list.stopWords.isEmpty ? nil : KeywordAutomaton(list.stopWords)
    }

    /// Whether the file need not be searched at all.
    func allowsPath(_ path: String, _ commit: String?) -> Bool {
        guard !list.needsAll else { return false }
        return paths.contains { $0.matches(path) } || commit.map { list.commits.contains($0.lowercased()) } ?? false
    }

    func allows(_ match: CompiledSecretRule.Match, in bytes: [UInt8], _ path: String, _ commit: String?) -> Bool {
        var answers: [Bool] = []
        if !list.commits.isEmpty { answers.append(commit.map { list.commits.contains($0.lowercased()) } ?? false) }
        if !paths.isEmpty { answers.append(paths.contains { $0.matches(path) }) }
        if !expressions.isEmpty {
            let target = bytes[target(match, bytes)]
            answers.append(expressions.contains { $0.matches(target) })
        }
        if let stopWords { answers.append(!stopWords.ends(in: Array(bytes[match.secret]), limit: 1).isEmpty) }
        return list.needsAll ? !answers.isEmpty && answers.allSatisfy(\.self) : answers.contains(true)
    }

    private func target(_ match: CompiledSecretRule.Match, _ bytes: [UInt8]) -> Range<Int> {
        switch list.target {
        case .secret: return match.secret
        case .match: return match.whole
        case .line:
            let start = bytes[..<match.whole.lowerBound].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            let end = bytes[match.whole.upperBound...].firstIndex(of: 0x0A) ?? bytes.count
            return start..<end
        }
    }
}
