/// RPM's order of epoch:version-release: runs of letters and digits; `~` before the end, `^` just after it.
enum RpmOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = Parts(left), other = Parts(right)
        return epoch(one.epoch, other.epoch)
            .then(segments(one.version, other.version))
            .then(release(one.release, other.release))
    }

    /// A version without release comes before the same with one, even an empty one.
    private static func release(_ left: ArraySlice<UInt8>?, _ right: ArraySlice<UInt8>?) -> VersionOrder {
        switch (left, right) {
        case (nil, nil): .equal
        case (nil, _?): .less
        case (_?, nil): .greater
        case (let one?, let other?): segments(one, other)
        }
    }

    struct Parts {
        var epoch: ArraySlice<UInt8> = []
        var version: ArraySlice<UInt8>
        var release: ArraySlice<UInt8>?

        init(_ text: [UInt8]) {
            version = text[...]
            if let colon = version.firstIndex(of: UInt8(ascii: ":")) {
                epoch = version[..<colon]
                version = version[(colon + 1)...]
            }
            if let hyphen = version.firstIndex(of: UInt8(ascii: "-")) {
                release = version[(hyphen + 1)...]
                version = version[..<hyphen]
            }
        }
    }

    private static func epoch(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        let zero: ArraySlice<UInt8> = [UInt8(ascii: "0")]
        return segments(left.isEmpty ? zero : left, right.isEmpty ? zero : right)
    }

    static func segments(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        if left.elementsEqual(right) { return .equal }
        var left = left, right = right
        while !left.isEmpty || !right.isEmpty {
            left = left.drop { !isPart($0) }
            right = right.drop { !isPart($0) }
            if let order = mark(UInt8(ascii: "~"), &left, &right, missing: .greater) {
                if order == .equal { continue }
                return order
            }
            if let order = caret(&left, &right) {
                if order == .equal { continue }
                return order
            }
            guard let first = left.first, !right.isEmpty else { break }
            let isNumber = ASCII.isDigit(first)
            let one = left.prefix { isNumber ? ASCII.isDigit($0) : ASCII.isLetter($0) }
            let other = right.prefix { isNumber ? ASCII.isDigit($0) : ASCII.isLetter($0) }
            // Numbers are newer than letters.
            guard !other.isEmpty else { return isNumber ? .greater : .less }
            let order: VersionOrder = isNumber ? .digits(one, other) : .bytes(one, other)
            if order != .equal { return order }
            left = left.dropFirst(one.count)
            right = right.dropFirst(other.count)
        }
        return left.isEmpty ? (right.isEmpty ? .equal : .less) : .greater
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || ASCII.isLetter(byte) || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "^")
    }

    /// Takes the mark from both sides; the side that lacks it is `missing`. Nil where neither has it.
    private static func mark(
        _ mark: UInt8, _ left: inout ArraySlice<UInt8>, _ right: inout ArraySlice<UInt8>, missing: VersionOrder
    ) -> VersionOrder? {
        switch (left.first == mark, right.first == mark) {
        case (false, false): return nil
        case (true, false): return missing.reversed
        case (false, true): return missing
        case (true, true):
            left = left.dropFirst()
            right = right.dropFirst()
            return .equal
        }
    }

    /// A caret is newer than the end and older than any further part.
    private static func caret(_ left: inout ArraySlice<UInt8>, _ right: inout ArraySlice<UInt8>) -> VersionOrder? {
        let sign = UInt8(ascii: "^")
        guard left.first == sign || right.first == sign else { return nil }
        if left.isEmpty { return .less }
        if right.isEmpty { return .greater }
        return mark(sign, &left, &right, missing: .greater)
    }
}

/// Arch Linux: RPM's segments, but a missing release is no difference and rc-like letters come before the end.
enum AlpmOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = Parts(left), other = Parts(right)
        let order = VersionOrder.digits(one.epoch, other.epoch).then(segments(one.version, other.version))
        guard let release = one.release, let otherRelease = other.release else { return order }
        return order.then(segments(release, otherRelease))
    }

    private struct Parts {
        var epoch: ArraySlice<UInt8> = []
        var version: ArraySlice<UInt8>
        var release: ArraySlice<UInt8>?

        init(_ text: [UInt8]) {
            version = text[...]
            if let colon = version.firstIndex(of: UInt8(ascii: ":")), version[..<colon].allSatisfy(ASCII.isDigit) {
                epoch = version[..<colon]
                version = version[(colon + 1)...]
            }
            if let hyphen = version.lastIndex(of: UInt8(ascii: "-")) {
                release = version[(hyphen + 1)...]
                version = version[..<hyphen]
            }
        }
    }

    private static func isPart(_ byte: UInt8) -> Bool { ASCII.isDigit(byte) || ASCII.isLetter(byte) }

    private static func segments(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        var left = left, right = right
        while true {
            let one = left.drop { !isPart($0) }, other = right.drop { !isPart($0) }
            let gaps = (left.count - one.count, right.count - other.count)
            (left, right) = (one, other)
            if left.isEmpty || right.isEmpty {
                if left.isEmpty, right.isEmpty { return .equal }
                // Letters that follow directly are a prerelease, after a separator they are a further part.
                if left.isEmpty { return gaps.1 == 0 && right.first.map(ASCII.isLetter) == true ? .greater : .less }
                return gaps.0 == 0 && left.first.map(ASCII.isLetter) == true ? .less : .greater
            }
            if gaps.0 != gaps.1 { return VersionOrder(gaps.0, gaps.1) }
            let isNumber = left.first.map(ASCII.isDigit) == true
            let a = left.prefix { isNumber ? ASCII.isDigit($0) : ASCII.isLetter($0) }
            let b = right.prefix { isNumber ? ASCII.isDigit($0) : ASCII.isLetter($0) }
            if b.isEmpty { return isNumber ? .greater : .less }
            let order: VersionOrder = isNumber ? .digits(a, b) : .bytes(a, b)
            if order != .equal { return order }
            left = left.dropFirst(a.count)
            right = right.dropFirst(b.count)
        }
    }
}
