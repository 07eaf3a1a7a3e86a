/// Input, data and replacements as they hold at one point; `with` makes a new one.
final class Situation {
    enum Known {
        case running
        case value(RegoValue)
        case undefined
    }

    let input: RegoValue?
    let data: RegoValue
    /// Nodes whose rules are hidden by replaced data.
    let hidden: Set<Int>
    let replaced: [Call.Callee: Replaced]
    /// Documents evaluated so far, by group.
    var documents: [Int: Known] = [:]
    /// Whole packages evaluated so far, by node.
    var packages: [Int: RegoValue] = [:]

    enum Replaced {
        case value(RegoValue)
        case callee(Call.Callee)
    }

    init(input: RegoValue?, data: RegoValue, hidden: Set<Int> = [], replaced: [Call.Callee: Replaced] = [:]) {
        self.input = input
        self.data = data
        self.hidden = hidden
        self.replaced = replaced
    }
}

/// The slots of one rule that is being evaluated.
final class Frame {
    var slots: [RegoValue]
    init(slotCount: Int) { slots = Array(repeating: .null, count: slotCount) }
}
