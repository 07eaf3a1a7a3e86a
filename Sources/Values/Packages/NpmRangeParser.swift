/// Turns npm's range syntax into comparators.
struct NpmRangeParser {
    typealias Comparator = NpmRange.Comparator

    let reading: SemanticVersion.Reading
    let includesPrereleases: Bool

    init(_ reading: SemanticVersion.Reading, _ includesPrereleases: Bool) {
        self.reading = reading
        self.includesPrereleases = includesPrereleases
    }

    static func alternatives(of text: String) -> [String] {
        var parts: [[UInt8]] = [[]]
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.first {
            if byte == UInt8(ascii: "|"), bytes.dropFirst().first == UInt8(ascii: "|") {
                parts.append([])
                bytes = bytes.dropFirst(2)
            } else {
                parts[parts.count - 1].append(byte)
                bytes = bytes.dropFirst()
            }
        }
        return parts.map { ASCII.trimmed(String(decoding: $0, as: UTF8.self)) }
    }

    /// A version with parts left open: `1.x`, `*`, `2`.
    struct Partial {
        var numbers: [Int] = []
        var prerelease: [String] = []
        var isAny: Bool { numbers.isEmpty }

        /// Open parts filled with zeros.
        var floor: SemanticVersion {
            SemanticVersion(at(0), at(1), at(2), prerelease: numbers.count == 3 ? prerelease : [])
        }
        func at(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }
    }

    /// Nil where the text is malformed.
    mutating func comparators(in text: String) -> [Comparator]? {
        var scanner = ByteScanner(Array(text.utf8))
        scanner.skipSpace()
        if let hyphen = hyphenRange(scanner) { return hyphen }
        var result: [Comparator] = []
        while !scanner.isAtEnd {
            guard let operation = takeOperator(&scanner) else { return nil }
            guard let partial = takePartial(&scanner) else { return nil }
            if !scanner.isAtEnd, scanner.peek(at: 0).map({ ASCII.isSpace($0) || Self.startsOperator($0) }) != true {
                return nil
            }
            scanner.skipSpace()
            guard let comparators = expand(operation, partial) else { return nil }
            result += comparators
        }
        return simplified(result)
    }

    /// What can never hold swallows the rest, and nothing holds once.
    private func simplified(_ comparators: [Comparator]) -> [Comparator] {
        if let never = comparators.first(where: { $0 == Self.never }) { return [never] }
        var kept: [Comparator] = []
        for comparator in comparators where !kept.contains(comparator) { kept.append(comparator) }
        // `>=0.0.0` beside others says nothing.
        let lowest = SemanticVersion(0, 0, 0, prerelease: includesPrereleases ? ["0"] : [])
        return kept.filter { $0 != Comparator(operator: .greaterOrEqual, version: lowest) }
    }

    static let never = Comparator(operator: .less, version: SemanticVersion(0, 0, 0, prerelease: ["0"]))

    private static func startsOperator(_ byte: UInt8) -> Bool {
        [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "~"), UInt8(ascii: "^")].contains(byte)
    }

    private func hyphenRange(_ start: ByteScanner) -> [Comparator]? {
        var scanner = start
        guard let from = takePartial(&scanner), scanner.peek(at: 0).map(ASCII.isSpace) == true else { return nil }
        scanner.skipSpace()
        guard scanner.take("-"), scanner.peek(at: 0).map(ASCII.isSpace) == true else { return nil }
        scanner.skipSpace()
        guard let upTo = takePartial(&scanner) else { return nil }
        scanner.skipSpace()
        guard scanner.isAtEnd else { return nil }
        var result: [Comparator] = []
        if !from.isAny {
            result.append(Comparator(operator: .greaterOrEqual, version: lowest(from, isOpen: from.prerelease.isEmpty)))
        }
        if !upTo.isAny {
            if upTo.numbers.count < 3 {
                result.append(before(bumped(upTo, at: upTo.numbers.count - 1)))
            } else if includesPrereleases, upTo.prerelease.isEmpty {
                result.append(before(bumped(upTo, at: 2)))
            } else {
                result.append(Comparator(operator: .lessOrEqual, version: upTo.floor))
            }
        }
        return simplified(result)
    }

    enum Operation { case none, tilde, caret, comparison(NpmRange.Operator) }

    private func takeOperator(_ scanner: inout ByteScanner) -> Operation? {
        var operation = Operation.none
        if scanner.take("~>") || scanner.take("~") {
            _ = scanner.take("=")
            operation = .tilde
        } else if scanner.take("^") {
            operation = .caret
        } else if scanner.take(">=") {
            operation = .comparison(.greaterOrEqual)
        } else if scanner.take("<=") {
            operation = .comparison(.lessOrEqual)
        } else if scanner.take(">") {
            operation = .comparison(.greater)
        } else if scanner.take("<") {
            operation = .comparison(.less)
        } else if scanner.take("=") {
            if reading == .loose { _ = scanner.take("=") }
        }
        scanner.skipSpace()
        return operation
    }

    private func takePartial(_ scanner: inout ByteScanner) -> Partial? {
        _ = scanner.takeWhile { $0 == UInt8(ascii: "v") || $0 == UInt8(ascii: "=") || ASCII.isSpace($0) }
        var partial = Partial()
        var isOpen = false
        var parts = 0
        for index in 0..<3 {
            if index > 0, !scanner.take(".") { break }
            parts += 1
            if scanner.skipOne(of: "xX*") {
                isOpen = true
                continue
            }
            if index == 0, scanner.isAtEnd { return partial }
            guard let number = SemanticVersion.number(&scanner, reading) else { return nil }
            // `1.x.5`: a number after an open part means nothing that we could hold to.
            if isOpen { return nil }
            partial.numbers.append(number)
        }
        guard let tail = SemanticVersion.tail(&scanner, reading) else { return nil }
        // Only a version with all three parts can be a prerelease; build metadata means nothing wherever it stands.
        guard parts == 3 || tail.prerelease.isEmpty else { return nil }
        partial.prerelease = tail.prerelease
        return partial
    }

    private func expand(_ operation: Operation, _ partial: Partial) -> [Comparator]? {
        switch operation {
        case .none: return exact(partial)
        case .tilde: return upTo(partial, openFrom: min(1, partial.numbers.count - 1))
        case .caret:
            let fixed = partial.numbers.prefix { $0 == 0 }.count
            return upTo(partial, openFrom: min(fixed, partial.numbers.count - 1))
        case .comparison(let comparison): return compared(comparison, partial)
        }
    }

    private func exact(_ partial: Partial) -> [Comparator]? {
        if partial.numbers.count == 3 { return [Comparator(operator: .equal, version: partial.floor)] }
        return upTo(Partial(numbers: partial.numbers), openFrom: partial.numbers.count - 1)
    }

    /// From the version itself to the next at the given part.
    private func upTo(_ partial: Partial, openFrom index: Int) -> [Comparator]? {
        guard !partial.isAny else { return [] }
        guard let next = checked(partial, at: index) else { return nil }
        let floor = lowest(partial, isOpen: partial.numbers.count < 3)
        return [Comparator(operator: .greaterOrEqual, version: floor), before(next)]
    }

    private func compared(_ comparison: NpmRange.Operator, _ partial: Partial) -> [Comparator]? {
        if partial.isAny { return comparison == .greater || comparison == .less ? [Self.never] : [] }
        guard partial.numbers.count < 3 else { return [Comparator(operator: comparison, version: partial.floor)] }
        guard let next = checked(partial, at: partial.numbers.count - 1) else { return nil }
        switch comparison {
        case .greater: return [Comparator(operator: .greaterOrEqual, version: openVersion(next))]
        case .greaterOrEqual: return [Comparator(operator: .greaterOrEqual, version: openVersion(partial.floor))]
        case .less: return [before(partial.floor)]
        case .lessOrEqual: return [before(next)]
        case .equal: return exact(partial)
        }
    }

    private func checked(_ partial: Partial, at index: Int) -> SemanticVersion? {
        partial.at(index) < SemanticVersion.numberMax ? bumped(partial, at: index) : nil
    }

    private func bumped(_ partial: Partial, at index: Int) -> SemanticVersion {
        switch index {
        case ..<1: SemanticVersion(partial.at(0) + 1, 0, 0)
        case 1: SemanticVersion(partial.at(0), partial.at(1) + 1, 0)
        default: SemanticVersion(partial.at(0), partial.at(1), partial.at(2) + 1)
        }
    }

    /// Smaller than the version and all its prereleases.
    private func before(_ version: SemanticVersion) -> Comparator {
        Comparator(
            operator: .less, version: SemanticVersion(version.major, version.minor, version.patch, prerelease: ["0"]))
    }

    private func lowest(_ partial: Partial, isOpen: Bool) -> SemanticVersion {
        isOpen ? openVersion(partial.floor) : partial.floor
    }

    private func openVersion(_ version: SemanticVersion) -> SemanticVersion {
        includesPrereleases && version.prerelease.isEmpty
            ? SemanticVersion(version.major, version.minor, version.patch, prerelease: ["0"]) : version
    }
}
