import Documents
import Kubernetes
import RegularExpressions
import WaybillCore

/// The functions of the language, and those that Kubernetes adds. A leading dot marks a member function, whose receiver
/// is the first argument.
enum CELFunctions {
    static let spaces: Set<String> = ["optional", "sets", "math", "strings", "base64", "url", "ip", "lists"]

    static func call(_ name: String, _ arguments: [CELValue], _ machine: CELMachine) throws(CELError) -> CELValue {
        if let result = try operators(name, arguments) { return result }
        if let result = try conversions(name, arguments) { return result }
        if let result = try strings(name, arguments, machine) { return result }
        if let result = try lists(name, arguments, machine) { return result }
        if let result = try times(name, arguments) { return result }
        if let result = try kubernetes(name, arguments) { return result }
        throw CELError("no such overload")
    }

    /// As `string()` writes it.
    static func plain(_ value: CELValue) -> String {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .bool(let flag): String(flag)
        case .double(let number): Number(number).text
        default: value.json.map { JSONWriter.string($0) } ?? value.typeName
        }
    }

    private static func operators(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        switch (name, arguments.count) {
        case ("_==_", 2): return .bool(arguments[0] == arguments[1])
        case ("_!=_", 2): return .bool(arguments[0] != arguments[1])
        case ("_<_", 2): return .bool(try order(arguments[0], arguments[1]) < 0)
        case ("_<=_", 2): return .bool(try order(arguments[0], arguments[1]) <= 0)
        case ("_>_", 2): return .bool(try order(arguments[0], arguments[1]) > 0)
        case ("_>=_", 2): return .bool(try order(arguments[0], arguments[1]) >= 0)
        case ("!_", 1):
            guard case .bool(let value) = arguments[0] else { throw CELError("no such overload") }
            return .bool(!value)
        case ("-_", 1):
            switch arguments[0] {
            case .int(let value) where value != .min: return .int(-value)
            case .double(let value): return .double(-value)
            default: throw CELError("no such overload")
            }
        case ("@in", 2):
            switch arguments[1] {
            case .list(let list): return .bool(list.contains(arguments[0]))
            case .map(let map): return .bool(map[arguments[0]] != nil)
            default: throw CELError("no such overload")
            }
        case ("_+_", 2), ("_-_", 2), ("_*_", 2), ("_/_", 2), ("_%_", 2):
            return try arithmetic(name, arguments[0], arguments[1])
        default: return nil
        }
    }

    /// -1, 0 or 1.
    static func order(_ left: CELValue, _ right: CELValue) throws(CELError) -> Int {
        func compare<T: Comparable>(_ one: T, _ other: T) -> Int { one < other ? -1 : one == other ? 0 : 1 }
        switch (left, right) {
        case (.string(let one), .string(let other)):
            return one.hasSameBytes(as: other) ? 0 : one.precedesByBytes(other) ? -1 : 1
        case (.bool(let one), .bool(let other)): return compare(one ? 1 : 0, other ? 1 : 0)
        case (.bytes(let one), .bytes(let other)):
            return one == other ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
        case (.duration(let one), .duration(let other)), (.timestamp(let one), .timestamp(let other)):
            return compare(one, other)
        default:
            guard let result = left.comparedNumber(to: right) else { throw CELError("no such overload") }
            return result
        }
    }

    private static func arithmetic(_ name: String, _ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        func checked<T: FixedWidthInteger>(_ one: T, _ other: T) throws(CELError) -> T {
            if name == "_/_" || name == "_%_", other == 0 {
                throw CELError(name == "_/_" ? "division by zero" : "modulus by zero")
            }
            let (result, overflow) =
                switch name {
                case "_+_": one.addingReportingOverflow(other)
                case "_-_": one.subtractingReportingOverflow(other)
                case "_*_": one.multipliedReportingOverflow(by: other)
                case "_/_": one.dividedReportingOverflow(by: other)
                default: one.remainderReportingOverflow(dividingBy: other)
                }
            guard !overflow else { throw CELError("integer overflow") }
            return result
        }
        switch (left, right) {
        case (.int(let one), .int(let other)): return .int(try checked(one, other))
        case (.uint(let one), .uint(let other)): return .uint(try checked(one, other))
        case (.double(let one), .double(let other)):
            switch name {
            case "_+_": return .double(one + other)
            case "_-_": return .double(one - other)
            case "_*_": return .double(one * other)
            case "_/_": return .double(one / other)
            default: break
            }
        case (.string(let one), .string(let other)) where name == "_+_":
            guard one.utf8.count + other.utf8.count <= CELMachine.sizeMax else { throw CELError("string too long") }
            return .string(one + other)
        case (.bytes(let one), .bytes(let other)) where name == "_+_":
            guard one.count + other.count <= CELMachine.sizeMax else { throw CELError("bytes too long") }
            return .bytes(one + other)
        case (.list(let one), .list(let other)) where name == "_+_":
            guard one.count + other.count <= CELMachine.sizeMax else { throw CELError("list too long") }
            return .list(one + other)
        case (.timestamp(let one), .duration(let other)) where name == "_+_" || name == "_-_":
            return .timestamp(try checked(one, other))
        case (.duration(let one), .timestamp(let other)) where name == "_+_": return .timestamp(try checked(one, other))
        case (.timestamp(let one), .timestamp(let other)) where name == "_-_": return .duration(try checked(one, other))
        case (.duration(let one), .duration(let other)) where name == "_+_" || name == "_-_":
            return .duration(try checked(one, other))
        default: break
        }
        throw CELError("no such overload")
    }

    private static func conversions(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        guard arguments.count == 1, let value = arguments.first else { return nil }
        switch (name, value) {
        case ("type", _): return .type(value.typeName)
        case ("dyn", _): return value
        case ("int", .int), ("uint", .uint), ("double", .double), ("string", .string), ("bytes", .bytes),
            ("bool", .bool), ("duration", .duration), ("timestamp", .timestamp):
            return value
        case ("int", .uint(let number)):
            guard let int = Int64(exactly: number) else { throw CELError("integer overflow") }
            return .int(int)
        case ("int", .double(let number)):
            guard let int = Int64(exactly: number.rounded(.towardZero)) else { throw CELError("integer overflow") }
            return .int(int)
        case ("int", .string(let text)):
            guard let int = Int64(text) else {
                throw CELError("strconv.ParseInt: parsing \"\(text.prefix(100))\": invalid syntax")
            }
            return .int(int)
        case ("int", .timestamp(let nanos)): return .int(nanos / 1_000_000_000)
        case ("uint", .int(let number)):
            guard let uint = UInt64(exactly: number) else { throw CELError("unsigned integer overflow") }
            return .uint(uint)
        case ("uint", .double(let number)):
            guard let uint = UInt64(exactly: number.rounded(.towardZero)) else {
                throw CELError("unsigned integer overflow")
            }
            return .uint(uint)
        case ("uint", .string(let text)):
            guard let uint = UInt64(text) else {
                throw CELError("strconv.ParseUint: parsing \"\(text.prefix(100))\": invalid syntax")
            }
            return .uint(uint)
        case ("double", .int(let number)): return .double(Double(number))
        case ("double", .uint(let number)): return .double(Double(number))
        case ("double", .string(let text)):
            guard let double = Double(text) else {
                throw CELError("strconv.ParseFloat: parsing \"\(text.prefix(100))\": invalid syntax")
            }
            return .double(double)
        case ("string", .bytes(let bytes)):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CELError("invalid UTF-8 in bytes, cannot convert to string")
            }
            return .string(text)
        case ("string", .int), ("string", .uint), ("string", .bool), ("string", .double): return .string(plain(value))
        case ("string", .timestamp), ("string", .duration): return .string(try CELTime.text(of: value))
        case ("bytes", .string(let text)): return .bytes(Array(text.utf8))
        case ("bool", .string(let text)):
            switch text {
            case "1", "t", "T", "TRUE", "true", "True": return .bool(true)
            case "0", "f", "F", "FALSE", "false", "False": return .bool(false)
            default: throw CELError("strconv.ParseBool: parsing \"\(text.prefix(100))\": invalid syntax")
            }
        case ("duration", .string(let text)): return .duration(try CELTime.duration(text))
        case ("timestamp", .string(let text)): return .timestamp(try CELTime.timestamp(text))
        case ("timestamp", .int(let seconds)):
            let (nanos, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            guard !overflow else { throw CELError("integer overflow") }
            return .timestamp(nanos)
        default: return nil
        }
    }

    private static func times(_ name: String, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
        guard let first = arguments.first else { return nil }
        if case .duration(let nanos) = first {
            switch name {
            case ".getHours": return .int(nanos / 3_600_000_000_000)
            case ".getMinutes": return .int(nanos / 60_000_000_000)
            case ".getSeconds": return .int(nanos / 1_000_000_000)
            case ".getMilliseconds": return .int(nanos / 1_000_000 % 1000)
            default: return nil
            }
        }
        guard case .timestamp(let nanos) = first else { return nil }
        if arguments.count > 1 { throw CELError("time zones are not supported") }
        let parts = CELTime.parts(nanos)
        func part(_ key: String, minus: Int64 = 0) -> CELValue { .int((parts[key] ?? 0) - minus) }
        return switch name {
        case ".getFullYear": part("year")
        case ".getMonth": part("month", minus: 1)
        case ".getDate": part("day")
        case ".getDayOfMonth": part("day", minus: 1)
        case ".getDayOfWeek": part("weekday")
        case ".getDayOfYear": part("yearday")
        case ".getHours": part("hour")
        case ".getMinutes": part("minute")
        case ".getSeconds": part("second")
        case ".getMilliseconds": .int((parts["nanos"] ?? 0) / 1_000_000)
        default: CELValue?.none
        }
    }
}
