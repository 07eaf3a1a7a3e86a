/// NuGet's order: up to four numbers, then a semantic prerelease without regard to case; builds do not count.
enum NuGetOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        SemanticOrder.compare(left.map(ASCII.lower), right.map(ASCII.lower), build: .ignored)
    }
}

/// Numbers between separators; the shorter list comes first. Hackage, CRAN.
enum NumericListOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8], separators: StaticString) -> VersionOrder {
        let one = parts(left, separators), other = parts(right, separators)
        for (a, b) in zip(one, other) {
            let areNumbers = a.allSatisfy(ASCII.isDigit) && b.allSatisfy(ASCII.isDigit)
            let order: VersionOrder = areNumbers ? .digits(a, b) : .bytes(a, b)
            if order != .equal { return order }
        }
        return VersionOrder(one.count, other.count)
    }

    private static func parts(_ version: [UInt8], _ separators: StaticString) -> [ArraySlice<UInt8>] {
        version.split(omittingEmptySubsequences: false) { byte in separators.withUTF8Buffer { $0.contains(byte) } }
    }
}
