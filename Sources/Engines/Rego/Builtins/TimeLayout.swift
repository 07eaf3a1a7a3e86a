/// Times written as Go's layouts have them: the layout shows how Monday, January 2, 15:04:05 of 2006 would be written.
enum TimeLayout {
    static let rfc3339 = "2006-01-02T15:04:05Z07:00"

    private static let names = [
        "ANSIC": "Mon Jan _2 15:04:05 2006", "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate": "Mon Jan 02 15:04:05 -0700 2006", "RFC822": "02 Jan 06 15:04 MST",
        "RFC822Z": "02 Jan 06 15:04 -0700",
        "RFC850": "Monday, 02-Jan-06 15:04:05 MST", "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700", "RFC3339": "2006-01-02T15:04:05Z07:00",
        "RFC3339Nano": "2006-01-02T15:04:05.999999999Z07:00",
    ]

    static func named(_ name: String) -> String { names[name] ?? name }

    enum Element {
        case literal(UInt8)
        case field(String)
    }

    private static let fields = [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "-07:00:00", "-070000", "-07:00", "-0700", "-07",
        "Z07:00:00", "Z070000", "Z07:00", "Z0700", "Z07", "__2", "002", "01", "02",
        "03", "04", "05", "06", "15", "PM", "pm", "_2", "1", "2", "3", "4", "5",
    ]

    static func elements(_ layout: String) -> [Element] {
        let bytes = Array(layout.utf8)
        var result: [Element] = []
        var index = 0
        while index < bytes.count {
            let rest = bytes[index...]
            if let fraction = fraction(rest) {
                result.append(.field(fraction))
                index += fraction.utf8.count
            } else if rest.starts(with: "_2006".utf8) {
                // The year with a sign in front of it, not a day.
                result += [.literal(bytes[index]), .field("2006")]
                index += 5
            } else if let field = fields.first(where: { isField($0, rest) }) {
                result.append(.field(field))
                index += field.utf8.count
            } else {
                result.append(.literal(bytes[index]))
                index += 1
            }
        }
        return result
    }

    private static func isField(_ field: String, _ rest: ArraySlice<UInt8>) -> Bool {
        guard rest.starts(with: field.utf8) else { return false }
        // `Month` and `Janitor` are words of their own.
        guard field == "Jan" || field == "Mon", let next = rest.dropFirst(3).first else { return true }
        return !(97...122).contains(next)
    }

    /// `.000` or `.999`, also with a comma.
    private static func fraction(_ rest: ArraySlice<UInt8>) -> String? {
        guard let first = rest.first, first == UInt8(ascii: ".") || first == UInt8(ascii: ","),
            let digit = rest.dropFirst().first,
            digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9")
        else { return nil }
        let digits = rest.dropFirst().prefix { $0 == digit }
        if let after = rest.dropFirst(1 + digits.count).first, (48...57).contains(after) { return nil }
        return String(decoding: rest.prefix(1 + digits.count), as: UTF8.self)
    }

    private static func padded(_ value: Int, _ width: Int, _ fill: String = "0") -> String {
        let text = String(value)
        return String(repeating: fill, count: max(0, width - text.utf8.count)) + text
    }

    static func format(_ moment: Moment, layout: String) -> String {
        var result: [UInt8] = []
        for element in elements(layout) {
            switch element {
            case .literal(let byte): result.append(byte)
            case .field(let field): result += Array(text(field, moment).utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func text(_ field: String, _ moment: Moment) -> String {
        let hour = moment.hour % 12 == 0 ? 12 : moment.hour % 12
        switch field {
        case "January": return Moment.monthNames[moment.month - 1]
        case "Jan": return String(Moment.monthNames[moment.month - 1].prefix(3))
        case "Monday": return moment.weekdayName
        case "Mon": return String(moment.weekdayName.prefix(3))
        case "MST": return moment.zone
        case "2006": return padded(moment.year, 4)
        case "06": return padded(moment.year % 100, 2)
        case "01": return padded(moment.month, 2)
        case "1": return String(moment.month)
        case "02": return padded(moment.day, 2)
        case "_2": return padded(moment.day, 2, " ")
        case "2": return String(moment.day)
        case "002": return padded(moment.dayOfYear, 3)
        case "__2": return padded(moment.dayOfYear, 3, " ")
        case "15": return padded(moment.hour, 2)
        case "03": return padded(hour, 2)
        case "3": return String(hour)
        case "04": return padded(moment.minute, 2)
        case "4": return String(moment.minute)
        case "05": return padded(moment.second, 2)
        case "5": return String(moment.second)
        case "PM": return moment.hour < 12 ? "AM" : "PM"
        case "pm": return moment.hour < 12 ? "am" : "pm"
        case _ where field.hasPrefix("Z") || field.hasPrefix("-"): return zone(field, moment.offset)
        default: return fraction(field, moment.nanosecond)
        }
    }

    private static func zone(_ field: String, _ offset: Int) -> String {
        if field.hasPrefix("Z"), offset == 0 { return "Z" }
        let colon = field.contains(":") ? ":" : ""
        let digits = field.utf8.count { (48...57).contains($0) }
        var text = (offset < 0 ? "-" : "+") + padded(abs(offset) / 3600, 2)
        if digits > 2 { text += colon + padded(abs(offset) / 60 % 60, 2) }
        if digits > 4 { text += colon + padded(abs(offset) % 60, 2) }
        return text
    }

    private static func fraction(_ field: String, _ nanosecond: Int) -> String {
        var digits = padded(nanosecond, 9).prefix(field.utf8.count - 1)
        if field.hasSuffix("9") {
            while digits.hasSuffix("0") { digits.removeLast() }
            if digits.isEmpty { return "" }
        }
        return String(field.prefix(1) + digits)
    }
}
