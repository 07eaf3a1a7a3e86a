import Documents
import RegularExpressions
import WaybillCore

/// What a value must be like, as goss writes it.
indirect enum Matcher: Sendable {
    case equal(Value)
    case numeric(Comparison, Number)
    case havePrefix(String)
    case haveSuffix(String)
    case containSubstring(String)
    case matchRegexp(RegularExpression)
    case haveLength(Int)
    case haveKey(Matcher)
    case haveKeyWithValue([(key: String, value: Matcher)])
    /// `isExplicit` when written by name: then lines of a text are its elements.
    case containElements([Matcher], isExplicit: Bool)
    case containElement(Matcher)
    case consistOf([Matcher])
    case havePatterns([LinePattern])
    case not(Matcher)
    case and([Matcher])
    case or([Matcher])
    case semver(VersionRange)
    case gjson([(path: String, matcher: Matcher)])
    /// Known to goss and not evaluated here: the test fails and says so.
    case unsupported(String, Value)

    enum Comparison: String, Sendable, CaseIterable { case eq, gt, ge, lt, le }
}

extension Matcher {
    /// As goss prints a matcher inside another one.
    var json: Value {
        switch self {
        case .equal(let value): value
        case .numeric(let comparison, let number): .object([comparison.rawValue: .number(number)])
        case .havePrefix(let text): ["have-prefix": .string(text)]
        case .haveSuffix(let text): ["have-suffix": .string(text)]
        case .containSubstring(let text): ["contain-substring": .string(text)]
        case .matchRegexp(let expression): ["match-regexp": .string(expression.pattern)]
        case .haveLength(let count): ["have-len": .integer(count)]
        case .haveKey(let matcher): ["have-key": matcher.json]
        case .haveKeyWithValue(let pairs):
            ["have-key-with-value": .object(Object(pairs.map { (key: $0.key, value: $0.value.json) }))]
        case .containElements(let matchers, _): ["contain-elements": .array(matchers.map(\.json))]
        case .containElement(let matcher): ["contain-element": matcher.json]
        case .consistOf(let matchers): ["consist-of": .array(matchers.map(\.json))]
        case .havePatterns(let patterns): ["have-patterns": .array(patterns.map { .string($0.text) })]
        case .not(let matcher): ["not": matcher.json]
        case .and(let matchers): ["and": .array(matchers.map(\.json))]
        case .or(let matchers): ["or": .array(matchers.map(\.json))]
        case .semver(let range): ["semver-constraint": .string(range.text)]
        case .gjson(let pairs): ["gjson": .object(Object(pairs.map { (key: $0.path, value: $0.matcher.json) }))]
        case .unsupported(let name, let value): .object([name: value])
        }
    }

    /// What the failure message quotes behind its phrase.
    var expected: Value {
        switch self {
        case .equal(let value): value
        case .numeric(_, let number): .number(number)
        case .havePatterns(let patterns): .array(patterns.map { .string($0.text) })
        case .not(let matcher): matcher.expected
        case .haveKeyWithValue, .gjson, .unsupported: json
        default: json.object?.members.first?.value ?? json
        }
    }

    /// What the value should do, for the failure message.
    var phrase: String {
        switch self {
        case .equal: "to equal"
        case .numeric(let comparison, _): "to be numerically \(comparison.rawValue)"
        case .havePrefix: "to have prefix"
        case .haveSuffix: "to have suffix"
        case .containSubstring: "to contain substring"
        case .matchRegexp: "to match regular expression"
        case .haveLength: "to have length"
        case .haveKey: "to have key matching"
        case .haveKeyWithValue: "to have keys with values"
        case .containElements: "to contain elements matching"
        case .containElement: "to contain element matching"
        case .consistOf: "to consist of"
        case .havePatterns: "to have patterns"
        case .not(let matcher): "not " + matcher.phrase
        case .and: "to satisfy all of these matchers"
        case .or: "to satisfy at least one of these matchers"
        case .semver: "to satisfy semver constraint"
        case .gjson: "to satisfy these queries"
        case .unsupported(let name, _): "to satisfy \(name)"
        }
    }
}

extension Object {
    init(_ dictionary: [String: Value]) { self.init(dictionary.map { (key: $0.key, value: $0.value) }) }
}

/// A pattern that some line of a text must have, or that none may have: `text`, `!text`, `/re/`, `!/re/`.
struct LinePattern: Sendable {
    /// As it is written.
    let text: String
    let isNegated: Bool
    private let search: Search

    private enum Search: Sendable {
        case substring([UInt8])
        case expression(RegularExpression)
    }

    init(_ text: String) throws(WaybillError) {
        self.text = text
        var rest = Substring(text)
        isNegated = rest.hasPrefix("!")
        if isNegated { rest = rest.dropFirst() }
        if rest.utf8.count >= 2, rest.hasPrefix("/"), rest.hasSuffix("/") {
            search = .expression(try RegularExpression(String(rest.dropFirst().dropLast())))
        } else {
            // A backslash lets a text begin with what would be a sign.
            if rest.hasPrefix("\\!") || rest.hasPrefix("\\/") { rest = rest.dropFirst() }
            search = .substring(Array(rest.utf8))
        }
    }

    /// Whether the lines are as the pattern asks.
    func holds(for lines: [[UInt8]]) -> Bool {
        let isFound = lines.contains { line in
            switch search {
            case .substring(let needle): line.contains(needle)
            case .expression(let expression): expression.matches(line)
            }
        }
        return isFound != isNegated
    }
}
