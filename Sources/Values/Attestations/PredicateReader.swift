import Documents
import WaybillCore

/// Reads the members of a predicate. Members that nobody asks for are left alone, as in-toto demands of consumers; a
/// member of the wrong type is an error.
struct PredicateReader {
    let value: Value
    /// Where the value stands, for messages: `provenance.runDetails`.
    let path: String

    init(_ value: Value, _ path: String) throws(WaybillError) {
        self.value = value
        self.path = path
        guard value.object != nil else { throw bad("", "an object") }
    }

    func bad(_ key: String, _ expected: String) -> WaybillError {
        let name = key.isEmpty ? path : "\(path).\(key)"
        return WaybillError(.invalidInput, "expected \(expected)", subject: name)
    }

    /// The member; nil where it is missing or null.
    func member(_ key: String) -> Value? {
        guard let found = value[key], !found.isNull else { return nil }
        return found
    }

    func string(_ key: String) throws(WaybillError) -> String? {
        guard let found = member(key) else { return nil }
        guard let text = found.string else { throw bad(key, "a string") }
        return text
    }

    func requiredString(_ key: String) throws(WaybillError) -> String {
        guard let text = try string(key), !text.isEmpty else { throw bad(key, "a string that is not empty") }
        return text
    }

    func integer(_ key: String) throws(WaybillError) -> Int? {
        guard let found = member(key) else { return nil }
        guard let number = found.integer else { throw bad(key, "a whole number") }
        return number
    }

    func bool(_ key: String) throws(WaybillError) -> Bool? {
        guard let found = member(key) else { return nil }
        guard let flag = found.bool else { throw bad(key, "true or false") }
        return flag
    }

    func time(_ key: String) throws(WaybillError) -> Timestamp? {
        guard let text = try string(key) else { return nil }
        guard let time = Timestamp(text) else { throw bad(key, "a time as in 2026-11-21T12:00:00Z") }
        return time
    }

    func requiredTime(_ key: String) throws(WaybillError) -> Timestamp {
        guard let time = try time(key) else { throw bad(key, "a time as in 2026-11-21T12:00:00Z") }
        return time
    }

    /// Base 64 of either alphabet.
    func bytes(_ key: String) throws(WaybillError) -> [UInt8]? {
        guard let text = try string(key) else { return nil }
        guard let bytes = Base64.decode(text) else { throw bad(key, "base 64") }
        return bytes
    }

    func requiredBytes(_ key: String) throws(WaybillError) -> [UInt8] {
        guard let bytes = try bytes(key), !bytes.isEmpty else { throw bad(key, "base 64 that is not empty") }
        return bytes
    }

    /// A whole number, or one in quotes as protocol buffers write those of 64 bits.
    func wholeNumber(_ key: String) throws(WaybillError) -> Int? {
        guard let found = member(key) else { return nil }
        guard let number = found.integer ?? found.string.flatMap(Int.init), number >= 0 else {
            throw bad(key, "a whole number from 0")
        }
        return number
    }

    func strings(_ key: String) throws(WaybillError) -> [String] {
        var result: [String] = []
        for element in try elements(key) {
            guard let text = element.string else { throw bad(key, "a list of strings") }
            result.append(text)
        }
        return result
    }

    /// The list; empty where it is missing.
    func elements(_ key: String) throws(WaybillError) -> [Value] {
        guard let found = member(key) else { return [] }
        guard let list = found.array else { throw bad(key, "a list") }
        return list
    }

    func object(_ key: String) throws(WaybillError) -> PredicateReader? {
        guard let found = member(key) else { return nil }
        return try PredicateReader(found, "\(path).\(key)")
    }

    func requiredObject(_ key: String) throws(WaybillError) -> PredicateReader {
        guard let found = try object(key) else { throw bad(key, "an object") }
        return found
    }

    func objects(_ key: String) throws(WaybillError) -> [PredicateReader] {
        var result: [PredicateReader] = []
        for element in try elements(key) {
            result.append(try PredicateReader(element, "\(path).\(key)[\(result.count)]"))
        }
        return result
    }

    func word<Word: RawRepresentable & CaseIterable>(_ key: String, as type: Word.Type = Word.self) throws(WaybillError)
        -> Word
    where Word.RawValue == String {
        guard let text = try string(key), let word = Word(rawValue: text) else {
            throw bad(key, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// A map of digests: algorithm to hash.
    func digests(_ key: String) throws(WaybillError) -> [String: String] {
        guard let found = try object(key) else { return [:] }
        var result: [String: String] = [:]
        for member in found.value.object?.members ?? [] {
            guard let hash = member.value.string else { throw found.bad(member.key, "a string") }
            result[member.key] = hash
        }
        return result
    }
}

extension Value {
    /// An object of the members that have a value.
    static func members(_ members: (key: String, value: Value?)...) -> Value {
        .object(Object(members.compactMap { member in member.value.map { (key: member.key, value: $0) } }))
    }

    static func strings(_ texts: [String]) -> Value { .array(texts.map(Value.string)) }

    static func digests(_ digests: [String: String]) -> Value {
        .object(
            Object(digests.sorted { $0.key.precedesByBytes($1.key) }.map { (key: $0.key, value: .string($0.value)) }))
    }

    static func time(_ time: Timestamp) -> Value { .string(time.description) }
}
