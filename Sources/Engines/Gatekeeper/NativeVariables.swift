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
        if let known = memory.found.withLock({ $0[index] }) { return try known.get() }
        var values = memory.values
        values["variables"] = .host(NativeVariables(memory, visible: index))
        let result: Result<CELValue, CELError>
        do throws(CELError) {
            result = .success(try memory.variables[index].program.evaluate(values))
        } catch {
            result = .failure(CELError("composited variable \"\(name)\" fails to evaluate: \(error.message)"))
        }
        memory.found.withLock { $0[index] = result }
        return try result.get()
    }

    private final class Memory: Sendable {
        let variables: [(name: String, program: CELProgram)]
        let values: [String: CELValue]
        let found = Mutex<[Int: Result<CELValue, CELError>]>([:])

        init(_ variables: [(name: String, program: CELProgram)], _ values: [String: CELValue]) {
            self.variables = variables
            self.values = values
        }
    }
}
