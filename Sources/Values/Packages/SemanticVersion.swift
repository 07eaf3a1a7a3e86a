/// A semantic version as npm reads it: three numbers, prerelease and build.
public struct SemanticVersion: Hashable, Sendable, CustomStringConvertible {
    public var major: Int
    public var minor: Int
    public var patch: Int
    public var prerelease: [String]
    public var build: [String]

    /// npm refuses longer texts and numbers that a double cannot hold.
    public static let lengthMax = 256
    static let numberMax = 9_007_199_254_740_991

    public init(_ major: Int, _ minor: Int, _ patch: Int, prerelease: [String] = [], build: [String] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        self.build = build
    }

    /// How the text is read: strictly, or forgiving zeros in front and a missing hyphen.
    public enum Reading: Sendable { case strict, loose }

    /// Nil when the text is no version.
    public init?(_ text: String, _ reading: Reading = .strict) {
        guard text.utf8.count <= Self.lengthMax else { return nil }
        var scanner = ByteScanner(Array(text.utf8))
        scanner.skipSpace()
        scanner.rest = scanner.rest.dropLast(scanner.rest.reversed().prefix(while: ASCII.isSpace).count)
        if reading == .loose {
            _ = scanner.takeWhile { $0 == UInt8(ascii: "v") || $0 == UInt8(ascii: "=") || ASCII.isSpace($0) }
        } else {
            _ = scanner.take("=")
            _ = scanner.take("v")
        }
        guard let major = Self.number(&scanner, reading), scanner.take("."), let minor = Self.number(&scanner, reading),
            scanner.take("."), let patch = Self.number(&scanner, reading)
        else { return nil }
        self.init(major, minor, patch)
        guard let tail = Self.tail(&scanner, reading), scanner.isAtEnd else { return nil }
        prerelease = tail.prerelease
        build = tail.build
    }

    static func number(_ scanner: inout ByteScanner, _ reading: Reading) -> Int? {
        guard let digits = scanner.takeDigits(), digits.count <= 40 else { return nil }
        if reading == .strict, digits.count > 1, digits.first == UInt8(ascii: "0") { return nil }
        let trimmed = digits.drop { $0 == UInt8(ascii: "0") }
        guard trimmed.count <= 16 else { return nil }
        let value = trimmed.reduce(0) { $0 * 10 + Int($1 - 48) }
        return value <= numberMax ? value : nil
    }

    /// What follows the numbers; nil where it is malformed.
    static func tail(_ scanner: inout ByteScanner, _ reading: Reading) -> (prerelease: [String], build: [String])? {
        var prerelease: [String] = [], build: [String] = []
        let hasHyphen = scanner.take("-")
        if hasHyphen || reading == .loose && scanner.peek(at: 0).map({ isIdentifier($0) }) == true {
            guard let words = identifiers(&scanner, isPrerelease: true, reading) else { return nil }
            prerelease = words
        }
        if scanner.take("+") {
            guard let words = identifiers(&scanner, isPrerelease: false, reading) else { return nil }
            build = words
        }
        return (prerelease, build)
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || ASCII.isLetter(byte) || byte == UInt8(ascii: "-")
    }

    private static func identifiers(_ scanner: inout ByteScanner, isPrerelease: Bool, _ reading: Reading) -> [String]? {
        var words: [String] = []
        repeat {
            let word = scanner.takeWhile(isIdentifier)
            guard !word.isEmpty else { return nil }
            let isNumber = word.allSatisfy(ASCII.isDigit)
            if isPrerelease, isNumber, word.count > 1, word.first == UInt8(ascii: "0") {
                guard reading == .loose else { return nil }
                let trimmed = word.drop { $0 == UInt8(ascii: "0") }
                words.append(trimmed.isEmpty ? "0" : String(decoding: trimmed, as: UTF8.self))
            } else {
                words.append(String(decoding: word, as: UTF8.self))
            }
        } while scanner.take(".")
        return words
    }

    /// Order without regard to the build.
    public func compare(_ other: SemanticVersion) -> VersionOrder {
        let order = VersionOrder(major, other.major).then(VersionOrder(minor, other.minor)).then(
            VersionOrder(patch, other.patch))
        let words = (
            Array(prerelease.joined(separator: ".").utf8)[...], Array(other.prerelease.joined(separator: ".").utf8)[...]
        )
        return order.then(SemanticOrder.prerelease(words.0, words.1))
    }

    /// Without build, as npm prints it.
    public var description: String {
        "\(major).\(minor).\(patch)" + (prerelease.isEmpty ? "" : "-" + prerelease.joined(separator: "."))
    }
}
