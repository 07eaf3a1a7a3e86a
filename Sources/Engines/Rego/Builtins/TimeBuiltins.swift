/// Instants as nanoseconds since 1970, calendar arithmetic without a time zone database: only UTC and the zones whose
/// rules are known here; any other zone's name is an error.
enum TimeBuiltins {
    static let all = [
        Builtin("time.now_ns", 0) { .int($0.host.surroundings.nowNanoseconds) },
        Builtin("time.parse_ns", 2) { (a) throws(BuiltinFailure) in
            .int(try TimeLayout.parse(try a.string(1), layout: TimeLayout.named(try a.string(0))))
        },
        Builtin("time.parse_rfc3339_ns", 1) { (a) throws(BuiltinFailure) in
            .int(try TimeLayout.parse(try a.string(0), layout: TimeLayout.rfc3339))
        },
        Builtin("time.parse_duration_ns", 1) { (a) throws(BuiltinFailure) in .int(try duration(try a.string(0))) },
        Builtin("time.date", 1) { (a) throws(BuiltinFailure) in
            let moment = try moment(a)
            return [.int(moment.year), .int(moment.month), .int(moment.day)]
        },
        Builtin("time.clock", 1) { (a) throws(BuiltinFailure) in
            let moment = try moment(a)
            return [.int(moment.hour), .int(moment.minute), .int(moment.second)]
        },
        Builtin("time.weekday", 1) { (a) throws(BuiltinFailure) in .string(try moment(a).weekdayName) },
        Builtin("time.add_date", 4, addDate), Builtin("time.diff", 2, difference), Builtin("time.format", 1, format),
    ]

    private static func nanoseconds(_ value: RegoValue) throws(BuiltinFailure) -> Int {
        guard let number = value.number else {
            throw BuiltinFailure(type: "operand 1 must be one of {number, array} but got \(value.typeName)")
        }
        guard number.isInteger else {
            throw BuiltinFailure(type: "operand 1 must be integer number but got floating-point number")
        }
        guard let int = number.int else { throw BuiltinFailure("timestamp too big") }
        return int
    }

    /// `ns` or `[ns, zone, …]`
    private static func moment(_ a: Arguments, _ index: Int = 0) throws(BuiltinFailure) -> Moment {
        guard case .array(let parts) = a[index] else {
            return Moment(nanoseconds: try nanoseconds(a[index]), offset: 0, zone: "UTC")
        }
        guard let first = parts.first else { throw a.wrong(index, "one of {number, array}") }
        let nanoseconds = try nanoseconds(first)
        guard parts.count > 1 else { return Moment(nanoseconds: nanoseconds, offset: 0, zone: "UTC") }
        guard let name = parts[1].string else {
            throw BuiltinFailure(type: "operand \(index + 1) must be string but got \(parts[1].typeName)")
        }
        let (offset, zone) = try TimeZones.offset(name, atSecond: Moment.floorDivide(nanoseconds, 1_000_000_000))
        return Moment(nanoseconds: nanoseconds, offset: offset, zone: zone)
    }

    @Sendable static func format(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let moment = try moment(a)
        let layout = a[0].array.flatMap { $0.count > 2 ? $0[2].string : nil }
        return .string(TimeLayout.format(moment, layout: TimeLayout.named(layout ?? "RFC3339Nano")))
    }

    @Sendable static func addDate(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let start = Moment(nanoseconds: try nanoseconds(a[0]), offset: 0, zone: "UTC")
        let (years, months, days) = (try a.int(1), try a.int(2), try a.int(3))
        let invalid = BuiltinFailure("time outside of valid range")
        guard [years, months, days].allSatisfy({ (-1_000_000...1_000_000).contains($0) }) else { throw invalid }
        let month = start.year * 12 + start.month - 1 + years * 12 + months
        let day =
            Moment.days(
                year: Moment.floorDivide(month, 12), month: month - Moment.floorDivide(month, 12) * 12 + 1,
                day: start.day) + days
        let (seconds, overflow) = day.multipliedReportingOverflow(by: 86_400)
        guard !overflow,
            let result = Moment.nanoseconds(second: seconds + start.secondOfDay, fraction: start.nanosecond)
        else { throw invalid }
        return .int(result)
    }

    /// Years, months, days, hours, minutes and seconds between two instants.
    @Sendable static func difference(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        var (one, other) = (try moment(a, 0), try moment(a, 1))
        if one.nanoseconds > other.nanoseconds { swap(&one, &other) }
        other = Moment(nanoseconds: other.nanoseconds, offset: one.offset, zone: one.zone)
        var parts = [
            other.year - one.year, other.month - one.month, other.day - one.day, other.hour - one.hour,
            other.minute - one.minute, other.second - one.second,
        ]
        if parts[5] < 0 { parts[5] += 60; parts[4] -= 1 }
        if parts[4] < 0 { parts[4] += 60; parts[3] -= 1 }
        if parts[3] < 0 { parts[3] += 24; parts[2] -= 1 }
        if parts[2] < 0 {
            let month = one.month == 12 ? 1 : one.month + 1
            let year = one.month == 12 ? one.year + 1 : one.year
            parts[2] +=
                Moment.days(year: year, month: month, day: 1) - Moment.days(year: one.year, month: one.month, day: 1)
            parts[1] -= 1
        }
        if parts[1] < 0 { parts[1] += 12; parts[0] -= 1 }
        return .array(parts.map { .int($0) })
    }

    private static let units: [String: Int] = [
        "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    /// `-1h30m2.5s`
    static func duration(_ text: String) throws(BuiltinFailure) -> Int {
        let invalid = BuiltinFailure("time: invalid duration \(RegoValue.string(text))")
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { throw invalid }
        var total = RegoNumber(0)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            let written = digits.hasPrefix(".") ? "0" + digits : digits.hasSuffix(".") ? digits + "0" : String(digits)
            guard let number = RegoNumber(written), let scale = units[String(unit)] else { throw invalid }
            total = total + number * RegoNumber(scale)
        }
        guard let result = total.rounded(.down).int else { throw invalid }
        return isNegative ? -result : result
    }
}
