/// Moments of RFC 3339, compared as instants; other texts by their bytes, before all moments.
enum DateTimeOrder {
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> VersionOrder {
        switch (Moment(left), Moment(right)) {
        case (let one?, let other?): VersionOrder(one.seconds, other.seconds).then(.bytes(one.fraction, other.fraction))
        case (nil, _?): .less
        case (_?, nil): .greater
        case (nil, nil): .bytes(left, right)
        }
    }

    struct Moment {
        /// Since 1970-01-01T00:00:00Z.
        var seconds: Int
        /// Digits after the point, without zeros at the end.
        var fraction: ArraySlice<UInt8>

        init?(_ text: [UInt8]) {
            var scanner = ByteScanner(text)
            func number(_ digits: Int, _ limit: ClosedRange<Int>) -> Int? {
                let run = scanner.rest.prefix(digits)
                guard run.count == digits, run.allSatisfy(ASCII.isDigit) else { return nil }
                scanner.skip(digits)
                let value = run.reduce(0) { $0 * 10 + Int($1 - 48) }
                return limit.contains(value) ? value : nil
            }
            guard let year = number(4, 0...9999), scanner.take("-"), let month = number(2, 1...12), scanner.take("-"),
                let day = number(2, 1...31), scanner.skipOne(of: "Tt "), let hour = number(2, 0...23),
                scanner.take(":"),
                let minute = number(2, 0...59), scanner.take(":"), let second = number(2, 0...60)
            else { return nil }
            fraction = []
            if scanner.take(".") {
                guard let digits = scanner.takeDigits() else { return nil }
                fraction = digits.dropLast(digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count)
            }
            var offset = 0
            if !scanner.skipOne(of: "Zz") {
                let isWest = scanner.peek(at: 0) == UInt8(ascii: "-")
                guard scanner.skipOne(of: "+-"), let hours = number(2, 0...23), scanner.take(":"),
                    let minutes = number(2, 0...59)
                else { return nil }
                offset = (hours * 60 + minutes) * (isWest ? -60 : 60)
            }
            guard scanner.isAtEnd else { return nil }
            seconds = Self.days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        }

        /// Days since 1970-01-01 in the Gregorian calendar.
        private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
            let year = month <= 2 ? year - 1 : year
            let era = (year >= 0 ? year : year - 399) / 400
            let yearOfEra = year - era * 400
            let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
            return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        }
    }
}
