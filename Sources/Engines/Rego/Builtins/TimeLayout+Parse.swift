extension TimeLayout {
    /// Nanoseconds since 1970.
    static func parse(_ text: String, layout: String) throws(BuiltinFailure) -> Int {
        var reader = TimeReader(text)
        let fields: TimeReader.Fields
        do throws(TimeReader.Mismatch) {
            fields = try reader.read(chunks(layout))
        } catch {
            var message = "parsing time \(GoText.quoted(text))"
            switch error {
            case .unlike(let element, let rest):
                message +=
                    " as \(GoText.quoted(layout)): cannot parse \(GoText.quoted(rest)) as \(GoText.quoted(element))"
            case .wrong(let what): message += ": \(what)"
            }
            throw BuiltinFailure(message)
        }
        guard let result = fields.nanoseconds else { throw BuiltinFailure("time outside of valid range") }
        return result
    }

    /// What stands in front of a field, and the field; the last has none.
    private static func chunks(_ layout: String) -> [TimeReader.Chunk] {
        var result: [TimeReader.Chunk] = []
        var prefix: [UInt8] = []
        for element in elements(layout) {
            switch element {
            case .literal(let byte): prefix.append(byte)
            case .field(let field):
                result.append(TimeReader.Chunk(prefix: prefix, field: field))
                prefix = []
            }
        }
        return result + [TimeReader.Chunk(prefix: prefix, field: nil)]
    }
}

/// Reads a time by a layout, as Go does.
struct TimeReader {
    struct Chunk {
        var prefix: [UInt8]
        var field: String?
    }

    enum Mismatch: Error {
        /// The layout's element and what stands there instead.
        case unlike(String, String)
        case wrong(String)
    }

    struct Fields {
        var year = 0, hour = 0, minute = 0, second = 0, nanosecond = 0, offset = 0
        var month: Int?, day: Int?, dayOfYear: Int?
        var isAfternoon: Bool?

        var nanoseconds: Int? {
            var hour = hour
            if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
            let days =
                dayOfYear.map { Moment.days(year: year, month: 1, day: $0) }
                ?? Moment.days(year: year, month: month ?? 1, day: day ?? 1)
            return Moment.nanoseconds(
                second: days * 86_400 + hour * 3600 + minute * 60 + second - offset, fraction: nanosecond)
        }
    }

    private var rest: ArraySlice<UInt8>
    private var fields = Fields()

    init(_ text: String) { rest = Array(text.utf8)[...] }

    private var restText: String { String(decoding: rest, as: UTF8.self) }

    mutating func read(_ chunks: [Chunk]) throws(Mismatch) -> Fields {
        for (index, chunk) in chunks.enumerated() {
            let start = restText
            guard skip(chunk.prefix) else {
                throw .unlike(String(decoding: chunk.prefix, as: UTF8.self), start)
            }
            guard let field = chunk.field else { break }
            let before = restText
            let next = chunks.indices.contains(index + 1) ? chunks[index + 1] : nil
            let readsFraction = next?.prefix.isEmpty == true && Self.isFraction(next?.field ?? "")
            guard try take(field, isFractionNext: readsFraction) else { throw .unlike(field, before) }
        }
        guard rest.isEmpty else { throw .wrong("extra text: \(GoText.quoted(restText))") }
        let year = fields.year
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if let dayOfYear = fields.dayOfYear {
            guard (1...(isLeap ? 366 : 365)).contains(dayOfYear) else { throw .wrong("day-of-year out of range") }
        }
        guard (1...lengths[(fields.month ?? 1) - 1]).contains(fields.day ?? 1) else { throw .wrong("day out of range") }
        return fields
    }

    private static func isFraction(_ field: String) -> Bool { field.hasPrefix(".") || field.hasPrefix(",") }

    /// A space in the layout stands for any number of them.
    private mutating func skip(_ prefix: [UInt8]) -> Bool {
        var prefix = prefix[...]
        while let byte = prefix.first {
            if byte == 0x20 {
                if let next = rest.first, next != 0x20 { return false }
                prefix = prefix.drop { $0 == 0x20 }
                rest = rest.drop { $0 == 0x20 }
            } else {
                guard rest.first == byte else { return false }
                rest.removeFirst()
                prefix.removeFirst()
            }
        }
        return true
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

    private mutating func take(_ field: String, isFractionNext: Bool) throws(Mismatch) -> Bool {
        func bounded(_ value: Int?, _ range: ClosedRange<Int>, _ name: String) throws(Mismatch) -> Int? {
            if let value, !range.contains(value) { throw .wrong("\(name) out of range") }
            return value
        }
        func set(_ value: Int?, _ path: WritableKeyPath<Fields, Int>) -> Bool {
            guard let value else { return false }
            fields[keyPath: path] = value
            return true
        }
        func set(_ value: Int?, _ path: WritableKeyPath<Fields, Int?>) -> Bool {
            guard let value else { return false }
            fields[keyPath: path] = value
            return true
        }
        switch field {
        case "2006": return set(number(4...4), \.year)
        case "06": return set(number(2...2).map { $0 >= 69 ? 1900 + $0 : 2000 + $0 }, \.year)
        case "01": return set(try bounded(number(2...2), 1...12, "month"), \.month)
        case "1": return set(try bounded(number(1...2), 1...12, "month"), \.month)
        case "January": return set(name(Moment.monthNames, prefix: nil).map { $0 + 1 }, \.month)
        case "Jan": return set(name(Moment.monthNames, prefix: 3).map { $0 + 1 }, \.month)
        case "Monday": return name(Moment.weekdayNames, prefix: nil) != nil
        case "Mon": return name(Moment.weekdayNames, prefix: 3) != nil
        case "02": return set(number(2...2), \.day)
        case "2", "_2":
            if field == "_2", rest.first == 0x20 { rest.removeFirst() }
            return set(number(1...2), \.day)
        case "002", "__2":
            if field == "__2" { rest = rest.dropFirst(rest.prefix(2).prefix { $0 == 0x20 }.count) }
            return set(number(field == "002" ? 3...3 : 1...3), \.dayOfYear)
        case "15": return set(try bounded(number(1...2), 0...23, "hour"), \.hour)
        case "03": return set(try bounded(number(2...2), 0...12, "hour"), \.hour)
        case "3": return set(try bounded(number(1...2), 0...12, "hour"), \.hour)
        case "04": return set(try bounded(number(2...2), 0...59, "minute"), \.minute)
        case "4": return set(try bounded(number(1...2), 0...59, "minute"), \.minute)
        case "05", "5":
            guard set(try bounded(number(field == "05" ? 2...2 : 1...2), 0...59, "second"), \.second) else {
                return false
            }
            // A fraction is read even where the layout has none.
            if !isFractionNext { _ = fraction(count: nil) }
            return true
        case "PM", "pm":
            let word = String(decoding: rest.prefix(2), as: UTF8.self)
            guard [field, field == "PM" ? "AM" : "am"].contains(word) else { return false }
            rest = rest.dropFirst(2)
            fields.isAfternoon = word == field
            return true
        case "MST": return abbreviation()
        case _ where Self.isFraction(field):
            guard !field.hasSuffix("9") else {
                _ = fraction(count: nil)
                return true
            }
            return fraction(count: field.utf8.count - 1)
        default: return try zone(field)
        }
    }

    /// Digits behind a point or comma: so many, or as many as there are.
    private mutating func fraction(count: Int?) -> Bool {
        guard let point = rest.first, point == UInt8(ascii: ".") || point == UInt8(ascii: ",") else { return false }
        let digits = rest.dropFirst().prefix { (48...57).contains($0) }.prefix(count ?? .max)
        guard !digits.isEmpty, count == nil || digits.count == count else { return false }
        rest = rest.dropFirst(1 + digits.count)
        let kept = Array(digits.prefix(9))
        fields.nanosecond = (0..<9).reduce(0) { $0 * 10 + ($1 < kept.count ? Int(kept[$1] - 48) : 0) }
        return true
    }

    /// A zone's letters. They tell nothing about the offset, so that the time is taken as it stands.
    private mutating func abbreviation() -> Bool {
        let letters = rest.prefix { (65...90).contains($0) }
        let word = String(decoding: letters, as: UTF8.self)
        let length: Int
        if word.hasPrefix("UTC") {
            length = 3
        } else if word.hasPrefix("GMT") {
            length = 3 + signedHours(rest.dropFirst(3))
        } else if ["ChST", "MeST"].contains(String(decoding: rest.prefix(4), as: UTF8.self)) {
            length = 4
        } else if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            length = signedHours(rest)
        } else {
            switch letters.count {
            case 3: length = 3
            case 4: length = word.hasSuffix("T") || word == "WITA" ? 4 : 0
            case 5: length = word.hasSuffix("T") ? 5 : 0
            default: length = 0
            }
        }
        rest = rest.dropFirst(length)
        return length >= 2
    }

    /// The length of `+3` or `-12`.
    private func signedHours(_ text: ArraySlice<UInt8>) -> Int {
        guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
        let digits = text.dropFirst().prefix { (48...57).contains($0) }
        let hours = digits.prefix(3).reduce(0) { $0 * 10 + Int($1 - 48) }
        return digits.isEmpty || digits.count > 2 || hours > 23 ? 0 : 1 + digits.count
    }

    private mutating func zone(_ field: String) throws(Mismatch) -> Bool {
        guard let sign = rest.first else { return false }
        if sign == UInt8(ascii: "Z"), field.hasPrefix("Z") {
            rest.removeFirst()
            return true
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        rest.removeFirst()
        let count = field.utf8.count { (48...57).contains($0) } / 2
        var parts = [0, 0, 0]
        for index in 0..<count {
            if index > 0, field.contains(":") { guard rest.popFirst() == UInt8(ascii: ":") else { return false } }
            guard let value = number(2...2) else { return false }
            parts[index] = value
        }
        guard parts[0] <= 24 else { throw .wrong("time zone offset hour out of range") }
        guard parts[1] <= 60 else { throw .wrong("time zone offset minute out of range") }
        fields.offset = (parts[0] * 3600 + parts[1] * 60 + parts[2]) * (sign == UInt8(ascii: "-") ? -1 : 1)
        return true
    }
}
