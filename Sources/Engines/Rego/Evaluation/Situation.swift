/// Input, data and replacements as they hold at one point; `with` makes a new one.
final class Situation {
    enum Known {
        case running
        case value(RegoValue)
        case undefined
    }

    enum Replaced {
        case value(RegoValue)
        case callee(Call.Callee)
    }

    let input: UnsafePointer<RegoValue>?
    let data: UnsafePointer<RegoValue>
    /// Data is what the program was linked to, and all rules are seen.
    let hasOwnData: Bool
    /// Nodes whose rules are hidden by replaced data.
    let hidden: Set<Int>
    let replaced: [Call.Callee: Replaced]
    let hasReplacements: Bool
    /// Documents evaluated so far, by group.
    var documents: [Int: Known] = [:]
    /// Whole packages evaluated so far, by node.
    var packages: [Int: RegoValue] = [:]
    private let ownedInput: UnsafeMutablePointer<RegoValue>?
    private let ownedData: UnsafeMutablePointer<RegoValue>?

    init(program: Program, input: RegoValue?) {
        ownedInput = input.map(Self.owned)
        ownedData = nil
        self.input = ownedInput.map { UnsafePointer($0) }
        data = program.data
        hasOwnData = true
        hidden = []
        replaced = [:]
        hasReplacements = false
    }

    /// What differs from another situation.
    struct Change {
        /// Nil leaves the input as it is.
        var input: RegoValue?
        var data: RegoValue?
        var hidden: Set<Int>
        var replaced: [Call.Callee: Replaced]
    }

    init(_ outer: Situation, _ change: Change) {
        ownedInput = (change.input ?? outer.input?.pointee).map(Self.owned)
        input = ownedInput.map { UnsafePointer($0) }
        if change.data != nil || !outer.hasOwnData {
            let owned = Self.owned(change.data ?? outer.data.pointee)
            ownedData = owned
            data = UnsafePointer(owned)
            hasOwnData = false
        } else {
            ownedData = nil
            data = outer.data
            hasOwnData = true
        }
        hidden = change.hidden
        replaced = change.replaced
        hasReplacements = !replaced.isEmpty
    }

    private static func owned(_ value: RegoValue) -> UnsafeMutablePointer<RegoValue> {
        let pointer = UnsafeMutablePointer<RegoValue>.allocate(capacity: 1)
        pointer.initialize(to: value)
        return pointer
    }

    deinit {
        for pointer in [ownedInput, ownedData] {
            pointer?.deinitialize(count: 1)
            pointer?.deallocate()
        }
    }
}
