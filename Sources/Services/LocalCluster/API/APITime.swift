import Foundation

/// Times as the API writes them, RFC 3339 in UTC.
enum APITime {
    static var now: String { text(Int(Date().timeIntervalSince1970)) }

    /// With microseconds, for leases and events.
    static var nowMicro: String {
        let time = Date().timeIntervalSince1970
        let micros = String(Int((time - time.rounded(.down)) * 1_000_000))
        return text(Int(time)).dropLast() + "." + String(repeating: "0", count: max(0, 6 - micros.count)) + micros + "Z"
    }

    /// With nanoseconds, all nine digits: such texts compare as their times do.
    static func text(_ seconds: Int, nanoseconds: Int) -> String {
        let digits = String(nanoseconds)
        return text(seconds).dropLast() + "." + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + "Z"
    }

    /// The calendar's parts of a moment in UTC, and the day of the week from Sunday on.
    static func parts(_ seconds: Int) -> ((month: Int, day: Int, hour: Int, minute: Int), weekday: Int) {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        return (
            (Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min)), Int(parts.tm_wday)
        )
    }

    static func text(_ seconds: Int) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return
            "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }

    /// Seconds since 1970; nil when the text is not such a time. Fractions are dropped.
    static func seconds(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") else { return nil }
        func number(_ range: Range<Int>) -> Int32? { Int32(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var parts = tm()
        parts.tm_year = year - 1900
        parts.tm_mon = month - 1
        parts.tm_mday = day
        parts.tm_hour = hour
        parts.tm_min = minute
        parts.tm_sec = second
        return Int(timegm(&parts))
    }

    /// How long ago, as kubectl prints ages: `5s`, `3m12s`, `4h`, `2d`.
    static func age(since text: String?) -> String {
        guard let text, let start = seconds(text) else { return "<unknown>" }
        return duration(max(0, Int(Date().timeIntervalSince1970) - start))
    }

    /// As kubectl prints spans of time.
    static func duration(_ seconds: Int) -> String {
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400)
        if seconds < 120 { return "\(seconds)s" }
        if minutes < 10 { return seconds % 60 == 0 ? "\(minutes)m" : "\(minutes)m\(seconds % 60)s" }
        if minutes < 180 { return "\(minutes)m" }
        if hours < 8 { return minutes % 60 == 0 ? "\(hours)h" : "\(hours)h\(minutes % 60)m" }
        if hours < 48 { return "\(hours)h" }
        if days < 8 { return hours % 24 == 0 ? "\(days)d" : "\(days)d\(hours % 24)h" }
        if days < 730 { return "\(days)d" }
        return "\(days / 365)y"
    }
}
