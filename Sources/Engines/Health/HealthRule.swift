import Documents
import Kubernetes

/// How the objects of one custom kind say how they are: clauses in order, the first that holds decides.
struct HealthRule: Sendable {
    /// What a clause asks of an object.
    enum Test: Sendable {
        /// A condition of this type has one of these states; with reasons, also one of these.
        case condition(String, [Status], reasons: [String] = [])
        case noCondition(String)
        /// Any condition of these states whose type is not among the excepted.
        case anyCondition([Status], except: [String])
        /// The field holds one of these texts; numbers and booleans are compared as they are written.
        case field(String, [String])
        case present(String)
        case absent(String)
        /// The first field's number is less than the second's; a missing one counts as given.
        case fewer(String, than: String, missing: Int)
        /// An element of the list for which the inner test holds.
        case some(String, [Test])
        /// The list has elements, and the tests hold for each.
        case every(String, [Test])
    }

    enum Status: String, Sendable {
        case yes = "True"
        case no = "False"
        case unknown = "Unknown"
    }

    /// Where the sentence for people comes from.
    enum Message: Sendable {
        case text(String)
        case condition(String)
        case field(String)
        /// `is in phase X`.
        case phase(String)
        case some(String, condition: String?, field: String?)
    }

    struct Clause: Sendable {
        var tests: [Test]
        var state: ObjectHealth.State
        var message: Message
    }

    var clauses: [Clause]
    /// What holds where no clause does.
    var otherwise: ObjectHealth.State
    var otherwiseMessage: String

    init(
        _ clauses: [Clause], otherwise: ObjectHealth.State = .progressing,
        _ message: String = "has not reported yet"
    ) {
        self.clauses = clauses
        self.otherwise = otherwise
        otherwiseMessage = message
    }

    func assess(_ resource: Resource) -> ObjectHealth {
        for clause in clauses where clause.tests.allSatisfy({ $0.holds(in: resource.value) }) {
            return ObjectHealth(clause.state, clause.message.text(resource.value, clause.state))
        }
        return ObjectHealth(otherwise, otherwiseMessage)
    }
}

extension HealthRule.Test {
    func holds(in object: Value) -> Bool {
        switch self {
        case .condition(let type, let states, let reasons):
            Self.conditions(object).contains { condition in
                condition.type == type && states.contains { $0.rawValue == condition.status }
                    && (reasons.isEmpty || reasons.contains(condition.reason))
            }
        case .noCondition(let type): !Self.conditions(object).contains { $0.type == type }
        case .anyCondition(let states, let except):
            Self.conditions(object).contains { condition in
                !except.contains(condition.type) && states.contains { $0.rawValue == condition.status }
            }
        case .field(let path, let texts): Self.text(object, path).map(texts.contains) ?? false
        case .present(let path): !(Self.value(object, path)?.isEmptyDocument ?? true)
        case .absent(let path): Self.value(object, path)?.isEmptyDocument ?? true
        case .fewer(let path, let other, let missing):
            (Self.value(object, path)?.integer ?? 0) < (Self.value(object, other)?.integer ?? missing)
        case .some(let path, let tests):
            (Self.value(object, path)?.array ?? []).contains { element in tests.allSatisfy { $0.holds(in: element) } }
        case .every(let path, let tests):
            Self.value(object, path)?.array.map { elements in
                !elements.isEmpty && elements.allSatisfy { element in tests.allSatisfy { $0.holds(in: element) } }
            } ?? false
        }
    }

    /// Of an object in its status, of an element of a list in itself.
    static func conditions(_ object: Value) -> [Condition] {
        (object["status"]?["conditions"]?.array ?? object["conditions"]?.array ?? []).compactMap(Condition.init)
    }

    static func value(_ object: Value, _ path: String) -> Value? {
        object[Pointer(path.split(separator: ".").map(String.init))]
    }

    static func text(_ object: Value, _ path: String) -> String? {
        switch value(object, path) {
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.integer.map { String($0) }
        default: nil
        }
    }
}

extension HealthRule.Message {
    func text(_ object: Value, _ state: ObjectHealth.State) -> String {
        let found: String? =
            switch self {
            case .text(let text): text
            case .condition(let type):
                HealthRule.Test.conditions(object).first { $0.type == type }?.explanation
            case .field(let path): HealthRule.Test.text(object, path)
            case .phase(let path): HealthRule.Test.text(object, path).map { "is in phase \($0)" }
            case .some(let path, let condition, let field): Self.element(object, path, condition, field)
            }
        guard let found, !found.isEmpty else { return "is \(state.rawValue)" }
        return found
    }

    private static func element(_ object: Value, _ path: String, _ condition: String?, _ field: String?) -> String? {
        for element in HealthRule.Test.value(object, path)?.array ?? [] {
            if let condition,
                let found = HealthRule.Test.conditions(element).first(where: { $0.type == condition && !$0.isTrue })
            {
                return found.explanation
            }
            if let field, let text = HealthRule.Test.text(element, field), !text.isEmpty { return text }
        }
        return nil
    }
}

extension Value {
    fileprivate var isEmptyDocument: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }
}
