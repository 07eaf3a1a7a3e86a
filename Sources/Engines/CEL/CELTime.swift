/// Durations and times, as text and as numbers.
enum CELTime {
    private static let units: [(name: String, nanos: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// `1h30m`, `-2.5s`.
    static func duration(_ text: String) throws(CELError) -> Int64 {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        var total = 0.0
        guard !rest.isEmpty else { throw invalid("duration", text) }
        if rest == "0" { return 0 }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber || $0 == ".") }
            rest = rest.dropFirst(name.count)
            guard let value = Double(number), let unit = units.first(where: { $0.name == name }) else {
                throw invalid("duration", text)
            }
            total += value * unit.nanos
        }
        guard total < 9.2e18 else { throw invalid("duration", text) }
        return isNegative ? -Int64(total.rounded()) : Int64(total.rounded())
    }

    /// RFC 3339.
    static func timestamp(_ text: String) throws(CELError) -> Int64 {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second < 60, bytes[4] == 45, bytes[7] == 45,
            bytes[10] == 84 || bytes[10] == 116, bytes[13] == 58, bytes[16] == 58
        else { throw invalid("timestamp", text) }
        var index = 19
        var nanos: Int64 = 0
        if index < bytes.count, bytes[index] == 46 {
            var scale: Int64 = 100_000_000
            index += 1
            while index < bytes.count, (48...57).contains(bytes[index]) {
                nanos += Int64(bytes[index] - 48) * scale
                scale /= 10
                index += 1
            }
        }
        var offset: Int64 = 0
        guard index < bytes.count else { throw invalid("timestamp", text) }
        if bytes[index] == 90 || bytes[index] == 122 {
            guard index + 1 == bytes.count else { throw invalid("timestamp", text) }
        } else {
            guard bytes[index] == 43 || bytes[index] == 45, index + 6 == bytes.count,
                let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6)
            else { throw invalid("timestamp", text) }
            offset = (hours * 60 + minutes) * 60 * (bytes[index] == 43 ? 1 : -1)
        }
        let seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { throw invalid("timestamp", text) }
        return product + nanos
    }

    /// Days since 1970 of a date of the Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted >= 0 ? shifted / 400 : (shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Year, month, day, hour, minute, second, milliseconds, day of week and day of year, in UTC.
    static func parts(_ nanos: Int64) -> [String: Int64] {
        let seconds = nanos >= 0 ? nanos / 1_000_000_000 : (nanos - 999_999_999) / 1_000_000_000
        let day = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let rest = seconds - day * 86400
        let shifted = day + 719_468
        let era = shifted >= 0 ? shifted / 146_097 : (shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let realMonth = month + (month < 10 ? 3 : -9)
        let year = yearOfEra + era * 400 + (realMonth <= 2 ? 1 : 0)
        return [
            "year": year, "month": realMonth, "day": dayOfYear - (153 * month + 2) / 5 + 1, "hour": rest / 3600,
            "minute": rest / 60 % 60, "second": rest % 60, "nanos": nanos - seconds * 1_000_000_000,
            "weekday": ((day + 4) % 7 + 7) % 7, "yearday": day - days(year, 1, 1),
        ]
    }

    static func text(of value: CELValue) throws(CELError) -> String {
        switch value {
        case .timestamp(let nanos):
            let parts = parts(nanos)
            func two(_ key: String) -> String { String(String(100 + (parts[key] ?? 0)).suffix(2)) }
            let year = String(String(10000 + (parts["year"] ?? 0)).suffix(4))
            let fraction = fractionText(parts["nanos"] ?? 0)
            return
                "\(year)-\(two("month"))-\(two("day"))T\(two("hour")):\(two("minute")):\(two("second"))\(fraction)Z"
        case .duration(let nanos):
            let (seconds, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000)
            return "\(nanos < 0 && seconds == 0 ? "-" : "")\(seconds)\(fractionText(abs(rest)))s"
        default: throw CELError("no such overload")
        }
    }

    private static func fractionText(_ nanos: Int64) -> String {
        guard nanos != 0 else { return "" }
        var digits = String(String(1_000_000_000 + nanos).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }

    private static func invalid(_ what: String, _ text: String) -> CELError {
        CELError("invalid \(what) string \"\(text.prefix(100))\"")
    }
}
