/// Maven's order (maven-artifact's ComparableVersion): nested lists of numbers and qualifiers.
enum MavenOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        list(MavenVersion.items(left), list: MavenVersion.items(right))
    }

    private static func compare(_ left: MavenItem, _ right: MavenItem?) -> VersionOrder {
        guard let right else { return compareToNothing(left) }
        switch (left, right) {
        case (.number(let one), .number(let other)): return .digits(one, other)
        case (.qualifier(let one), .qualifier(let other)): return one.compare(other)
        case (.list(let one), .list(let other)): return list(one, list: other)
        // A number is newer than a list (1.1 > 1-1), a list is newer than a word (1-1 > 1-sp).
        default: return VersionOrder(left.rank, right.rank)
        }
    }

    static func list(_ left: [MavenItem], list right: [MavenItem]) -> VersionOrder {
        for index in 0..<max(left.count, right.count) {
            let one = index < left.count ? left[index] : nil, other = index < right.count ? right[index] : nil
            let order = one.map { compare($0, other) } ?? other.map { compare($0, nil).reversed } ?? .equal
            if order != .equal { return order }
        }
        return .equal
    }

    private static func compareToNothing(_ item: MavenItem) -> VersionOrder {
        switch item {
        case .number(let digits): .digits(digits, [])
        case .qualifier(let word): word.compare(.release)
        case .list(let items): items.lazy.map(compareToNothing).first { $0 != .equal } ?? .equal
        }
    }
}

indirect enum MavenItem: Sendable {
    case number(ArraySlice<UInt8>)
    case qualifier(MavenQualifier)
    case list([MavenItem])

    var rank: Int {
        switch self {
        case .qualifier: 0
        case .list: 1
        case .number: 2
        }
    }

    var isNull: Bool {
        switch self {
        case .number(let digits): digits.allSatisfy { $0 == UInt8(ascii: "0") }
        case .qualifier(let word): word.text.isEmpty
        case .list(let items): items.isEmpty
        }
    }

    var isList: Bool { if case .list = self { true } else { false } }
}

/// A word of a Maven version, with its aliases resolved.
struct MavenQualifier: Sendable {
    var text: [UInt8]

    static let release = MavenQualifier([], beforeDigit: false)
    static let known = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"].map { Array($0.utf8) }

    init(_ bytes: some Sequence<UInt8>, beforeDigit: Bool) {
        let word = String(decoding: Array(bytes), as: UTF8.self)
        let full =
            switch word {
            case "a" where beforeDigit: "alpha"
            case "b" where beforeDigit: "beta"
            case "m" where beforeDigit: "milestone"
            case "ga", "final", "release": ""
            case "cr": "rc"
            default: word
            }
        text = Array(full.utf8)
    }

    /// Known words in their order, then unknown ones by their letters.
    func compare(_ other: MavenQualifier) -> VersionOrder {
        let one = Self.known.firstIndex(of: text), two = Self.known.firstIndex(of: other.text)
        if one == nil, two == nil { return .bytes(text, other.text) }
        return VersionOrder(one ?? Self.known.count, two ?? Self.known.count)
    }
}

enum MavenVersion {
    /// The items of a version. Hyphens, and changes between letters and digits, open a list inside the list.
    static func items(_ version: [UInt8]) -> [MavenItem] {
        let text = version.map(ASCII.lower)
        var stack: [[MavenItem]] = [[]]
        var start = 0
        var isDigit = false

        func add(_ end: Int, beforeDigit: Bool = false) {
            let part = text[start..<end]
            stack[stack.count - 1].append(
                isDigit || part.isEmpty ? .number(part) : .qualifier(MavenQualifier(part, beforeDigit: beforeDigit)))
        }

        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "."):
                add(index)
                start = index + 1
            case UInt8(ascii: "-"):
                add(index)
                start = index + 1
                stack.append([])
            case _ where ASCII.isDigit(byte) != isDigit && index > start:
                // X1 is X-1, and 1X is 1-X.
                add(index, beforeDigit: !isDigit)
                start = index
                stack.append([])
                isDigit = ASCII.isDigit(byte)
            default:
                isDigit = ASCII.isDigit(byte)
            }
        }
        if text.count > start { add(text.count) }
        return folded(stack)
    }

    /// Closes the open lists from the innermost, dropping what means nothing at each end.
    private static func folded(_ stack: [[MavenItem]]) -> [MavenItem] {
        var inner: [MavenItem]?
        for (depth, level) in stack.enumerated().reversed() {
            var items = level
            if let inner { items.append(.list(inner)) }
            for index in items.indices.reversed() {
                if items[index].isNull {
                    items.remove(at: index)
                } else if !items[index].isList {
                    break
                }
            }
            // A list of nothing but a list says what the inner one says: `1-ga-1` is `1-1`. Outermost it is the hyphen that
            // counts: `0-2` is less than `1`.
            if depth > 0, items.count == 1, case .list(let only) = items[0], level.count > 0, inner != nil {
                items = only
            }
            inner = items
        }
        return inner ?? []
    }
}
