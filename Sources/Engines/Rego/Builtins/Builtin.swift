import RegularExpressions
import WaybillCore

/// A function that every policy can call.
struct Builtin: Sendable {
    typealias Body = @Sendable (Arguments) throws(BuiltinFailure) -> RegoValue?

    let name: String
    let arity: Int
    /// Has many results: `walk`.
    var isRelation = false
    /// `with` may not replace it.
    var isIrreplaceable = false
    private let function: Body

    init(
        _ name: String, _ arity: Int, isRelation: Bool = false, isIrreplaceable: Bool = false,
        _ function: @escaping Body
    ) {
        self.name = name
        self.arity = arity
        self.isRelation = isRelation
        self.isIrreplaceable = isIrreplaceable
        self.function = function
    }

    func body(_ values: [RegoValue], _ host: BuiltinHost) throws(BuiltinFailure) -> RegoValue? {
        try function(Arguments(values: values, host: host))
    }
}

/// Why a builtin has no result.
struct BuiltinFailure: Error {
    enum Kind { case type, other, conflict }

    var kind: Kind
    var message: String
    /// Ends the evaluation even where errors are not strict.
    var isFatal = false

    init(_ message: String) {
        kind = .other
        self.message = message
    }

    init(type message: String) {
        kind = .type
        self.message = message
    }
}

/// What the arguments of a call are asked for.
struct Arguments {
    let values: [RegoValue]
    let host: BuiltinHost

    subscript(index: Int) -> RegoValue { values[index] }

    func wrong(_ index: Int, _ expected: String, _ got: RegoValue? = nil) -> BuiltinFailure {
        BuiltinFailure(type: "operand \(index + 1) must be \(expected) but got \((got ?? values[index]).typeName)")
    }

    func string(_ index: Int) throws(BuiltinFailure) -> String {
        guard case .string(let text) = values[index] else { throw wrong(index, "string") }
        return text
    }

    func number(_ index: Int) throws(BuiltinFailure) -> RegoNumber {
        guard case .number(let number) = values[index] else { throw wrong(index, "number") }
        return number
    }

    /// For functions on numbers of any size, which name the type they want otherwise than the others.
    func wholeNumber(_ index: Int) throws(BuiltinFailure) -> BigInteger {
        guard values[index].number != nil else { throw wrong(index, "integer") }
        return try integer(index)
    }

    func integer(_ index: Int) throws(BuiltinFailure) -> BigInteger {
        let number = try number(index)
        guard let integer = number.integer else {
            throw BuiltinFailure(type: "operand \(index + 1) must be integer number but got floating-point number")
        }
        return integer
    }

    func int(_ index: Int) throws(BuiltinFailure) -> Int {
        guard let int = try integer(index).int else {
            throw BuiltinFailure(type: "operand \(index + 1) must be integer number but got a number too large")
        }
        return int
    }

    func bool(_ index: Int) throws(BuiltinFailure) -> Bool {
        guard case .bool(let value) = values[index] else { throw wrong(index, "boolean") }
        return value
    }

    func array(_ index: Int) throws(BuiltinFailure) -> [RegoValue] {
        guard case .array(let elements) = values[index] else { throw wrong(index, "array") }
        return elements
    }

    func object(_ index: Int) throws(BuiltinFailure) -> RegoObject {
        guard case .object(let object) = values[index] else { throw wrong(index, "object") }
        return object
    }

    func set(_ index: Int) throws(BuiltinFailure) -> RegoSet {
        guard case .set(let set) = values[index] else { throw wrong(index, "set") }
        return set
    }

    /// The members of an array or set.
    func elements(_ index: Int, _ expected: String = "one of {set, array}") throws(BuiltinFailure) -> [RegoValue] {
        guard let elements = values[index].elements else { throw wrong(index, expected) }
        return elements
    }

    func strings(_ index: Int) throws(BuiltinFailure) -> [String] {
        var result: [String] = []
        for element in try elements(index) {
            guard let text = element.string else {
                throw BuiltinFailure(
                    type:
                        "operand \(index + 1) must be \(values[index].typeName) of strings but got \(values[index].typeName)"
                        + " containing \(element.typeName)")
            }
            result.append(text)
        }
        return result
    }
}

/// What builtins share during one evaluation.
final class BuiltinHost {
    let surroundings: EvaluationSurroundings
    private var expressions: [String: RegularExpression] = [:]
    /// Time zones read so far.
    var zones: [String: ZoneInfo] = [:]
    private var randomState: UInt64

    /// Compiled patterns that are kept.
    static let expressionsMax = 256

    init(_ surroundings: EvaluationSurroundings) {
        self.surroundings = surroundings
        randomState = surroundings.seed
    }

    func expression(_ pattern: String) throws(BuiltinFailure) -> RegularExpression {
        if let known = expressions[pattern] { return known }
        let compiled: RegularExpression
        do {
            compiled = try RegularExpression(pattern)
        } catch {
            throw BuiltinFailure("error parsing regexp: \(RegexBuiltins.complaint(error.message))")
        }
        if expressions.count >= Self.expressionsMax { expressions.removeAll() }
        expressions[pattern] = compiled
        return compiled
    }

    /// The same name gives the same number within an evaluation.
    func random(_ name: String) -> UInt64 {
        var state = randomState
        for byte in name.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // SplitMix64's finishing steps.
        state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
        return state ^ (state >> 31)
    }
}

/// All builtins by name.
struct Builtins: Sendable {
    let all: [Builtin]
    private let indexes: [String: Int]

    init(_ families: [[Builtin]]) {
        all = families.flatMap { $0 }
        indexes = Dictionary(all.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    func index(of name: String) -> Int? { indexes[name] }
    subscript(index: Int) -> Builtin { all[index] }
    var names: [String] { all.map(\.name) }

    static let standard = Builtins(families)
}
