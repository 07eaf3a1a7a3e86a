import WaybillCore

/// Reads kubectl's selector language, one requirement after the other.
struct LabelSelectorParser {
    private let text: [Character]
    private var index = 0

    /// More requirements are refused.
    static let requirementsMax = 1000

    init(_ text: String) { self.text = Array(text) }

    mutating func requirements() throws(WaybillError) -> [LabelSelector.Requirement] {
        var result: [LabelSelector.Requirement] = []
        skipSpace()
        while index < text.count {
            guard result.count < Self.requirementsMax else { throw LabelSelector.failure("too many requirements") }
            result.append(try requirement())
            skipSpace()
            if index == text.count { break }
            guard take(",") else { throw unexpected("“,”") }
            skipSpace()
            guard index < text.count else { throw unexpected("a requirement") }
        }
        return result
    }

    private mutating func requirement() throws(WaybillError) -> LabelSelector.Requirement {
        if take("!") {
            skipSpace()
            return .doesNotExist(try word("a key"))
        }
        let key = try word("a key")
        skipSpace()
        if take("!=") { return .notEquals(key, value()) }
        if take("==") || take("=") { return .equals(key, value()) }
        if take(">") { return .greaterThan(key, try number()) }
        if take("<") { return .lessThan(key, try number()) }
        if index == text.count || text[index] == "," { return .exists(key) }
        switch try word("an operator") {
        case "in": return .isIn(key, try list())
        case "notin": return .isNotIn(key, try list())
        case let other: throw LabelSelector.failure("unknown operator \(Redaction.excerpt(other))")
        }
    }

    private mutating func list() throws(WaybillError) -> [String] {
        skipSpace()
        guard take("(") else { throw unexpected("“(”") }
        var result: [String] = []
        repeat {
            skipSpace()
            result.append(characters())
            skipSpace()
        } while take(",")
        guard take(")") else { throw unexpected("“)”") }
        return result
    }

    /// May be empty: `app=` asks for an empty label.
    private mutating func value() -> String {
        skipSpace()
        return characters()
    }

    private mutating func number() throws(WaybillError) -> Int {
        let text = value()
        guard let number = Int(text) else {
            throw LabelSelector.failure("\(Redaction.excerpt(text)) is not a whole number")
        }
        return number
    }

    private mutating func word(_ what: String) throws(WaybillError) -> String {
        let word = characters()
        guard !word.isEmpty else { throw unexpected(what) }
        return word
    }

    private mutating func characters() -> String {
        let start = index
        while index < text.count, !"=!,()<> \t".contains(text[index]) { index += 1 }
        return String(text[start..<index])
    }

    private mutating func take(_ token: String) -> Bool {
        let token = Array(token)
        guard text[index...].starts(with: token) else { return false }
        index += token.count
        return true
    }

    private mutating func skipSpace() {
        while index < text.count, text[index] == " " || text[index] == "\t" { index += 1 }
    }

    private func unexpected(_ expected: String) -> WaybillError {
        let found = index < text.count ? Redaction.excerpt(String(text[index...])) : "the end"
        return LabelSelector.failure("expected \(expected), found \(found)")
    }
}
