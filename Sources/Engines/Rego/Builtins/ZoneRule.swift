/// The rule of a zone for all years, as POSIX writes it: `EST5EDT,M3.2.0,M11.1.0`.
struct ZoneRule: Sendable {
    /// A day of each year, with the second of the day at which clocks change.
    struct Change: Sendable {
        enum Day: Sendable {
            /// Counted from 1 without leap days.
            case julian(Int)
            /// Counted from 0 with leap days.
            case ordinal(Int)
            /// Weekday 0 is Sunday; week 5 is the month's last.
            case weekday(month: Int, week: Int, weekday: Int)
        }

        var day: Day
        var second = 7200

        /// As shown by a clock, in seconds since 1970.
        func local(in year: Int) -> Int {
            let start = Moment.days(year: year, month: 1, day: 1)
            switch day {
            case .julian(let number):
                let isLeap = Moment.days(year: year, month: 3, day: 1) - start == 60
                return (start + number - 1 + (isLeap && number > 59 ? 1 : 0)) * 86_400 + second
            case .ordinal(let number): return (start + number) * 86_400 + second
            case .weekday(let month, let week, let weekday):
                let first = Moment.days(year: year, month: month, day: 1)
                let next = Moment.days(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
                let missing = (weekday - ((first + 4) % 7 + 7) % 7 + 7) % 7
                var day = first + missing + (week - 1) * 7
                while day >= next { day -= 7 }
                return day * 86_400 + second
            }
        }
    }

    let standard: ZoneInfo.Period
    private var summer: ZoneInfo.Period?
    private var begin = Change(day: .ordinal(0))
    private var end = Change(day: .ordinal(0))

    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard let name = Self.name(&rest), let west = Self.time(&rest) else { return nil }
        standard = ZoneInfo.Period(offset: -west, name: name)
        guard !rest.isEmpty else { return }
        guard let summerName = Self.name(&rest) else { return nil }
        var offset = standard.offset + 3600
        if let next = rest.first, next != UInt8(ascii: ",") {
            guard let west = Self.time(&rest) else { return nil }
            offset = -west
        }
        summer = ZoneInfo.Period(offset: offset, isSummer: true, name: summerName)
        guard rest.popFirst() == UInt8(ascii: ","), let begin = Self.change(&rest),
            rest.popFirst() == UInt8(ascii: ","), let end = Self.change(&rest), rest.isEmpty
        else { return nil }
        self.begin = begin
        self.end = end
    }

    init(standard: ZoneInfo.Period) { self.standard = standard }

    func period(at second: Int) -> ZoneInfo.Period {
        guard let summer else { return standard }
        let year = Moment(nanoseconds: 0, offset: second + standard.offset, zone: "").year
        let first = begin.local(in: year) - standard.offset
        let last = end.local(in: year) - summer.offset
        let isSummer = first < last ? (first..<last).contains(second) : !(last..<first).contains(second)
        return isSummer ? summer : standard
    }

    // MARK: Reading

    private static func name(_ rest: inout ArraySlice<UInt8>) -> String? {
        let name: ArraySlice<UInt8>
        if rest.first == UInt8(ascii: "<") {
            rest.removeFirst()
            name = rest.prefix { $0 != UInt8(ascii: ">") }
            rest = rest.dropFirst(name.count)
            guard rest.popFirst() != nil else { return nil }
        } else {
            name = rest.prefix { (65...90).contains($0 & 0xDF) }
            rest = rest.dropFirst(name.count)
        }
        return name.count >= 3 ? String(decoding: name, as: UTF8.self) : nil
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, _ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard (1...3).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        return range.contains(value) ? value : nil
    }

    /// `-3:30`, in seconds.
    private static func time(_ rest: inout ArraySlice<UInt8>) -> Int? {
        var sign = 1
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? -1 : 1
            rest.removeFirst()
        }
        guard let hours = number(&rest, 0...167) else { return nil }
        var seconds = hours * 3600
        for scale in [60, 1] {
            guard rest.first == UInt8(ascii: ":") else { break }
            rest.removeFirst()
            guard let part = number(&rest, 0...59) else { return nil }
            seconds += part * scale
        }
        return sign * seconds
    }

    private static func change(_ rest: inout ArraySlice<UInt8>) -> Change? {
        var change: Change
        switch rest.first {
        case UInt8(ascii: "J"):
            rest.removeFirst()
            guard let day = number(&rest, 1...365) else { return nil }
            change = Change(day: .julian(day))
        case UInt8(ascii: "M"):
            rest.removeFirst()
            guard let month = number(&rest, 1...12), rest.popFirst() == UInt8(ascii: "."),
                let week = number(&rest, 1...5), rest.popFirst() == UInt8(ascii: "."),
                let weekday = number(&rest, 0...6)
            else { return nil }
            change = Change(day: .weekday(month: month, week: week, weekday: weekday))
        default:
            guard let day = number(&rest, 0...365) else { return nil }
            change = Change(day: .ordinal(day))
        }
        if rest.first == UInt8(ascii: "/") {
            rest.removeFirst()
            guard let second = time(&rest) else { return nil }
            change.second = second
        }
        return change
    }
}
