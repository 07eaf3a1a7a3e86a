import CEL
import Synchronization

/// Expressions are compiled once. The cache has a bound: beyond it everything is compiled anew.
final class CELPrograms: Sendable {
    static let shared = CELPrograms()
    private static let programsMax = 1024

    /// The same text means something else where other names are known.
    private struct Key: Hashable {
        var text: String
        var names: [String: CELType]
    }

    private let programs = Mutex<[Key: CELProgram]>([:])

    func program(_ text: String, _ names: [String: CELType]) throws(CELError) -> CELProgram {
        let key = Key(text: text, names: names)
        if let known = programs.withLock({ $0[key] }) { return known }
        let program = try CELProgram(text, variables: names)
        programs.withLock { programs in
            if programs.count >= Self.programsMax { programs = [:] }
            programs[key] = program
        }
        return program
    }
}
