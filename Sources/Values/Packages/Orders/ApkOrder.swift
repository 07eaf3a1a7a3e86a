/// Alpine's order: numbers between dots, one letter, `_suffix` words with numbers, `-r` revision.
///
/// A version that leaves the grammar is compared up to that place, and the rest does not count, as apk does it.
enum ApkOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        var one = Scanner(left), other = Scanner(right)
        while true {
            let kinds = (one.kind, other.kind)
            guard kinds.0 == kinds.1 else { return unequal(one, other) }
            if kinds.0 == .end || kinds.0 == .invalid { return .equal }
            let values = (one.take(), other.take())
            let order = values.0.compare(values.1)
            if order != .equal { return order }
        }
    }

    /// The parts so far are equal and different kinds follow: the longer version is greater, unless a word that marks a
    /// prerelease follows.
    private static func unequal(_ one: Scanner, _ other: Scanner) -> VersionOrder {
        if one.kind == .suffix, one.isPrerelease { return .less }
        if other.kind == .suffix, other.isPrerelease { return .greater }
        return VersionOrder(other.kind.rawValue, one.kind.rawValue)
    }

    /// In the order in which parts may follow each other; a later kind stands for a shorter version.
    enum Kind: Int { case invalid = -1, fraction, number, letter, suffix, suffixNumber, revision, end }

    enum Token {
        case digits(ArraySlice<UInt8>)
        /// Zeros in front make a fraction smaller, the more of them the smaller.
        case fraction(zeros: Int, ArraySlice<UInt8>)
        case weight(Int)
        case invalid

        func compare(_ other: Token) -> VersionOrder {
            switch (self, other) {
            case (.digits(let one), .digits(let other)): .digits(one, other)
            case (.fraction(let zeros, let one), .fraction(let otherZeros, let other)):
                VersionOrder(otherZeros, zeros).then(.digits(one, other))
            case (.weight(let one), .weight(let other)): VersionOrder(one, other)
            // Nothing left stands for zero.
            case (.weight(let one), .digits(let other)): one < 0 ? .less : .digits([], other)
            case (.digits(let one), .weight(let other)): other < 0 ? .greater : .digits(one, [])
            case (.invalid, .invalid): .equal
            case (.invalid, .weight(let other)): VersionOrder(-1, other)
            case (.weight(let one), .invalid): VersionOrder(one, -1)
            case (.invalid, _), (.weight, .fraction): .less
            case (_, .invalid), (.fraction, .weight): .greater
            case (.digits, .fraction): .greater
            case (.fraction, .digits): .less
            }
        }
    }

    struct Scanner {
        var rest: ArraySlice<UInt8>
        var kind: Kind = .number

        init(_ version: [UInt8]) { rest = version[...] }

        static let before: [StaticString] = ["alpha", "beta", "pre", "rc"]
        static let after: [StaticString] = ["cvs", "svn", "git", "hg", "p"]

        var isPrerelease: Bool {
            var copy = self
            if case .weight(let weight) = copy.take() { return weight < 0 }
            return true
        }

        mutating func take() -> Token {
            guard !rest.isEmpty else {
                kind = .end
                return .weight(0)
            }
            switch kind {
            case .fraction:
                let zeros = rest.prefix { $0 == UInt8(ascii: "0") }
                let digits = rest.dropFirst(zeros.count).prefix(while: ASCII.isDigit)
                rest = rest.dropFirst(zeros.count + digits.count)
                advance()
                return .fraction(zeros: zeros.count, digits)
            case .number, .suffixNumber, .revision:
                let digits = rest.prefix(while: ASCII.isDigit)
                rest = rest.dropFirst(digits.count)
                advance()
                return .digits(digits)
            case .letter:
                let letter = rest.removeFirst()
                advance()
                return .weight(Int(letter))
            case .suffix:
                guard let weight = takeWord() else {
                    kind = .invalid
                    return .invalid
                }
                advance()
                return .weight(weight)
            case .invalid, .end:
                return .invalid
            }
        }

        private mutating func takeWord() -> Int? {
            for (index, word) in Self.before.enumerated() where drop(word) { return index - Self.before.count }
            for (index, word) in Self.after.enumerated() where drop(word) { return index }
            return nil
        }

        private mutating func drop(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard word.withUTF8Buffer({ rest.prefix(count).elementsEqual($0) }) else { return false }
            rest = rest.dropFirst(count)
            return true
        }

        /// Decides what follows, and steps over its mark.
        private mutating func advance() {
            guard let byte = rest.first else {
                kind = .end
                return
            }
            let next: Kind
            switch (kind, byte) {
            case (.fraction, _) where ASCII.isLower(byte), (.number, _) where ASCII.isLower(byte): next = .letter
            case (.letter, _) where ASCII.isDigit(byte): next = .number
            case (.suffix, _) where ASCII.isDigit(byte): next = .suffixNumber
            case (_, UInt8(ascii: ".")):
                rest = rest.dropFirst()
                next = .fraction
            case (_, UInt8(ascii: "_")):
                rest = rest.dropFirst()
                next = .suffix
            case (_, UInt8(ascii: "-")) where rest.dropFirst().first == UInt8(ascii: "r"):
                rest = rest.dropFirst(2)
                next = .revision
            default:
                rest = rest.dropFirst()
                next = .invalid
            }
            let mayGoBack =
                (next == .fraction && kind == .number) || (next == .suffix && kind == .suffixNumber)
                || (next == .number && kind == .letter)
            kind = next.rawValue < kind.rawValue && !mayGoBack ? .invalid : next
        }
    }
}
