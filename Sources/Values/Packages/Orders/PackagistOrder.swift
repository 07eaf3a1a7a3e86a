/// Composer's order, which is PHP's `version_compare`: numbers, and words that stand before or after them.
enum PackagistOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        let one = parts(left), other = parts(right)
        for (a, b) in zip(one, other) {
            let order = part(a, b)
            if order != .equal { return order }
        }
        if one.count == other.count { return .equal }
        let isLeftLonger = one.count > other.count
        let further = isLeftLonger ? one[other.count...] : other[one.count...]
        // A further number is greater; a further word is what it says about the number before.
        for next in further {
            let order: VersionOrder = ASCII.isDigit(next[next.startIndex]) ? .greater : VersionOrder(rank(next), number)
            if order != .equal { return isLeftLonger ? order : order.reversed }
        }
        return .equal
    }

    private static func part(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> VersionOrder {
        switch (left.first.map(ASCII.isDigit) == true, right.first.map(ASCII.isDigit) == true) {
        case (true, true): .digits(left, right)
        case (false, false): VersionOrder(rank(left), rank(right))
        case (true, false): VersionOrder(number, rank(right))
        case (false, true): VersionOrder(rank(left), number)
        }
    }

    static let number = 4

    static func rank(_ word: ArraySlice<UInt8>) -> Int {
        let text = String(decoding: word, as: UTF8.self)
        if text.hasPrefix("dev") { return 0 }
        if text.hasPrefix("a") { return 1 }
        if text.hasPrefix("b") { return 2 }
        if text.hasPrefix("RC") || text.hasPrefix("rc") { return 3 }
        // Stands for any number.
        if text.hasPrefix("#") { return number }
        if text.hasPrefix("pl") || text == "p" { return 5 }
        return -1
    }

    /// Runs of digits and of other characters; `-`, `_`, `+` and `.` only separate.
    static func parts(_ version: [UInt8]) -> [ArraySlice<UInt8>] {
        var scanner = ByteScanner(version)
        if let first = scanner.peek(at: 0), first | 0x20 == UInt8(ascii: "v"),
            scanner.peek(at: 1).map(ASCII.isDigit) == true
        {
            scanner.skip(1)
        }
        var result: [ArraySlice<UInt8>] = []
        while let first = scanner.peek(at: 0) {
            if scanner.skipOne(of: "-_+.") { continue }
            let isDigit = ASCII.isDigit(first)
            result.append(
                scanner.takeWhile { byte in
                    ASCII.isDigit(byte) == isDigit
                        && !(byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "."))
                })
        }
        return result
    }
}
