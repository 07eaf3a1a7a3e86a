/// Instants as nanoseconds since 1970, and the calendar.
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

    /// An instant with the zone that it is looked at in.
    private struct Instant {
        var nanoseconds: Int
        var zone = ZoneInfo.utc
        var layout = ""
        var moment: Moment { Moment(nanoseconds: nanoseconds, in: zone) }
    }

    /// `ns`, `[ns, zone]` or `[ns, zone, layout]`
    private static func instant(_ a: Arguments, _ index: Int = 0) throws(BuiltinFailure) -> Instant {
        func nanoseconds(_ value: RegoValue) throws(BuiltinFailure) -> Int {
            guard let number = value.number else {
                throw BuiltinFailure(type: "operand 1 must be number but got \(value.typeName)")
            }
            guard let int = number.int else { throw BuiltinFailure("timestamp too big") }
            return int
        }
        func text(_ value: RegoValue) throws(BuiltinFailure) -> String {
            guard let text = value.string else {
                throw BuiltinFailure(type: "operand 1 must be string but got \(value.typeName)")
            }
            return text
        }
        switch a[index] {
        case .number: return Instant(nanoseconds: try nanoseconds(a[index]))
        case .array(let parts) where !parts.isEmpty:
            var instant = Instant(nanoseconds: try nanoseconds(parts[0]))
            if parts.count > 1 { instant.zone = try TimeZones.zone(try text(parts[1]), a.host) }
            if parts.count > 2 { instant.layout = try text(parts[2]) }
            return instant
        default: throw a.wrong(0, "either number (ns) or [number (ns), string (tz)]", a[index])
        }
    }

    private static func moment(_ a: Arguments) throws(BuiltinFailure) -> Moment { try instant(a).moment }

    @Sendable static func format(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let instant = try instant(a)
        let layout = instant.layout.isEmpty ? "RFC3339Nano" : instant.layout
        return .string(TimeLayout.format(instant.moment, layout: TimeLayout.named(layout)))
    }

    @Sendable static func addDate(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let instant = try instant(a)
        let start = instant.moment
        let (years, months, days) = (try a.int(1), try a.int(2), try a.int(3))
        let invalid = BuiltinFailure("time outside of valid range")
        guard [years, months, days].allSatisfy({ (-1_000_000...1_000_000).contains($0) }) else { throw invalid }
        let month = start.year * 12 + start.month - 1 + years * 12 + months
        let day =
            Moment.days(
                year: Moment.floorDivide(month, 12), month: month - Moment.floorDivide(month, 12) * 12 + 1,
                day: start.day) + days
        let second = instant.zone.second(showing: day * 86_400 + start.secondOfDay)
        guard let result = Moment.nanoseconds(second: second, fraction: start.nanosecond) else { throw invalid }
        return .int(result)
    }

    /// Years, months, days, hours, minutes and seconds between two instants.
    @Sendable static func difference(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let zone = try instant(a, 0).zone
        var (one, other) = (
            Moment(nanoseconds: try instant(a, 0).nanoseconds, in: zone),
            Moment(nanoseconds: try instant(a, 1).nanoseconds, in: zone)
        )
        if one.nanoseconds > other.nanoseconds { swap(&one, &other) }
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
        let invalid = BuiltinFailure("time: invalid duration \(GoText.quoted(text))")
        var rest = Substring(text)
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { throw invalid }
        var total = RegoNumber(0)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let written = digits.hasPrefix(".") ? "0" + digits : digits.hasSuffix(".") ? digits + "0" : String(digits)
            guard let number = RegoNumber(written) else { throw invalid }
            let unit = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard !unit.isEmpty else { throw BuiltinFailure("time: missing unit in duration \(GoText.quoted(text))") }
            guard let scale = units[String(unit)] else {
                throw BuiltinFailure(
                    "time: unknown unit \(GoText.quoted(String(unit))) in duration \(GoText.quoted(text))")
            }
            total = total + number * RegoNumber(scale)
        }
        guard let result = total.rounded(.down).int else { throw invalid }
        return isNegative ? -result : result
    }
}
