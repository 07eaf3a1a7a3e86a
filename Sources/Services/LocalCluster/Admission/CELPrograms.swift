import CEL
import Synchronization

/// Expressions are compiled once. The cache has a bound: beyond it everything is compiled anew.
final class CELPrograms: Sendable {
    static let shared = CELPrograms()
    private static let programsMax = 1024

    private let programs = Mutex<[String: CELProgram]>([:])

    func program(_ text: String, _ names: [String: CELType]) throws(CELError) -> CELProgram {
        if let known = programs.withLock({ $0[text] }) { return known }
        let program = try CELProgram(text, variables: names)
        programs.withLock { programs in
            if programs.count >= Self.programsMax { programs = [:] }
            programs[text] = program
        }
        return program
    }
}
