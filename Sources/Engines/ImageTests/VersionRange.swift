/// Versions that a `semver-constraint` allows: `>=1.2.0 <2.0.0 !=1.5.0 || 3.x`.
struct VersionRange: Sendable {
    let text: String
    /// Any of these, each of which holds when all of its conditions do.
    private let alternatives: [[Condition]]

    struct Condition: Sendable {
        enum Sign: String {
            case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">=", equal = "=", not = "!="
        }
        var sign: Sign
        var version: SemanticVersion
    }

    init?(_ text: String) {
        self.text = text
        var alternatives: [[Condition]] = []
        for part in Self.split(text) {
            guard let conditions = Self.conditions(part) else { return nil }
            alternatives.append(conditions)
        }
        guard !alternatives.isEmpty else { return nil }
        self.alternatives = alternatives
    }

    func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { $0.allSatisfy { $0.holds(for: version) } }
    }

    private static func split(_ text: String) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "|"), bytes.first == byte {
                bytes.removeFirst()
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte == UInt8(ascii: ",") ? UInt8(ascii: " ") : byte)
            }
        }
        return parts
    }

    private static func conditions(_ bytes: [UInt8]) -> [Condition]? {
        var conditions: [Condition] = []
        var pending = ""
        for word in bytes.split(separator: UInt8(ascii: " ")) {
            let sign = word.prefix { "<>=!~^".utf8.contains($0) }
            let signText = pending + String(decoding: sign, as: UTF8.self)
            let rest = String(decoding: word.dropFirst(sign.count), as: UTF8.self)
            // A blank may stand between the sign and its version.
            if rest.isEmpty {
                guard pending.isEmpty, !signText.isEmpty else { return nil }
                pending = signText
                continue
            }
            pending = ""
            guard let expanded = expand(signText, rest) else { return nil }
            conditions += expanded
        }
        return conditions.isEmpty || !pending.isEmpty ? nil : conditions
    }

    /// The plain conditions behind a sign and a version that may hold `x` or leave parts out.
    private static func expand(_ sign: String, _ text: String) -> [Condition]? {
        if text == "*" || text == "x", sign.isEmpty || sign == "=" || sign == ">=" {
            return [Condition(sign: .greaterOrEqual, version: SemanticVersion(0, 0, 0))]
        }
        guard let (version, given) = SemanticVersion.partial(text) else { return nil }
        let next =
            given == 1 ? SemanticVersion(version.major + 1, 0, 0) : SemanticVersion(version.major, version.minor + 1, 0)
        let isWhole = given == 3
        switch sign {
        case "", "=", "==":
            guard !isWhole else { return [Condition(sign: .equal, version: version)] }
            return [Condition(sign: .greaterOrEqual, version: version), Condition(sign: .less, version: next)]
        case "!", "!=": return isWhole ? [Condition(sign: .not, version: version)] : nil
        case ">":
            return [
                isWhole ? Condition(sign: .greater, version: version) : Condition(sign: .greaterOrEqual, version: next)
            ]
        case ">=": return [Condition(sign: .greaterOrEqual, version: version)]
        case "<": return [Condition(sign: .less, version: version)]
        case "<=":
            return [isWhole ? Condition(sign: .lessOrEqual, version: version) : Condition(sign: .less, version: next)]
        case "~": return [Condition(sign: .greaterOrEqual, version: version), Condition(sign: .less, version: next)]
        case "^":
            let end =
                version.major > 0 || given == 1
                ? SemanticVersion(version.major + 1, 0, 0)
                : version.minor > 0 || given == 2
                    ? SemanticVersion(0, version.minor + 1, 0) : SemanticVersion(0, 0, version.patch + 1)
            return [Condition(sign: .greaterOrEqual, version: version), Condition(sign: .less, version: end)]
        default: return nil
        }
    }
}

extension VersionRange.Condition {
    func holds(for other: SemanticVersion) -> Bool {
        switch sign {
        case .less: other < version
        case .lessOrEqual: !(version < other)
        case .greater: version < other
        case .greaterOrEqual: !(other < version)
        case .equal: !(other < version) && !(version < other)
        case .not: other < version || version < other
        }
    }
}

/// A version by semver.org 2.0.0, read with some patience: a leading `v`, parts left out.
struct SemanticVersion: Sendable, Comparable {
    var major: Int
    var minor: Int
    var patch: Int
    var preRelease: [String]

    init(_ major: Int, _ minor: Int, _ patch: Int, preRelease: [String] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.preRelease = preRelease
    }

    init?(_ text: String) {
        guard let (version, _) = Self.partial(text),
            !text.contains(where: { "xX*".contains($0) }) || !version.preRelease.isEmpty
        else { return nil }
        self = version
    }

    /// The version and how many of its three numbers were given.
    static func partial(_ text: String) -> (SemanticVersion, given: Int)? {
        var rest = Substring(text)
        if rest.hasPrefix("v") { rest = rest.dropFirst() }
        if let plus = rest.firstIndex(of: "+") { rest = rest[..<plus] }
        var preRelease: [String] = []
        if let dash = rest.firstIndex(of: "-") {
            preRelease = rest[rest.index(after: dash)...].split(separator: ".", omittingEmptySubsequences: false).map(
                String.init)
            guard preRelease.allSatisfy({ !$0.isEmpty }) else { return nil }
            rest = rest[..<dash]
        }
        var numbers: [Int] = []
        var isOpen = false
        for part in rest.split(separator: ".", omittingEmptySubsequences: false) {
            if part == "x" || part == "X" || part == "*" {
                isOpen = true
                continue
            }
            // Numbers after an x, and numbers longer than a version's, are no version.
            guard !isOpen, part.utf8.count <= 18, part.utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int(part)
            else { return nil }
            numbers.append(number)
        }
        guard (1...3).contains(numbers.count) else { return nil }
        let given = numbers.count
        numbers += Array(repeating: 0, count: 3 - given)
        return (SemanticVersion(numbers[0], numbers[1], numbers[2], preRelease: preRelease), given)
    }

    static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        let numbers = ([left.major, left.minor, left.patch], [right.major, right.minor, right.patch])
        if numbers.0 != numbers.1 { return numbers.0.lexicographicallyPrecedes(numbers.1) }
        // A pre-release comes before its release.
        if left.preRelease.isEmpty || right.preRelease.isEmpty {
            return !left.preRelease.isEmpty && right.preRelease.isEmpty
        }
        for (one, other) in zip(left.preRelease, right.preRelease) where one != other {
            switch (Int(one), Int(other)) {
            case (let one?, let other?): return one < other
            case (nil, nil): return one.utf8.lexicographicallyPrecedes(other.utf8)
            case (let number, _): return number != nil
            }
        }
        return left.preRelease.count < right.preRelease.count
    }
}
