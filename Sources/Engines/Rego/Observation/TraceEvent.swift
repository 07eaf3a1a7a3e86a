public import Documents

/// One step of an evaluation.
public struct TraceEvent: Sendable, Hashable {
    public enum Operation: String, Sendable {
        /// A rule is tried.
        case enter
        case eval
        /// A statement has one more solution.
        case redo
        /// A rule has a solution.
        case exit
        case fail
        /// `trace("…")`
        case note
    }

    public var operation: Operation
    public var queryID: Int
    public var parentID: Int
    /// How many rules are open around it.
    public var depth: Int
    public var isRule: Bool
    public var file: String
    public var row: Int
    public var column: Int
    public var message: String
}

/// Which events an explanation shows.
public enum Explanation: String, Sendable, CaseIterable {
    case full
    /// Notes, and the rules around them.
    case notes
    /// What failed, and the rules around it.
    case fails
}

extension [TraceEvent] {
    public func explaining(_ explanation: Explanation) -> [TraceEvent] {
        let wanted: TraceEvent.Operation
        switch explanation {
        case .full: return self
        case .notes: wanted = .note
        case .fails: wanted = .fail
        }
        var kept: Set<Int> = []
        var open: [(query: Int, index: Int)] = []
        for (index, event) in enumerated() {
            if event.operation == .enter {
                while let last = open.last, self[last.index].depth >= event.depth { open.removeLast() }
                open.append((event.queryID, index))
            }
            if event.operation == wanted {
                kept.insert(index)
                for entry in open where self[entry.index].depth <= event.depth { kept.insert(entry.index) }
            }
        }
        return indices.filter(kept.contains).map { self[$0] }
    }

    /// As `explain` answers over HTTP: one object for each event. The node is the statement's text.
    public func document(_ policy: CompiledPolicy) -> Documents.Value {
        .array(
            map { event in
                [
                    "op": .string(event.operation.rawValue), "query_id": .integer(event.queryID),
                    "parent_id": .integer(event.parentID), "type": .string(event.isRule ? "rule" : "expr"),
                    "node": ["text": .string(policy.sourceLine(event.file, event.row, event.column))],
                    "locals": .array([]), "message": .string(event.message),
                    "location": [
                        "file": .string(event.file), "row": .integer(event.row), "col": .integer(event.column),
                    ],
                ]
            })
    }

    /// For people: a line for each event, indented by the rules around it.
    public func lines(_ policy: CompiledPolicy) -> [String] {
        map { event in
            let place =
                event.file.isEmpty ? "query:\(Swift.max(event.row, 1))" : "\(event.file):\(event.row):\(event.column)"
            let word = event.operation.rawValue.prefix(1).uppercased() + event.operation.rawValue.dropFirst()
            let text =
                event.operation == .note
                ? "\"\(event.message)\"" : policy.sourceLine(event.file, event.row, event.column)
            return "\(place)  " + String(repeating: "| ", count: event.depth) + "\(word) \(text)"
        }
    }
}
