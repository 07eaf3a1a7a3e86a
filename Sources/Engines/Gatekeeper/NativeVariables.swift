import CEL
import Synchronization

/// The variables of one judgement, as expressions see them: each is computed once, when somebody first asks for it, and
/// sees only those before it.
struct NativeVariables: CELHost {
    private let memory: Memory
    private let visible: Int
    var typeName: String { "variables" }

    init(_ variables: [(name: String, program: CELProgram)], values: [String: CELValue]) {
        memory = Memory(variables, values)
        visible = variables.count
    }

    private init(_ memory: Memory, visible: Int) {
        self.memory = memory
        self.visible = visible
    }

    func member(_ name: String) throws(CELError) -> CELValue? {
        guard let index = memory.variables[..<visible].firstIndex(where: { $0.name == name }) else { return nil }
        if let known = memory.found(index) { return try known.get() }
        // Those before it come first, so that a long chain does not become a deep one.
        for earlier in 0..<index where memory.found(earlier) == nil { memory.compute(earlier) }
        return try memory.compute(index).get()
    }

    private final class Memory: Sendable {
        let variables: [(name: String, program: CELProgram)]
        private let values: [String: CELValue]
        private let results = Mutex<[Int: Result<CELValue, CELError>]>([:])

        init(_ variables: [(name: String, program: CELProgram)], _ values: [String: CELValue]) {
            self.variables = variables
            self.values = values
        }

        func found(_ index: Int) -> Result<CELValue, CELError>? { results.withLock { $0[index] } }

        @discardableResult
        func compute(_ index: Int) -> Result<CELValue, CELError> {
            let (name, program) = variables[index]
            var known = values
            known["variables"] = .host(NativeVariables(self, visible: index))
            let result: Result<CELValue, CELError>
            do throws(CELError) {
                result = .success(try program.evaluate(known))
            } catch {
                result = .failure(CELError("composited variable \"\(name)\" fails to evaluate: \(error.message)"))
            }
            results.withLock { $0[index] = result }
            return result
        }
    }
}
