/// semver.org 2.0.0 as OPA reads it: a `v` may stand before it, and numbers may begin with zeros.
struct SemanticVersion {
    let core: [Int]
    let prerelease: [String]

    init?(_ text: String) {
        let (version, build) = Self.cut(text.utf8.first == UInt8(ascii: "v") ? String(text.dropFirst()) : text, "+")
        let (numbers, prerelease) = Self.cut(version, "-")
        guard Self.areIdentifiers(build), Self.areIdentifiers(prerelease) else { return nil }
        var core: [Int] = []
        for number in numbers.split(separator: ".", omittingEmptySubsequences: false) {
            guard !number.isEmpty, number.utf8.allSatisfy(Self.isDigit), let value = Int(number) else { return nil }
            core.append(value)
        }
        guard core.count == 3 else { return nil }
        self.core = core
        self.prerelease = prerelease.split(separator: ".").map(String.init)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func cut(_ text: String, _ separator: Character) -> (String, String) {
        let parts = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }

    private static func areIdentifiers(_ text: String) -> Bool {
        text.isEmpty
            || text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy {
                        isDigit($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "-")
                    }
            }
    }

    static func compare(_ left: SemanticVersion, _ right: SemanticVersion) -> Int {
        for (one, other) in zip(left.core, right.core) where one != other { return one < other ? -1 : 1 }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return left.prerelease.isEmpty == right.prerelease.isEmpty ? 0 : left.prerelease.isEmpty ? 1 : -1
        }
        for (one, other) in zip(left.prerelease, right.prerelease) {
            let order: Int
            switch (BigInteger(decimalDigits: one.utf8), BigInteger(decimalDigits: other.utf8)) {
            case (let one?, let other?): order = BigInteger.compare(one, other)
            case (_?, nil): order = -1
            case (nil, _?): order = 1
            case (nil, nil): order = RegoValue.compare(one, other)
            }
            if order != 0 { return order }
        }
        return left.prerelease.count < right.prerelease.count
            ? -1 : left.prerelease.count == right.prerelease.count ? 0 : 1
    }
}
