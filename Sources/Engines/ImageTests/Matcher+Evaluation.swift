import Documents
import RegularExpressions
import WaybillCore

/// A matcher was asked about something that it cannot judge.
struct MatcherError: Error, Sendable {
    var message: String
}

extension Matcher {
    /// Whether the value is as the matcher asks.
    func holds(for actual: Actual) throws(MatcherError) -> Bool {
        switch self {
        case .equal(let expected): return equals(expected, actual)
        case .numeric(let comparison, let number):
            guard let found = actual.number else {
                // A number that is not there is not the number asked for; its order cannot be told.
                if comparison == .eq { return false }
                throw MatcherError(message: "expected a number.  Got:\n    \(Self.described(actual))")
            }
            switch comparison {
            case .eq: return found == number.double
            case .gt: return found > number.double
            case .ge: return found >= number.double
            case .lt: return found < number.double
            case .le: return found <= number.double
            }
        case .havePrefix(let text): return try self.text(of: actual).utf8.starts(with: text.utf8)
        case .haveSuffix(let text): return try self.text(of: actual).utf8.reversed().starts(with: text.utf8.reversed())
        case .containSubstring(let text): return Array(try self.text(of: actual).utf8).contains(Array(text.utf8))
        case .matchRegexp(let expression): return expression.matches(try text(of: actual))
        case .haveLength(let count): return try length(of: actual) == count
        case .haveKey(let matcher):
            for member in try object(actual) where try matcher.holds(for: Actual(.string(member.key))) { return true }
            return false
        case .haveKeyWithValue(let pairs):
            let object = try object(actual)
            for pair in pairs {
                guard let member = object.first(where: { $0.key.hasSameBytes(as: pair.key) }),
                    try pair.value.holds(for: Actual(member.value))
                else { return false }
            }
            return true
        case .containElements(let matchers, let isExplicit):
            return try Pairing(matchers, try elements(actual, splitsText: isExplicit, name: "ContainElements")).missing
                .isEmpty
        case .containElement(let matcher):
            for element in try elements(actual, splitsText: true, name: "ContainElement")
            where try matcher.holds(for: Actual(element)) { return true }
            return false
        case .consistOf(let matchers):
            let pairing = try Pairing(matchers, try elements(actual, splitsText: true, name: "ConsistOf"))
            return pairing.missing.isEmpty && pairing.extra.isEmpty
        case .havePatterns(let patterns):
            let lines = try lines(actual)
            return patterns.allSatisfy { $0.holds(for: lines) }
        case .not(let matcher): return !(try matcher.holds(for: actual))
        case .and(let matchers):
            for matcher in matchers where !(try matcher.holds(for: actual)) { return false }
            return true
        case .or(let matchers):
            for matcher in matchers where try matcher.holds(for: actual) { return true }
            return false
        case .semver(let range):
            for text in actual.value.array?.map({ Actual($0).text ?? "" }) ?? [actual.text ?? ""] {
                guard let version = SemanticVersion(text) else {
                    throw MatcherError(message: "expected a semantic version.  Got:\n    \(Self.described(actual))")
                }
                if !range.contains(version) { return false }
            }
            return true
        case .gjson(let pairs):
            let document = try document(actual)
            for pair in pairs {
                guard let found = JSONPath.value(pair.path, in: document) else {
                    throw MatcherError(message: "Path not found: \(pair.path)")
                }
                if !(try pair.matcher.holds(for: Actual(found))) { return false }
            }
            return true
        case .unsupported(let name, _): throw MatcherError(message: "the matcher \(name) is not supported")
        }
    }

    private func equals(_ expected: Value, _ actual: Actual) -> Bool {
        if expected == actual.value { return !expected.containsText || expected.hasSameBytes(as: actual.value) }
        // Numbers and texts are compared as texts, as the transforms of goss do.
        switch (expected, actual.value) {
        case (.string(let text), .number(let number)): return text == number.text
        case (.string(let text), .bool(let bool)): return text == "\(bool)"
        default: return false
        }
    }

    private func text(of actual: Actual) throws(MatcherError) -> String {
        guard let text = actual.text else {
            throw MatcherError(message: "expected a string.  Got:\n    \(Self.described(actual))")
        }
        return text
    }

    private func length(of actual: Actual) throws(MatcherError) -> Int {
        if let array = actual.value.array { return array.count }
        if let object = actual.value.object { return object.count }
        return try text(of: actual).utf8.count
    }

    private func object(_ actual: Actual) throws(MatcherError) -> [Object.Member] {
        guard let object = actual.value.object else {
            throw MatcherError(message: "HaveKey matcher expects a map.  Got:\n    \(Self.described(actual))")
        }
        return object.members
    }

    private func lines(_ actual: Actual) throws(MatcherError) -> [[UInt8]] {
        guard let lines = actual.lines else {
            throw MatcherError(message: "HavePatterns matcher expects a text.  Got:\n    \(Self.described(actual))")
        }
        return lines
    }

    func elements(_ actual: Actual, splitsText: Bool, name: String) throws(MatcherError) -> [Value] {
        if let array = actual.value.array { return array }
        if let object = actual.value.object { return object.members.map(\.value) }
        guard splitsText, let lines = actual.lines else {
            throw MatcherError(
                message: "\(name) matcher expects an array/slice/map.  Got:\n    \(Self.described(actual))")
        }
        return lines.map { .string(String(decoding: $0, as: UTF8.self)) }
    }

    private func document(_ actual: Actual) throws(MatcherError) -> Value {
        guard let text = actual.value.string else { return actual.value }
        do {
            return try JSONReader.value(from: text)
        } catch {
            throw MatcherError(message: "Invalid json")
        }
    }

    private static func described(_ actual: Actual) -> String {
        guard let text = actual.text else { return "<\(actual.value.typeName)>: \(JSONWriter.string(actual.value))" }
        // Lines behind the first are indented as the message itself is.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")
        return "<\(actual.value.typeName)>: \(lines)"
    }
}

/// Which elements serve which matchers: as many as can be served at once.
struct Pairing {
    /// Matchers that no element is left for.
    private(set) var missing: [Matcher] = []
    /// Elements that no matcher took.
    private(set) var extra: [Value] = []

    /// Elements that are compared with each other; longer lists are refused.
    static let elementsMax = 10_000

    init(_ matchers: [Matcher], _ elements: [Value]) throws(MatcherError) {
        guard matchers.count * elements.count <= Self.elementsMax * 100, elements.count <= Self.elementsMax else {
            throw MatcherError(message: "a list of \(elements.count) elements is too long to compare")
        }
        var candidates: [[Int]] = []
        for matcher in matchers {
            var fitting: [Int] = []
            for (index, element) in elements.enumerated() where try matcher.holds(for: Actual(element)) {
                fitting.append(index)
            }
            candidates.append(fitting)
        }
        // Augmenting paths: a matcher may push another one to an element that serves it as well.
        var owner = [Int?](repeating: nil, count: elements.count)
        for matcher in matchers.indices {
            var isTried = [Bool](repeating: false, count: elements.count)
            if !Self.place(matcher, candidates, &owner, &isTried) { missing.append(matchers[matcher]) }
        }
        for (index, element) in elements.enumerated() where owner[index] == nil { extra.append(element) }
    }

    private static func place(
        _ matcher: Int, _ candidates: [[Int]], _ owner: inout [Int?], _ isTried: inout [Bool], depth: Int = 0
    ) -> Bool {
        guard depth < 1000 else { return false }
        for element in candidates[matcher] where !isTried[element] {
            isTried[element] = true
            if let other = owner[element], !place(other, candidates, &owner, &isTried, depth: depth + 1) { continue }
            owner[element] = matcher
            return true
        }
        return false
    }
}

extension Value {
    fileprivate var containsText: Bool {
        switch self {
        case .string, .array, .object: true
        default: false
        }
    }

    /// Equality of texts by bytes, which `==` on strings is not.
    fileprivate func hasSameBytes(as other: Value) -> Bool {
        switch (self, other) {
        case (.string(let one), .string(let two)): one.hasSameBytes(as: two)
        case (.array(let one), .array(let two)): zip(one, two).allSatisfy { $0.hasSameBytes(as: $1) }
        case (.object(let one), .object(let two)):
            one.members.allSatisfy { two[$0.key].map($0.value.hasSameBytes) ?? false }
        default: self == other
        }
    }
}

extension Array where Element == UInt8 {
    /// Whether the bytes occur somewhere.
    func contains(_ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard count >= needle.count else { return false }
        for start in 0...(count - needle.count) where self[start] == first {
            if self[start..<start + needle.count].elementsEqual(needle) { return true }
        }
        return false
    }
}
