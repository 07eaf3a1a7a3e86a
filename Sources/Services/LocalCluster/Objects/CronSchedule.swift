/// A cron expression of five fields, and the next time that it names.
struct CronSchedule: Sendable {
    struct Problem: Error { var message: String }

    private var minutes: Set<Int>
    private var hours: Set<Int>
    private var days: Set<Int>
    private var months: Set<Int>
    private var weekdays: Set<Int>
    private var anyDay: Bool
    private var anyWeekday: Bool

    private static let names = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    static func parse(_ text: String) -> Result<CronSchedule, Problem> {
        let fields = (names[text] ?? text).split { $0 == " " || $0 == "\t" }.map(String.init)
        guard fields.count == 5 else {
            return .failure(
                Problem(message: "expected exactly 5 fields, found \(fields.count): [\(fields.joined(separator: " "))]")
            )
        }
        do throws(Problem) {
            return .success(
                CronSchedule(
                    minutes: try set(fields[0], 0...59), hours: try set(fields[1], 0...23),
                    days: try set(fields[2], 1...31), months: try set(fields[3], 1...12, monthNames, offset: 1),
                    weekdays: try set(fields[4], 0...7, dayNames), anyDay: fields[2].hasPrefix("*"),
                    anyWeekday: fields[4].hasPrefix("*")))
        } catch {
            return .failure(error)
        }
    }

    private static func set(
        _ field: String, _ range: ClosedRange<Int>, _ names: [String] = [], offset: Int = 0
    ) throws(Problem) -> Set<Int> {
        func number(_ text: Substring) throws(Problem) -> Int {
            if let index = names.firstIndex(of: text.lowercased()) { return index + offset }
            guard let value = Int(text), text.allSatisfy({ $0.isASCII && $0.isNumber }) else {
                throw Problem(
                    message: "failed to parse int from \(text): strconv.Atoi: parsing \"\(text)\": invalid syntax")
            }
            return value
        }
        var result: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "/", omittingEmptySubsequences: false)
            guard sides.count <= 2, let base = sides.first else {
                throw Problem(message: "too many slashes: \(part)")
            }
            let step = sides.count == 2 ? try number(sides[1]) : 1
            guard step > 0 else { throw Problem(message: "step of range should be a positive number: \(part)") }
            var first = range.lowerBound
            var last = range.upperBound
            if base != "*" && base != "?" {
                let ends = base.split(separator: "-", omittingEmptySubsequences: false)
                guard ends.count <= 2 else { throw Problem(message: "too many hyphens: \(part)") }
                first = try number(ends[0])
                last = ends.count == 2 ? try number(ends[1]) : sides.count == 2 ? range.upperBound : first
            }
            guard first >= range.lowerBound else {
                throw Problem(message: "beginning of range (\(first)) below minimum (\(range.lowerBound)): \(part)")
            }
            guard last <= range.upperBound else {
                throw Problem(message: "end of range (\(last)) above maximum (\(range.upperBound)): \(part)")
            }
            guard first <= last else {
                throw Problem(message: "beginning of range (\(first)) beyond end of range (\(last)): \(part)")
            }
            result.formUnion(stride(from: first, through: last, by: step))
        }
        return result
    }

    /// The first minute after `seconds` since 1970 that the expression names; nil within four years without one.
    func next(after seconds: Int) -> Int? {
        var minute = seconds / 60 + 1
        let end = minute + 4 * 366 * 1440
        while minute < end {
            let (parts, weekday) = APITime.parts(minute * 60)
            let dayFits = days.contains(parts.day)
            let weekdayFits = weekdays.contains(weekday) || weekday == 0 && weekdays.contains(7)
            let isDay = anyDay || anyWeekday ? dayFits && weekdayFits : dayFits || weekdayFits
            guard months.contains(parts.month), isDay else {
                minute = (minute / 1440 + 1) * 1440
                continue
            }
            guard hours.contains(parts.hour) else {
                minute = (minute / 60 + 1) * 60
                continue
            }
            if minutes.contains(parts.minute) { return minute * 60 }
            minute += 1
        }
        return nil
    }
}
