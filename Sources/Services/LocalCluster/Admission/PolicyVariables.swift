import CEL
import Synchronization

/// The variables of a policy in one judgement: each is computed once, when somebody first asks for it, and sees only
/// those before it.
struct PolicyVariables: CELHost {
    private let memory: Memory
    private let visible: Int
    var typeName: String { "variables" }

    init(_ expressions: [(name: String, text: String)], values: [String: CELValue]) {
        memory = Memory(expressions, values)
        visible = expressions.count
    }

    private init(_ memory: Memory, visible: Int) {
        self.memory = memory
        self.visible = visible
    }

    func member(_ name: String) throws(CELError) -> CELValue? {
        guard let index = memory.expressions[..<visible].firstIndex(where: { $0.name == name }) else { return nil }
        if let known = memory.found(index) { return try known.get() }
        // Those that it names come first, so that a long chain does not become a deep one.
        for earlier in memory.needed(by: index) where memory.found(earlier) == nil { memory.compute(earlier) }
        return try memory.compute(index).get()
    }

    private final class Memory: Sendable {
        let expressions: [(name: String, text: String)]
        private let values: [String: CELValue]
        private let results = Mutex<[Int: Result<CELValue, CELError>]>([:])

        init(_ expressions: [(name: String, text: String)], _ values: [String: CELValue]) {
            self.expressions = expressions
            self.values = values
        }

        func found(_ index: Int) -> Result<CELValue, CELError>? { results.withLock { $0[index] } }

        /// The variables that one names, and those that they name, in their order.
        func needed(by index: Int) -> [Int] {
            var needed: Set<Int> = [index]
            for later in stride(from: index, through: 0, by: -1) where needed.contains(later) {
                for earlier in 0..<later where expressions[later].text.contains(expressions[earlier].name) {
                    needed.insert(earlier)
                }
            }
            return needed.subtracting([index]).sorted()
        }

        @discardableResult
        func compute(_ index: Int) -> Result<CELValue, CELError> {
            let (name, text) = expressions[index]
            var known = values
            known["variables"] = .host(PolicyVariables(self, visible: index))
            let result: Result<CELValue, CELError>
            do throws(CELError) {
                result = .success(
                    try CELPrograms.shared.program(text, PolicyExpressions.names).evaluate(known))
            } catch {
                result = .failure(CELError("composited variable \"\(name)\" fails to evaluate: \(error.message)"))
            }
            results.withLock { $0[index] = result }
            return result
        }
    }
}
