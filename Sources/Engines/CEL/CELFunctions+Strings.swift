import Documents
import RegularExpressions
import WaybillCore

extension CELFunctions {
    static func strings(
        _ name: String, _ arguments: [CELValue], _ machine: CELMachine
    ) throws(CELError) -> CELValue? {
        if name == "matches", arguments.count == 2 { return try strings(".matches", arguments, machine) }
        guard name.hasPrefix(".") || name == "size", case .string(let text)? = arguments.first else { return nil }
        try machine.spend(text.utf8.count / 64)
        let rest = Array(arguments.dropFirst())
        func string(_ index: Int) throws(CELError) -> String {
            guard rest.indices.contains(index), case .string(let value) = rest[index] else {
                throw CELError("no such overload")
            }
            return value
        }
        func number(_ index: Int) throws(CELError) -> Int {
            guard rest.indices.contains(index), case .int(let value) = rest[index], let result = Int(exactly: value)
            else { throw CELError("no such overload") }
            return result
        }
        switch (name, rest.count) {
        case ("size", 0), (".size", 0): return .int(Int64(text.unicodeScalars.count))
        case (".startsWith", 1): return .bool(text.utf8.starts(with: try string(0).utf8))
        case (".endsWith", 1): return .bool(text.utf8.reversed().starts(with: try string(0).utf8.reversed()))
        case (".contains", 1): return .bool(find(Array(try string(0).utf8), in: Array(text.utf8)) != nil)
        case (".matches", 1): return .bool(try expression(string(0)).matches(text))
        case (".find", 1): return .string(try expression(string(0)).find(in: text) ?? "")
        case (".findAll", 1), (".findAll", 2):
            let limit = rest.count == 2 ? try number(1) : -1
            let found = try expression(string(0)).findAll(in: text, limit: limit < 0 ? .max : limit)
            return .list(found.map(CELValue.string))
        case (".lowerAscii", 0): return .string(mapped(text) { (65...90).contains($0) ? $0 + 32 : $0 })
        case (".upperAscii", 0): return .string(mapped(text) { (97...122).contains($0) ? $0 - 32 : $0 })
        case (".trim", 0): return .string(trimmed(text))
        case (".charAt", 1):
            let scalars = Array(text.unicodeScalars)
            let index = try number(0)
            if index == scalars.count { return .string("") }
            guard scalars.indices.contains(index) else { throw CELError("index out of range: \(index)") }
            return .string(String(Character(scalars[index])))
        case (".indexOf", 1), (".indexOf", 2), (".lastIndexOf", 1), (".lastIndexOf", 2):
            let scalars = Array(text.unicodeScalars)
            let wanted = Array(try string(0).unicodeScalars)
            let start = rest.count == 2 ? try number(1) : nil
            if let start, !(0...scalars.count).contains(start) {
                throw CELError("index out of range: \(start)")
            }
            let last = scalars.count - wanted.count
            guard last >= 0 else { return .int(-1) }
            let range = name == ".indexOf" ? (start ?? 0) : 0
            let end = name == ".indexOf" ? last : min(last, start ?? last)
            guard range <= end else { return .int(-1) }
            let places = Array(range...end)
            let found = (name == ".indexOf" ? places : places.reversed()).first {
                Array(scalars[$0..<$0 + wanted.count]) == wanted
            }
            return .int(Int64(found ?? -1))
        case (".replace", 2), (".replace", 3):
            return .string(try replaced(text, string(0), string(1), rest.count == 3 ? number(2) : -1))
        case (".split", 1), (".split", 2):
            let limit = rest.count == 2 ? try number(1) : -1
            return .list(split(text, try string(0), limit).map(CELValue.string))
        case (".substring", 1), (".substring", 2):
            let scalars = Array(text.unicodeScalars)
            let start = try number(0)
            let end = rest.count == 2 ? try number(1) : scalars.count
            guard start >= 0, start <= end, end <= scalars.count else {
                throw CELError("index out of range: \(start)")
            }
            return .string(joined(scalars[start..<end]))
        case (".reverse", 0): return .string(joined(text.unicodeScalars.reversed()))
        case (".format", 1):
            guard case .list(let values) = rest[0] else { throw CELError("no such overload") }
            return .string(try formatted(text, values))
        default: return nil
        }
    }

    private static func expression(_ pattern: String) throws(CELError) -> RegularExpression {
        do throws(WaybillError) {
            return try RegularExpression(pattern)
        } catch {
            throw CELError(error.message)
        }
    }

    private static func joined(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var result = ""
        result.unicodeScalars.append(contentsOf: scalars)
        return result
    }

    private static func mapped(_ text: String, _ change: (UInt8) -> UInt8) -> String {
        String(decoding: text.utf8.map(change), as: UTF8.self)
    }

    private static func trimmed(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars = scalars.dropFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars = scalars.dropLast() }
        return joined(scalars)
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        guard bytes.count - start >= wanted.count else { return nil }
        return (start...bytes.count - wanted.count).first { Array(bytes[$0..<$0 + wanted.count]) == wanted }
    }

    private static func split(_ text: String, _ separator: String, _ limit: Int) -> [String] {
        if limit == 0 { return [] }
        if separator.isEmpty { return text.unicodeScalars.map { String(Character($0)) } }
        let (bytes, wanted) = (Array(text.utf8), Array(separator.utf8))
        var result: [String] = []
        var start = 0
        while limit < 0 || result.count < limit - 1, let found = find(wanted, in: bytes, from: start) {
            result.append(String(decoding: bytes[start..<found], as: UTF8.self))
            start = found + wanted.count
        }
        return result + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    private static func replaced(
        _ text: String, _ old: String, _ new: String, _ limit: Int
    ) throws(CELError) -> String {
        if limit == 0 || old.isEmpty { return text }
        let parts = split(text, old, limit < 0 ? -1 : limit + 1)
        let size = parts.reduce(0) { $0 + $1.utf8.count } + (parts.count - 1) * new.utf8.count
        guard size <= CELMachine.sizeMax else { throw CELError("string too long") }
        return parts.joined(separator: new)
    }

    /// `%s`, `%d`, `%f`, `%.2f`, `%b`, `%x`, `%X`, `%o`, `%%`.
    private static func formatted(_ text: String, _ values: [CELValue]) throws(CELError) -> String {
        var result = ""
        var rest = Array(text.unicodeScalars)[...]
        var next = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var precision = ""
            if rest.first == "." {
                rest = rest.dropFirst()
                while let digit = rest.first, ("0"..."9").contains(digit), precision.count < 2 {
                    precision.unicodeScalars.append(digit)
                    rest = rest.dropFirst()
                }
            }
            guard let verb = rest.popFirst() else { throw CELError("unexpected end of format string") }
            if verb == "%" {
                result += "%"
                continue
            }
            guard values.indices.contains(next) else { throw CELError("index \(next) out of range") }
            let value = values[next]
            next += 1
            switch (verb, value) {
            case ("s", _), ("d", .int), ("d", .uint): result += plain(value)
            case ("d", .double(let number)): result += Number(number).text
            case ("f", _):
                guard let number = value.json?.number?.double else { throw CELError("no such overload") }
                result += fixed(number, Int(precision) ?? 6)
            case ("x", .int(let number)): result += String(number, radix: 16)
            case ("X", .int(let number)): result += String(number, radix: 16, uppercase: true)
            case ("o", .int(let number)): result += String(number, radix: 8)
            case ("b", .int(let number)): result += String(number, radix: 2)
            case ("b", .bool(let flag)): result += flag ? "1" : "0"
            default: throw CELError("unrecognized formatting clause")
            }
            guard result.utf8.count <= CELMachine.sizeMax else { throw CELError("string too long") }
        }
        return result
    }

    private static func fixed(_ number: Double, _ digits: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return Number(number).text }
        var scale: Int64 = 1
        for _ in 0..<min(digits, 3) { scale *= 10 }
        let whole = Int64((abs(number) * Double(scale)).rounded())
        let sign = number < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(String(whole % scale + scale).dropFirst())
        return "\(sign)\(whole / scale).\(fraction)" + String(repeating: "0", count: max(0, digits - 3))
    }
}
