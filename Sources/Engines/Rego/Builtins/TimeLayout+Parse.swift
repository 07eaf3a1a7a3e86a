extension TimeLayout {
    /// Nanoseconds since 1970.
    static func parse(_ text: String, layout: String) throws(BuiltinFailure) -> Int {
        var reader = TimeReader(text)
        guard let fields = reader.read(layout) else {
            throw BuiltinFailure("parsing time \(RegoValue.string(text)) as \(RegoValue.string(layout)): cannot parse")
        }
        guard let result = fields.nanoseconds else { throw BuiltinFailure("time outside of valid range") }
        return result
    }

    /// The layout cut into literals and fields; a field begins with `\0` here so that both are texts.
    static func pieces(_ layout: String) -> [String] {
        elements(layout).map { element in
            switch element {
            case .literal(let byte): String(decoding: [byte], as: UTF8.self)
            case .field(let field): "\0" + field
            }
        }
    }
}

/// Reads a time by a layout.
struct TimeReader {
    struct Fields {
        var year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, nanosecond = 0, offset = 0
        var isAfternoon: Bool?

        var nanoseconds: Int? {
            var hour = hour
            if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
            let seconds =
                Moment.days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset
            return Moment.nanoseconds(second: seconds, fraction: nanosecond)
        }
    }

    private var rest: ArraySlice<UInt8>
    private var fields = Fields()

    init(_ text: String) { rest = Array(text.utf8)[...] }

    mutating func read(_ layout: String) -> Fields? {
        for piece in TimeLayout.pieces(layout) {
            guard piece.hasPrefix("\0") else {
                guard rest.first == piece.utf8.first else { return nil }
                rest.removeFirst()
                continue
            }
            guard take(String(piece.dropFirst())) else { return nil }
        }
        let lengths = [
            31, fields.year % 4 == 0 && (fields.year % 100 != 0 || fields.year % 400 == 0) ? 29 : 28, 31, 30, 31, 30,
            31, 31, 30, 31, 30, 31,
        ]
        guard rest.isEmpty, (1...12).contains(fields.month), (1...lengths[fields.month - 1]).contains(fields.day),
            fields.hour < 24, fields.minute < 60, fields.second < 60
        else { return nil }
        return fields
    }

    private mutating func number(_ width: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(width.upperBound).prefix { (48...57).contains($0) }
        guard width.contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private mutating func name(_ names: [String], prefix: Int?) -> Int? {
        for (index, name) in names.enumerated() {
            let word = Array((prefix.map { String(name.prefix($0)) } ?? name).lowercased().utf8)
            guard rest.count >= word.count, rest.prefix(word.count).elementsEqual(word, by: { $0 | 0x20 == $1 }) else {
                continue
            }
            rest = rest.dropFirst(word.count)
            return index
        }
        return nil
    }

    private mutating func take(_ field: String) -> Bool {
        func set(_ value: Int?, _ path: WritableKeyPath<Fields, Int>) -> Bool {
            guard let value else { return false }
            fields[keyPath: path] = value
            return true
        }
        switch field {
        case "2006": return set(number(4...4), \.year)
        case "06": return set(number(2...2).map { $0 >= 69 ? 1900 + $0 : 2000 + $0 }, \.year)
        case "01": return set(number(2...2), \.month)
        case "1": return set(number(1...2), \.month)
        case "January": return set(name(Moment.monthNames, prefix: nil).map { $0 + 1 }, \.month)
        case "Jan": return set(name(Moment.monthNames, prefix: 3).map { $0 + 1 }, \.month)
        case "Monday": return name(Moment.weekdayNames, prefix: nil) != nil
        case "Mon": return name(Moment.weekdayNames, prefix: 3) != nil
        case "02": return set(number(2...2), \.day)
        case "2", "_2":
            if field == "_2", rest.first == 0x20 { rest.removeFirst() }
            return set(number(1...2), \.day)
        case "15", "03": return set(number(2...2), \.hour)
        case "3": return set(number(1...2), \.hour)
        case "04": return set(number(2...2), \.minute)
        case "4": return set(number(1...2), \.minute)
        case "05", "5":
            guard set(number(field == "05" ? 2...2 : 1...2), \.second) else { return false }
            // A fraction is read even where the layout has none.
            if rest.first == UInt8(ascii: "."), let next = rest.dropFirst().first, (48...57).contains(next) {
                return fraction()
            }
            return true
        case "PM", "pm":
            guard let index = name(["AM", "PM"], prefix: nil) else { return false }
            fields.isAfternoon = index == 1
            return true
        case "MST":
            let word = rest.prefix { (65...90).contains($0) }
            rest = rest.dropFirst(word.count)
            return String(decoding: word, as: UTF8.self) == "UTC" || String(decoding: word, as: UTF8.self) == "GMT"
        case "Z07:00", "Z0700", "-07:00", "-0700", "-07": return zone(field)
        default: return rest.first == UInt8(ascii: ".") ? fraction() : field.hasSuffix("9")
        }
    }

    private mutating func fraction() -> Bool {
        rest.removeFirst()
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty, digits.count <= 9 else { return false }
        rest = rest.dropFirst(digits.count)
        fields.nanosecond = (0..<9).reduce(0) { value, index in
            value * 10 + (index < digits.count ? Int(digits[digits.startIndex + index] - 48) : 0)
        }
        return true
    }

    private mutating func zone(_ field: String) -> Bool {
        guard let sign = rest.popFirst() else { return false }
        if sign == UInt8(ascii: "Z"), field.hasPrefix("Z") { return true }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = number(2...2) else { return false }
        var minutes = 0
        if field != "-07" {
            if field.contains(":") { guard rest.popFirst() == UInt8(ascii: ":") else { return false } }
            guard let value = number(2...2) else { return false }
            minutes = value
        }
        fields.offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        return hours < 24 && minutes < 60
    }
}
