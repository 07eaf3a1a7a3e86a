/// Conan's order: parts between dots, zeros at the end without meaning, then prerelease, then build.
enum ConanOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = Parts(left), other = Parts(right)
        return items(one.main, other.main)
            .then(optional(one.prerelease, other.prerelease, missing: .greater))
            .then(optional(one.build, other.build, missing: .less))
    }

    private struct Parts {
        var main: [ArraySlice<UInt8>]
        var prerelease: [ArraySlice<UInt8>]?
        var build: [ArraySlice<UInt8>]?

        init(_ version: [UInt8]) {
            var rest = version.map(ASCII.lower)[...]
            if let plus = rest.lastIndex(of: UInt8(ascii: "+")) {
                build = Self.items(rest[(plus + 1)...])
                rest = rest[..<plus]
            }
            if let hyphen = rest.lastIndex(of: UInt8(ascii: "-")) {
                prerelease = Self.items(rest[(hyphen + 1)...])
                rest = rest[..<hyphen]
            }
            main = Self.items(rest)
        }

        private static func items(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
            var items = text.isEmpty ? [] : SemanticOrder.split(text)
            while let last = items.last, last.allSatisfy({ $0 == UInt8(ascii: "0") }) { items.removeLast() }
            return items
        }
    }

    private static func optional(
        _ left: [ArraySlice<UInt8>]?, _ right: [ArraySlice<UInt8>]?, missing: VersionOrder
    ) -> VersionOrder {
        switch (left, right) {
        case (nil, nil): .equal
        case (nil, _?): missing
        case (_?, nil): missing.reversed
        case (let one?, let other?): items(one, other)
        }
    }

    private static func items(_ left: [ArraySlice<UInt8>], _ right: [ArraySlice<UInt8>]) -> VersionOrder {
        for (a, b) in zip(left, right) {
            let areNumbers = a.allSatisfy(ASCII.isDigit) && b.allSatisfy(ASCII.isDigit)
            let order: VersionOrder = areNumbers ? .digits(a, b) : .bytes(a, b)
            if order != .equal { return order }
        }
        return VersionOrder(left.count, right.count)
    }
}
