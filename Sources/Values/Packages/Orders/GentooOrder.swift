/// Gentoo's order (Package Manager Specification, section 3.3).
enum GentooOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = Parts(left), other = Parts(right)
        return numbers(one.numbers, other.numbers)
            .then(VersionOrder(Int(one.letter), Int(other.letter)))
            .then(suffixes(one.suffixes, other.suffixes))
            .then(.digits(one.revision, other.revision))
    }

    private struct Parts {
        var numbers: [ArraySlice<UInt8>] = []
        var letter: UInt8 = 0
        var suffixes: [(rank: Int, number: ArraySlice<UInt8>)] = []
        var revision: ArraySlice<UInt8> = []

        init(_ version: [UInt8]) {
            var scanner = ByteScanner(version)
            repeat { numbers.append(scanner.takeDigits() ?? []) } while scanner.take(".")
            if let byte = scanner.peek(at: 0), ASCII.isLower(byte) {
                letter = byte
                scanner.skip(1)
            }
            while scanner.take("_") {
                let word = String(decoding: scanner.takeWhile(ASCII.isLower), as: UTF8.self)
                let rank = ["alpha": -4, "beta": -3, "pre": -2, "rc": -1, "p": 1][word] ?? 0
                suffixes.append((rank, scanner.takeDigits() ?? []))
            }
            if scanner.take("-r") { revision = scanner.takeDigits() ?? [] }
        }
    }

    private static func numbers(_ left: [ArraySlice<UInt8>], _ right: [ArraySlice<UInt8>]) -> VersionOrder {
        for (index, (a, b)) in zip(left, right).enumerated() {
            let isFraction = index > 0 && (a.first == UInt8(ascii: "0") || b.first == UInt8(ascii: "0"))
            let order: VersionOrder = isFraction ? .bytes(fraction(a), fraction(b)) : .digits(a, b)
            if order != .equal { return order }
        }
        return VersionOrder(left.count, right.count)
    }

    private static func fraction(_ digits: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        digits.dropLast(digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count)
    }

    private static func suffixes(
        _ left: [(rank: Int, number: ArraySlice<UInt8>)], _ right: [(rank: Int, number: ArraySlice<UInt8>)]
    ) -> VersionOrder {
        for index in 0..<max(left.count, right.count) {
            let a = index < left.count ? left[index] : (0, []), b = index < right.count ? right[index] : (0, [])
            let order = VersionOrder(a.0, b.0).then(.digits(a.1, b.1))
            if order != .equal { return order }
        }
        return .equal
    }
}

/// OpenSSL's order: 1.0.2z < 1.0.2za; semantic from 3.0 on.
enum OpenSSLOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = letters(left), other = letters(right)
        return SemanticOrder.compare(one.core, other.core, build: .ignored)
            .then(VersionOrder(one.letters.count, other.letters.count))
            .then(.bytes(one.letters, other.letters))
    }

    private static func letters(_ version: [UInt8]) -> (core: [UInt8], letters: ArraySlice<UInt8>) {
        guard !version.contains(UInt8(ascii: "-")) else { return (version, []) }
        let count = version.reversed().prefix(while: ASCII.isLower).count
        return (Array(version.dropLast(count)), version.suffix(count))
    }
}
