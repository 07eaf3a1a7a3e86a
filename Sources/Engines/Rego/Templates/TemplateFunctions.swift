/// The functions that every template has. Numbers of the data are texts here, as they are in what OPA hands to Go;
/// only those written in the template are numbers.
enum TemplateFunctions {
    struct Refusal: Error {
        var message: String
        /// Told as an error of the call, not of how it is written.
        var isCall = true
    }

    static let names: Set<String> = [
        "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "eq", "ne",
        "lt", "le", "gt", "ge", "call",
    ]

    /// The data as a template sees it; nil where it holds what JSON has not.
    static func data(_ value: RegoValue) -> RegoValue? {
        switch value {
        case .number(let number): return .string(number.text)
        case .array(let elements):
            let converted = elements.compactMap(data)
            return converted.count == elements.count ? .array(converted) : nil
        case .object(let object):
            var members: [RegoObject.Member] = []
            for member in object {
                guard case .string = member.key, let value = data(member.value) else { return nil }
                members.append(.init(key: member.key, value: value))
            }
            return .object(RegoObject(members))
        case .set: return nil
        case .null, .bool, .string: return value
        }
    }

    static func typeName(_ value: RegoValue) -> String {
        switch value {
        case .string: "string"
        case .bool: "bool"
        case .number(let number): number.isInteger ? "int" : "float64"
        case .array, .set: "[]interface {}"
        case .object: "map[string]interface {}"
        case .null: "nil"
        }
    }

    static func isTrue(_ value: RegoValue?) -> Bool {
        switch value {
        case nil, .null?: false
        case .bool(let flag)?: flag
        case .number(let number)?: !number.isZero
        case .string(let text)?: !text.isEmpty
        case .array(let elements)?: !elements.isEmpty
        case .set(let set)?: !set.isEmpty
        case .object(let object)?: !object.isEmpty
        }
    }

    /// As Go prints it.
    static func text(_ value: RegoValue) -> String {
        switch value {
        case .null: "<nil>"
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number):
            number.isInteger
                ? number.text
                : FloatText(number.double).map { ($0.isNegative ? "-" : "") + $0.general(nil) } ?? number.text
        case .array(let elements): "[" + elements.map(text).joined(separator: " ") + "]"
        case .set(let set): "[" + set.elements.map(text).joined(separator: " ") + "]"
        case .object(let object):
            "map[" + object.map { "\(text($0.key)):\(text($0.value))" }.joined(separator: " ") + "]"
        }
    }

    static func call(_ name: String, _ a: [RegoValue?]) throws(Refusal) -> RegoValue? {
        func need(_ range: ClosedRange<Int>, _ wanted: String) throws(Refusal) {
            guard range.contains(a.count) else {
                throw Refusal(
                    message: "wrong number of args for \(name): want \(wanted) got \(a.count)", isCall: false)
            }
        }
        switch name {
        case "and", "or":
            try need(1...Int.max, "at least 1")
            return a[a.count - 1]
        case "not":
            try need(1...1, "1")
            return .bool(!isTrue(a[0]))
        case "eq":
            try need(1...Int.max, "at least 1")
            guard a.count > 1 else { throw Refusal(message: "missing argument for comparison") }
            for other in a.dropFirst() where try areEqual(a[0], other) { return .bool(true) }
            return .bool(false)
        case "ne":
            try need(2...2, "2")
            return .bool(try !areEqual(a[0], a[1]))
        case "lt", "le", "gt", "ge":
            try need(2...2, "2")
            let order = try order(a[0], a[1])
            return .bool(name == "lt" ? order < 0 : name == "le" ? order <= 0 : name == "gt" ? order > 0 : order >= 0)
        case "len":
            try need(1...1, "1")
            return .int(try length(a[0]))
        case "index":
            try need(1...Int.max, "at least 1")
            return try index(a)
        case "slice":
            try need(1...4, "at least 1")
            return try slice(a)
        case "print": return .string(printed(a))
        case "println": return .string(a.map { $0.map(text) ?? "<nil>" }.joined(separator: " ") + "\n")
        case "printf":
            guard case .string(let format)?? = a.first else {
                throw Refusal(message: "wrong number of args for printf: want at least 1 got \(a.count)", isCall: false)
            }
            do throws(BuiltinFailure) {
                return .string(try Formatter(format, a.dropFirst().map { $0 ?? .string("<nil>") }).text())
            } catch {
                throw Refusal(message: error.message)
            }
        case "html": return .string(escaped(printed(a), htmlEscapes))
        case "js": return .string(escaped(printed(a), scriptEscapes))
        case "urlquery": return .string(EncodingBuiltins.encodeQuery(printed(a)))
        default: throw Refusal(message: "non-function of type interface {}")
        }
    }

    /// Spaces stand between values neither of which is a text.
    private static func printed(_ a: [RegoValue?]) -> String {
        var result = ""
        var wasText = true
        for (index, value) in a.enumerated() {
            let isText = value?.string != nil
            if index > 0, !wasText, !isText { result += " " }
            result += value.map(text) ?? "<nil>"
            wasText = isText
        }
        return result
    }

    // MARK: Comparing

    private static func kind(_ value: RegoValue?) throws(Refusal) -> Int {
        switch value {
        case .bool?: return 0
        case .string?: return 1
        case .number(let number)?: return number.isInteger ? 2 : 3
        case nil, .null?: return 4
        default: throw Refusal(message: "non-comparable type \(value.map { "\(text($0)): \(typeName($0))" } ?? "nil")")
        }
    }

    private static func areEqual(_ one: RegoValue?, _ other: RegoValue?) throws(Refusal) -> Bool {
        let kinds = (try kind(one), try kind(other))
        if kinds.0 == 4 || kinds.1 == 4 { return kinds.0 == kinds.1 }
        guard kinds.0 == kinds.1 else { throw Refusal(message: "incompatible types for comparison") }
        return one == other
    }

    private static func order(_ one: RegoValue?, _ other: RegoValue?) throws(Refusal) -> Int {
        let kinds = (try kind(one), try kind(other))
        guard kinds.0 == kinds.1 else { throw Refusal(message: "incompatible types for comparison") }
        guard (1...3).contains(kinds.0), let one, let other else {
            throw Refusal(message: "invalid type for comparison")
        }
        return RegoValue.compare(one, other)
    }

    // MARK: Collections

    private static func length(_ value: RegoValue?) throws(Refusal) -> Int {
        switch value {
        case .string(let text)?: return text.utf8.count
        case .array(let elements)?: return elements.count
        case .object(let object)?: return object.count
        case nil, .null?: throw Refusal(message: "len of nil pointer")
        case let other?: throw Refusal(message: "len of type \(typeName(other))")
        }
    }

    private static func position(_ value: RegoValue?, _ count: Int) throws(Refusal) -> Int {
        guard case .number(let number)? = value, let index = number.int else {
            throw Refusal(message: "cannot index slice/array with type \(value.map(typeName) ?? "nil")")
        }
        guard (0...count).contains(index) else { throw Refusal(message: "index out of range: \(index)") }
        return index
    }

    private static func index(_ a: [RegoValue?]) throws(Refusal) -> RegoValue? {
        var current = a[0]
        for key in a.dropFirst() {
            switch current {
            case .array(let elements)?:
                let index = try position(key, elements.count - 1)
                current = elements[index]
            case .string(let text)?:
                let bytes = Array(text.utf8)
                current = .int(Int(bytes[try position(key, bytes.count - 1)]))
            case .object(let object)?:
                guard case .string? = key, let key else {
                    throw Refusal(message: "value has type \(key.map(typeName) ?? "nil"); should be string")
                }
                // An entry that is not there is empty.
                current = object[key]
            case nil, .null?: throw Refusal(message: "index of untyped nil")
            case let other?: throw Refusal(message: "can't index item of type \(typeName(other))")
            }
        }
        return current == .null ? nil : current
    }

    private static func slice(_ a: [RegoValue?]) throws(Refusal) -> RegoValue? {
        let count: Int
        switch a[0] {
        case .string(let text)?: count = text.utf8.count
        case .array(let elements)?: count = elements.count
        default: throw Refusal(message: "can't slice item of type \(a[0].map(typeName) ?? "nil")")
        }
        let start = a.count > 1 ? try position(a[1], count) : 0
        let end = a.count > 2 ? try position(a[2], count) : count
        guard start <= end else { throw Refusal(message: "invalid slice index: \(start) > \(end)") }
        if case .array(let elements)? = a[0] { return .array(Array(elements[start..<end])) }
        return a[0]?.string.map { .string(String(decoding: Array($0.utf8)[start..<end], as: UTF8.self)) }
    }

    // MARK: Escaping

    private static let htmlEscapes: [Unicode.Scalar: String] = [
        "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", "\"": "&#34;", "\u{0}": "\u{FFFD}",
    ]
    private static let scriptEscapes: [Unicode.Scalar: String] = [
        "\\": "\\\\", "'": "\\'", "\"": "\\\"", "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D",
        "\n": "\\u000A", "\r": "\\u000D", "\t": "\\u0009",
    ]

    private static func escaped(_ text: String, _ escapes: [Unicode.Scalar: String]) -> String {
        text.unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}
