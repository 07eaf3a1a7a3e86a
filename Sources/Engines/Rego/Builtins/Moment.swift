/// An instant taken apart in the Gregorian calendar.
struct Moment {
    let nanoseconds: Int
    /// Seconds east of Greenwich.
    let offset: Int
    let zone: String
    let year: Int
    let month: Int
    let day: Int
    let secondOfDay: Int
    let nanosecond: Int
    private let dayNumber: Int

    init(nanoseconds: Int, offset: Int, zone: String) {
        self.nanoseconds = nanoseconds
        self.offset = offset
        self.zone = zone
        let second = Self.floorDivide(nanoseconds, 1_000_000_000) + offset
        let remainder = nanoseconds % 1_000_000_000
        nanosecond = remainder < 0 ? remainder + 1_000_000_000 : remainder
        dayNumber = Self.floorDivide(second, 86_400)
        secondOfDay = second - dayNumber * 86_400
        (year, month, day) = Self.date(dayNumber)
    }

    var hour: Int { secondOfDay / 3600 }
    var minute: Int { secondOfDay / 60 % 60 }
    var second: Int { secondOfDay % 60 }
    /// Sunday is 0; day 0 was a Thursday.
    var weekday: Int { ((dayNumber + 4) % 7 + 7) % 7 }
    var dayOfYear: Int { dayNumber - Self.days(year: year, month: 1, day: 1) + 1 }

    static let weekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    var weekdayName: String { Self.weekdayNames[weekday] }

    static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value / divisor - (value % divisor < 0 ? 1 : 0)
    }

    /// Days since 1970-01-01, for any year; days beyond the month's end run on into the next.
    static func days(year: Int, month: Int, day: Int) -> Int {
        // Years begin in March, so that the leap day is the last one.
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ dayNumber: Int) -> (Int, Int, Int) {
        let shifted = dayNumber + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// Nil when it does not fit.
    static func nanoseconds(second: Int, fraction: Int) -> Int? {
        // The earliest instants fit only together with their fraction.
        let (carried, rest) = second < 0 ? (second + 1, fraction - 1_000_000_000) : (second, fraction)
        let (product, overflow) = carried.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowed) = product.addingReportingOverflow(rest)
        return overflow || overflowed ? nil : sum
    }
}

/// Zones whose rules are short enough to write down: fixed offsets, and summer time as it is now in the United States
/// and Europe. Earlier rules are not known; an unknown name is an error, never taken for UTC.
enum TimeZones {
    private enum Summer { case none, america, europe }

    private static let zones: [String: (hours: Double, name: String, summerName: String, summer: Summer)] = [
        "UTC": (0, "UTC", "", .none), "GMT": (0, "GMT", "", .none), "Etc/UTC": (0, "UTC", "", .none),
        "America/New_York": (-5, "EST", "EDT", .america), "America/Chicago": (-6, "CST", "CDT", .america),
        "America/Denver": (-7, "MST", "MDT", .america), "America/Los_Angeles": (-8, "PST", "PDT", .america),
        "America/Toronto": (-5, "EST", "EDT", .america), "America/Phoenix": (-7, "MST", "", .none),
        "America/Sao_Paulo": (-3, "-03", "", .none), "Europe/London": (0, "GMT", "BST", .europe),
        "Europe/Dublin": (0, "GMT", "IST", .europe), "Europe/Lisbon": (0, "WET", "WEST", .europe),
        "Europe/Paris": (1, "CET", "CEST", .europe), "Europe/Berlin": (1, "CET", "CEST", .europe),
        "Europe/Madrid": (1, "CET", "CEST", .europe), "Europe/Rome": (1, "CET", "CEST", .europe),
        "Europe/Amsterdam": (1, "CET", "CEST", .europe), "Europe/Stockholm": (1, "CET", "CEST", .europe),
        "Europe/Oslo": (1, "CET", "CEST", .europe), "Europe/Copenhagen": (1, "CET", "CEST", .europe),
        "Europe/Zurich": (1, "CET", "CEST", .europe), "Europe/Vienna": (1, "CET", "CEST", .europe),
        "Europe/Prague": (1, "CET", "CEST", .europe), "Europe/Warsaw": (1, "CET", "CEST", .europe),
        "Europe/Helsinki": (2, "EET", "EEST", .europe), "Europe/Athens": (2, "EET", "EEST", .europe),
        "Europe/Kyiv": (2, "EET", "EEST", .europe), "Europe/Moscow": (3, "MSK", "", .none),
        "Europe/Istanbul": (3, "+03", "", .none), "Asia/Dubai": (4, "+04", "", .none),
        "Asia/Kolkata": (5.5, "IST", "", .none), "Asia/Calcutta": (5.5, "IST", "", .none),
        "Asia/Shanghai": (8, "CST", "", .none), "Asia/Hong_Kong": (8, "HKT", "", .none),
        "Asia/Singapore": (8, "+08", "", .none), "Asia/Tokyo": (9, "JST", "", .none),
        "Asia/Seoul": (9, "KST", "", .none),
        "Australia/Brisbane": (10, "AEST", "", .none),
    ]

    static func offset(_ name: String, atSecond second: Int) throws(BuiltinFailure) -> (Int, String) {
        guard !name.isEmpty else { return (0, "UTC") }
        guard let zone = zones[name] else { throw BuiltinFailure("unknown time zone \(name)") }
        let standard = Int(zone.hours * 3600)
        let year = Moment(nanoseconds: 0, offset: second, zone: "").year
        let range: Range<Int>
        switch zone.summer {
        case .none: return (standard, zone.name)
        case .america:
            range = (sunday(year, 3, 2) + 7200 - standard)..<(sunday(year, 11, 1) + 3600 - standard)
        case .europe: range = (lastSunday(year, 3) + 3600)..<(lastSunday(year, 10) + 3600)
        }
        return range.contains(second) ? (standard + 3600, zone.summerName) : (standard, zone.name)
    }

    /// Midnight, in seconds, of the month's first, second… Sunday.
    private static func sunday(_ year: Int, _ month: Int, _ number: Int) -> Int {
        let first = Moment.days(year: year, month: month, day: 1)
        let weekday = ((first + 4) % 7 + 7) % 7
        return (first + (7 - weekday) % 7 + (number - 1) * 7) * 86_400
    }

    /// Of a month of 31 days.
    private static func lastSunday(_ year: Int, _ month: Int) -> Int {
        let last = Moment.days(year: year, month: month, day: 31)
        return (last - ((last + 4) % 7 + 7) % 7) * 86_400
    }
}
