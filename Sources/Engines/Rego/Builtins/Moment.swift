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

    init(nanoseconds: Int, in zone: ZoneInfo) {
        let period = zone.period(at: Self.floorDivide(nanoseconds, 1_000_000_000))
        self.init(nanoseconds: nanoseconds, offset: period.offset, zone: period.name)
    }

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
