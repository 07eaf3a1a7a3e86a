/// Times as YAML 1.1 readers find them in plain text: `2026-1-2`, `2026-11-21 12:00:00`, `2026-11-21T12:00:00.5Z`.
enum PlainTimestamp {
    static func matches(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        guard let year = digits(&rest, 4...4), take(&rest, "-"), let month = digits(&rest, 1...2), take(&rest, "-"),
            let day = digits(&rest, 1...2), (1...12).contains(month), day >= 1, day <= days(month, of: year)
        else { return false }
        guard let separator = rest.popFirst() else { return true }
        guard "Tt ".utf8.contains(separator), let hour = digits(&rest, 1...2), hour < 24, take(&rest, ":"),
            let minute = digits(&rest, 1...2), minute < 60, take(&rest, ":"), let second = digits(&rest, 1...2),
            second < 60
        else { return false }
        if take(&rest, ".") {
            guard digits(&rest, 1...18) != nil else { return false }
        }
        // With a space there is no zone.
        guard separator != 0x20 else { return rest.isEmpty }
        return isZone(rest)
    }

    private static func isZone(_ zone: Substring.UTF8View) -> Bool {
        var rest = zone
        guard let sign = rest.popFirst() else { return false }
        if sign == UInt8(ascii: "Z") { return rest.isEmpty }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = digits(&rest, 2...2), hours <= 24,
            take(&rest, ":"), let minutes = digits(&rest, 2...2), minutes < 60
        else { return false }
        return rest.isEmpty
    }

    private static func days(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func take(_ rest: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// As many digits as there are, if the range allows their number.
    private static func digits(_ rest: inout Substring.UTF8View, _ count: ClosedRange<Int>) -> Int? {
        let found = rest.prefix { (48...57).contains($0) }.prefix(count.upperBound)
        guard count.contains(found.count) else { return nil }
        rest = rest.dropFirst(found.count)
        return found.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}

/// Numbers to the base of sixty, `190:20:30`, which YAML 1.1 knew.
enum SexagesimalNumber {
    static func matches(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard let first = rest.first, (48...57).contains(first) else { return false }
        let parts = rest.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0].allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "_") }) else {
            return false
        }
        for (index, part) in parts.enumerated().dropFirst() {
            var digits = part
            if index == parts.count - 1, let dot = part.firstIndex(of: UInt8(ascii: ".")) {
                guard part[part.index(after: dot)...].allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "_") })
                else { return false }
                digits = part[..<dot]
            }
            guard (1...2).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
                digits.count == 1 || (digits.first ?? 0) <= UInt8(ascii: "5")
            else { return false }
        }
        return true
    }
}
