/// Python's order (PEP 440). Texts that are no PEP 440 version come before all that are.
enum PythonOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        compare(PythonVersion(left), left, PythonVersion(right), right)
    }

    /// The same with what the texts were read as.
    static func compare(
        _ one: PythonVersion?, _ left: [UInt8], _ other: PythonVersion?, _ right: [UInt8]
    ) -> VersionOrder {
        switch (one, other) {
        case (let one?, let other?): one.compare(other)
        case (nil, _?): .less
        case (_?, nil): .greater
        case (nil, nil): LegacyPythonOrder.compare(left, right)
        }
    }
}

/// A version in the grammar of PEP 440, normalised.
struct PythonVersion: Sendable {
    typealias Digits = ArraySlice<UInt8>

    var epoch: Digits = []
    var release: [Digits] = []
    /// `a` 0, `b` 1, `rc` 2.
    var prerelease: (phase: Int, number: Digits)?
    var post: Digits?
    var development: Digits?
    var local: [Digits] = []

    /// Nil when the text is not in the grammar.
    init?(_ text: [UInt8]) {
        var scanner = ByteScanner(text.map(ASCII.lower))
        scanner.skipSpace()
        _ = scanner.take("v")
        guard var first = scanner.takeDigits() else { return nil }
        if scanner.take("!") {
            epoch = first
            guard let digits = scanner.takeDigits() else { return nil }
            first = digits
        }
        release = [first]
        while scanner.peek(at: 0) == UInt8(ascii: "."), scanner.peek(at: 1).map(ASCII.isDigit) == true {
            scanner.skip(1)
            release.append(scanner.takeDigits() ?? [])
        }
        prerelease = Self.phase(&scanner)
        post = Self.post(&scanner)
        development = Self.number(after: ["dev"], &scanner)
        if scanner.take("+") {
            guard let parts = Self.local(&scanner) else { return nil }
            local = parts
        }
        scanner.skipSpace()
        guard scanner.isAtEnd else { return nil }
        while release.count > 1, release.last?.allSatisfy({ $0 == UInt8(ascii: "0") }) == true { release.removeLast() }
    }

    private static func phase(_ scanner: inout ByteScanner) -> (phase: Int, number: Digits)? {
        let words: [(StaticString, Int)] = [
            ("alpha", 0), ("a", 0), ("beta", 1), ("b", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("c", 2),
        ]
        for (word, phase) in words {
            if let digits = number(after: [word], &scanner) { return (phase, digits) }
        }
        return nil
    }

    private static func post(_ scanner: inout ByteScanner) -> Digits? {
        if scanner.peek(at: 0) == UInt8(ascii: "-"), scanner.peek(at: 1).map(ASCII.isDigit) == true {
            scanner.skip(1)
            return scanner.takeDigits()
        }
        return number(after: ["post", "rev", "r"], &scanner)
    }

    /// `[-_.]?word[-_.]?digits?`; a missing number is zero. Nil, with nothing taken, where the word is not there.
    private static func number(after words: [StaticString], _ scanner: inout ByteScanner) -> Digits? {
        let start = scanner
        scanner.skipOne(of: "-_.")
        for word in words where scanner.take(word) {
            let mark = scanner
            scanner.skipOne(of: "-_.")
            if let digits = scanner.takeDigits() { return digits }
            scanner = mark
            return []
        }
        scanner = start
        return nil
    }

    private static func local(_ scanner: inout ByteScanner) -> [Digits]? {
        var parts: [Digits] = []
        repeat {
            let part = scanner.takeWhile { ASCII.isDigit($0) || ASCII.isLower($0) }
            guard !part.isEmpty else { return nil }
            parts.append(part)
        } while scanner.skipOne(of: "-_.")
        return parts
    }

    func compare(_ other: PythonVersion) -> VersionOrder {
        VersionOrder.digits(epoch, other.epoch)
            .then(Self.release(release, other.release))
            .then(VersionOrder(phaseRank, other.phaseRank))
            .then(.digits(prerelease?.number ?? [], other.prerelease?.number ?? []))
            .then(Self.optional(post, other.post, missing: .less))
            .then(Self.optional(development, other.development, missing: .greater))
            .then(Self.local(local, other.local))
    }

    /// A development release of nothing else comes before all prereleases; a release without any comes after them.
    var phaseRank: Int {
        if let prerelease { return prerelease.phase }
        return post == nil && development != nil ? -1 : 3
    }

    private static func release(_ left: [Digits], _ right: [Digits]) -> VersionOrder {
        for index in 0..<max(left.count, right.count) {
            let order = VersionOrder.digits(
                index < left.count ? left[index] : [], index < right.count ? right[index] : [])
            if order != .equal { return order }
        }
        return .equal
    }

    private static func optional(_ left: Digits?, _ right: Digits?, missing: VersionOrder) -> VersionOrder {
        switch (left, right) {
        case (nil, nil): .equal
        case (nil, _?): missing
        case (_?, nil): missing.reversed
        case (let one?, let other?): .digits(one, other)
        }
    }

    private static func local(_ left: [Digits], _ right: [Digits]) -> VersionOrder {
        for (one, other) in zip(left, right) {
            let order: VersionOrder =
                switch (one.allSatisfy(ASCII.isDigit), other.allSatisfy(ASCII.isDigit)) {
                case (true, true): .digits(one, other)
                case (true, false): .greater
                case (false, true): .less
                case (false, false): .bytes(one, other)
                }
            if order != .equal { return order }
        }
        return VersionOrder(left.count, right.count)
    }
}

/// The order that setuptools gave to versions before PEP 440.
enum LegacyPythonOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = parts(left), other = parts(right)
        for (a, b) in zip(one, other) {
            let order = VersionOrder.bytes(a, b)
            if order != .equal { return order }
        }
        return VersionOrder(one.count, other.count)
    }

    static func parts(_ version: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var rest = version.map(ASCII.lower)[...]
        while let first = rest.first {
            let isDigit = ASCII.isDigit(first), isLetter = ASCII.isLower(first)
            let run =
                isDigit
                ? rest.prefix(while: ASCII.isDigit) : isLetter ? rest.prefix(while: ASCII.isLower) : rest.prefix(1)
            rest = rest.dropFirst(run.count)
            let word = String(decoding: run, as: UTF8.self)
            switch word {
            case ".": continue
            case "-": append("*final-", to: &result)
            case _ where isDigit:
                let digits = String(repeating: "0", count: max(0, 8 - run.count)) + word
                result.append(Array(digits.utf8))
            case "pre", "preview", "c", "rc": append("*c", to: &result)
            case "dev": append("*@", to: &result)
            default: append("*\(word)", to: &result)
            }
        }
        append("*final", to: &result)
        return result
    }

    private static func append(_ part: String, to parts: inout [[UInt8]]) {
        let bytes = Array(part.utf8), final = Array("*final".utf8)
        if bytes.lexicographicallyPrecedes(final) {
            while parts.last.map({ $0.elementsEqual("*final-".utf8) }) == true { parts.removeLast() }
        }
        while parts.last.map({ $0.elementsEqual("00000000".utf8) }) == true { parts.removeLast() }
        parts.append(bytes)
    }
}
