/// RubyGems' order: numbers and words by turns; words are prereleases.
enum GemOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = segments(left), other = segments(right)
        let zero: ArraySlice<UInt8> = [UInt8(ascii: "0")]
        for index in 0..<max(one.count, other.count) {
            let a = index < one.count ? one[index] : zero, b = index < other.count ? other[index] : zero
            let order: VersionOrder =
                switch (a.allSatisfy(ASCII.isDigit), b.allSatisfy(ASCII.isDigit)) {
                case (true, true): .digits(a, b)
                case (true, false): .greater
                case (false, true): .less
                case (false, false): .bytes(a, b)
                }
            if order != .equal { return order }
        }
        return .equal
    }

    /// Zeros at the end of the numbers before the first word, and at the very end, mean nothing.
    static func segments(_ version: [UInt8]) -> [ArraySlice<UInt8>] {
        var text: [UInt8] = []
        // A hyphen marks a prerelease.
        for byte in version { text += byte == UInt8(ascii: "-") ? Array(".pre.".utf8) : [byte] }
        var numbers: [ArraySlice<UInt8>] = [], rest: [ArraySlice<UInt8>] = []
        var scanner = ByteScanner(text)
        while let first = scanner.peek(at: 0) {
            if let digits = scanner.takeDigits() {
                if rest.isEmpty { numbers.append(digits) } else { rest.append(digits) }
            } else if ASCII.isLetter(first) {
                rest.append(scanner.takeWhile(ASCII.isLetter))
            } else {
                scanner.skip(1)
            }
        }
        return trimmed(numbers) + trimmed(rest)
    }

    private static func trimmed(_ segments: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
        var segments = segments
        while segments.last.map(isZero) == true { segments.removeLast() }
        return segments
    }

    static func isZero(_ segment: ArraySlice<UInt8>) -> Bool { segment.allSatisfy { $0 == UInt8(ascii: "0") } }
}
