/// Alpine's order: numbers between dots, one letter, `_suffix` words with numbers, `~` commit, `-r` revision.
///
/// A version that leaves the grammar is compared up to that place; where the other one goes on in the grammar, the one
/// that left it is less, as apk 3 does it.
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
        if one.leavesGrammar || other.leavesGrammar {
            return one.leavesGrammar == other.leavesGrammar ? .equal : one.leavesGrammar ? .less : .greater
        }
        if one.kind == .suffix, one.isPrerelease { return .less }
        if other.kind == .suffix, other.isPrerelease { return .greater }
        return VersionOrder(other.kind.rawValue, one.kind.rawValue)
    }

    /// In the order in which parts may follow each other; a later kind stands for a shorter version.
    enum Kind: Int { case fraction, number, letter, suffix, suffixNumber, commit, revision, end, invalid }

    enum Token {
        case digits(ArraySlice<UInt8>)
        /// With a zero in front its digits are letters: `0015` is less than `002`.
        case fraction(ArraySlice<UInt8>)
        case commit(ArraySlice<UInt8>)
        case weight(Int)
        case invalid

        func compare(_ other: Token) -> VersionOrder {
            switch (self, other) {
            case (.digits(let one), .digits(let other)): .digits(one, other)
            case (.fraction(let one), .fraction(let other)): Self.compare(one, other)
            case (.commit(let one), .commit(let other)): .bytes(Array(one), Array(other))
            case (.weight(let one), .weight(let other)): VersionOrder(one, other)
            // Nothing left stands for zero.
            case (.weight(let one), .digits(let other)): one < 0 ? .less : .digits([], other)
            case (.digits(let one), .weight(let other)): other < 0 ? .greater : .digits(one, [])
            case (.invalid, .invalid): .equal
            case (.invalid, .weight(let other)): VersionOrder(-1, other)
            case (.weight(let one), .invalid): VersionOrder(one, -1)
            case (.invalid, _), (.weight, .fraction), (_, .commit): .less
            case (_, .invalid), (.fraction, .weight), (.commit, _): .greater
            case (.digits, .fraction): .greater
            case (.fraction, .digits): .less
            }
        }

        private static func compare(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> VersionOrder {
            let zero = UInt8(ascii: "0")
            if one.first != zero, other.first != zero { return .digits(one, other) }
            // A fraction without digits is no fraction; it stands above zeros, as before apk 3.
            if one.isEmpty || other.isEmpty {
                return VersionOrder(other.count(where: { $0 == zero }), one.count(where: { $0 == zero }))
            }
            return .bytes(Array(one), Array(other))
        }
    }

    struct Scanner {
        var rest: ArraySlice<UInt8>
        var kind: Kind = .number

        init(_ version: [UInt8]) { rest = version[...] }

        static let before: [StaticString] = ["alpha", "beta", "pre", "rc"]
        static let after: [StaticString] = ["cvs", "svn", "git", "hg", "p"]

        /// Nothing that may stand here follows: an unknown mark, or a dot without digits.
        var leavesGrammar: Bool {
            kind == .invalid || kind == .fraction && !(rest.first.map(ASCII.isDigit) ?? false)
        }

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
                let digits = rest.prefix(while: ASCII.isDigit)
                rest = rest.dropFirst(digits.count)
                advance()
                return .fraction(digits)
            case .commit:
                let digits = rest.prefix { ASCII.isDigit($0) || ($0 | 0x20) &- UInt8(ascii: "a") < 6 }
                rest = rest.dropFirst(digits.count)
                advance()
                return .commit(digits)
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
            case (_, UInt8(ascii: "~")):
                rest = rest.dropFirst()
                next = .commit
            case (_, UInt8(ascii: "-"))
            where rest.dropFirst().first == UInt8(ascii: "r") && isRevision(rest.dropFirst(2)):
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

        /// A word is no revision; nothing at all is revision zero.
        private func isRevision(_ bytes: ArraySlice<UInt8>) -> Bool {
            bytes.first.map { ASCII.isDigit($0) || $0 == UInt8(ascii: "-") } ?? true
        }
    }
}
