/// Semantic versioning 2.0.0, read leniently: a leading `v`, any number of components, missing ones count as zero.
enum SemanticOrder {
    enum Build { case ignored, compared }

    static func compare(_ left: [UInt8], _ right: [UInt8], build: Build) -> VersionOrder {
        let one = Parts(left), other = Parts(right)
        let order = components(one.core, other.core).then(prerelease(one.prerelease, other.prerelease))
        if build == .ignored { return order }
        // Dart's pub puts a build after the same version without one.
        return order.then(identifiers(one.build, other.build))
    }

    struct Parts {
        var core: ArraySlice<UInt8>
        var prerelease: ArraySlice<UInt8>
        var build: ArraySlice<UInt8>

        init(_ version: [UInt8]) {
            var rest = version[...]
            while let first = rest.first, ASCII.isSpace(first) || first == UInt8(ascii: "=") { rest.removeFirst() }
            if let first = rest.first, first | 0x20 == UInt8(ascii: "v") { rest.removeFirst() }
            build = []
            prerelease = []
            if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
                build = rest[(plus + 1)...]
                rest = rest[..<plus]
            }
            if let hyphen = rest.firstIndex(of: UInt8(ascii: "-")) {
                prerelease = rest[(hyphen + 1)...]
                rest = rest[..<hyphen]
            }
            core = rest
        }
    }

    static func components(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        let one = split(left), other = split(right)
        for index in 0..<max(one.count, other.count) {
            let order = component(index < one.count ? one[index] : [], index < other.count ? other[index] : [])
            if order != .equal { return order }
        }
        return .equal
    }

    /// Numbers by value; where one is no number, numbers come first.
    private static func component(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        switch (left.allSatisfy(ASCII.isDigit), right.allSatisfy(ASCII.isDigit)) {
        case (true, true): .digits(left, right)
        case (true, false): .less
        case (false, true): .greater
        case (false, false): .bytes(left, right)
        }
    }

    /// A version without a prerelease is greater than one with.
    static func prerelease(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        switch (left.isEmpty, right.isEmpty) {
        case (true, true): .equal
        case (true, false): .greater
        case (false, true): .less
        case (false, false): identifiers(left, right)
        }
    }

    /// Identifiers between dots: numbers by value and before words; more identifiers are greater.
    static func identifiers(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        let one = left.isEmpty ? [] : split(left), other = right.isEmpty ? [] : split(right)
        for (a, b) in zip(one, other) {
            let order = component(a, b)
            if order != .equal { return order }
        }
        return VersionOrder(one.count, other.count)
    }

    static func split(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }
}
