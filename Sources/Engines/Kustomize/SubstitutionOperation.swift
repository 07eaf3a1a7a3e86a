/// What a shell's form of a variable does to its value.
enum SubstitutionOperation {
    case defaultIfEmpty, defaultIfUnset
    case substring
    case upperFirst, upperAll, lowerFirst, lowerAll
    case dropPrefix(longest: Bool)
    case dropSuffix(longest: Bool)
    case replaceFirst, replaceAll

    /// From the signs behind the name. Nil for signs that mean nothing.
    init?(_ signs: Substring) {
        if signs.hasPrefix(":=") || signs.hasPrefix(":-") {
            self = .defaultIfEmpty
        } else if signs.hasPrefix("=") || signs.hasPrefix("-") {
            self = .defaultIfUnset
        } else if signs.hasPrefix(":"), !signs.hasPrefix(":+"), !signs.hasPrefix(":?") {
            self = .substring
        } else if signs.hasPrefix("^^") {
            self = .upperAll
        } else if signs.hasPrefix("^") {
            self = .upperFirst
        } else if signs.hasPrefix(",,") {
            self = .lowerAll
        } else if signs.hasPrefix(",") {
            self = .lowerFirst
        } else if signs.hasPrefix("##") {
            self = .dropPrefix(longest: true)
        } else if signs.hasPrefix("#") {
            self = .dropPrefix(longest: false)
        } else if signs.hasPrefix("%%") {
            self = .dropSuffix(longest: true)
        } else if signs.hasPrefix("%") {
            self = .dropSuffix(longest: false)
        } else if signs.hasPrefix("//") {
            self = .replaceAll
        } else if signs.hasPrefix("/") {
            self = .replaceFirst
        } else {
            return nil
        }
    }

    /// How many signs it is written with.
    var length: Int {
        switch self {
        case .defaultIfEmpty, .upperAll, .lowerAll, .dropPrefix(longest: true), .dropSuffix(longest: true), .replaceAll:
            2
        default: 1
        }
    }

    /// Nil where the argument makes no sense.
    func apply(to value: String, _ argument: String) -> String? {
        switch self {
        case .defaultIfEmpty, .defaultIfUnset: return value
        case .upperAll: return argument.isEmpty ? value.uppercased() : nil
        case .lowerAll: return argument.isEmpty ? value.lowercased() : nil
        case .upperFirst: return argument.isEmpty ? value.prefix(1).uppercased() + value.dropFirst() : nil
        case .lowerFirst: return argument.isEmpty ? value.prefix(1).lowercased() + value.dropFirst() : nil
        case .substring:
            let numbers = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
            guard numbers.count <= 2, let start = numbers.first ?? nil, start >= 0 else { return nil }
            let rest = value.dropFirst(start)
            guard numbers.count == 2 else { return String(rest) }
            guard let length = numbers[1], length >= 0 else { return nil }
            return String(rest.prefix(length))
        case .dropPrefix(let longest):
            let lengths = longest ? Array((0...value.count).reversed()) : Array(0...value.count)
            let found = lengths.first { Wildcard.matches(value.prefix($0), argument[...]) }
            return String(value.dropFirst(found ?? 0))
        case .dropSuffix(let longest):
            let lengths = longest ? Array((0...value.count).reversed()) : Array(0...value.count)
            let found = lengths.first { Wildcard.matches(value.suffix($0), argument[...]) }
            return String(value.dropLast(found ?? 0))
        case .replaceFirst, .replaceAll:
            let sides = argument.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let pattern = sides.first, !pattern.isEmpty else { return nil }
            let replacement = sides.count == 2 ? String(sides[1]) : ""
            return Self.replaced(
                value, String(pattern), replacement, all: { if case .replaceAll = self { true } else { false } }())
        }
    }

    /// `#pattern` stands at the beginning only, `%pattern` at the end only.
    private static func replaced(_ value: String, _ pattern: String, _ replacement: String, all: Bool) -> String {
        if !all, pattern.hasPrefix("#") {
            let text = pattern.dropFirst()
            return value.hasPrefix(text) ? replacement + value.dropFirst(text.count) : value
        }
        if !all, pattern.hasPrefix("%") {
            let text = pattern.dropFirst()
            return value.hasSuffix(text) ? value.dropLast(text.count) + replacement : value
        }
        return value.split(separator: pattern, maxSplits: all ? .max : 1, omittingEmptySubsequences: false)
            .joined(separator: replacement)
    }
}

/// Patterns with `*` and `?`, in time that grows with the product of both lengths at most.
enum Wildcard {
    static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
        let text = Array(text), pattern = Array(pattern)
        var (index, place) = (0, 0)
        var star: (place: Int, index: Int)?
        while index < text.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, index)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[index] {
                index += 1
                place += 1
            } else if let back = star {
                place = back.place + 1
                index = back.index + 1
                star = (back.place, index)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
