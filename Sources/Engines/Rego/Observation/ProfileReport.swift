public import Documents

/// How often each statement was evaluated, and for how long.
public struct ProfileReport: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public var file: String
        public var row: Int
        public var column: Int
        public var evaluations: Int
        /// Solutions after the first.
        public var repetitions: Int
        /// Steps that the statement was compiled to.
        public var steps: Int
        public var nanoseconds: Int
    }

    /// The longest first.
    public var entries: [Entry]

    public var document: Documents.Value {
        .array(
            entries.map { entry in
                [
                    "total_time_ns": .integer(entry.nanoseconds), "num_eval": .integer(entry.evaluations),
                    "num_redo": .integer(entry.repetitions), "num_gen_expr": .integer(entry.steps),
                    "location": [
                        "file": .string(entry.file), "row": .integer(entry.row), "col": .integer(entry.column),
                    ],
                ]
            })
    }
}

extension EvaluationRecorder {
    public var profile: ProfileReport {
        let entries = counts.map { place, counts in
            ProfileReport.Entry(
                file: place.file, row: place.row, column: place.column, evaluations: counts.evaluations,
                repetitions: counts.repetitions, steps: counts.steps.count, nanoseconds: counts.nanoseconds)
        }
        return ProfileReport(
            entries: entries.sorted {
                ($1.nanoseconds, $1.evaluations, $0.file, $0.row, $0.column)
                    < ($0.nanoseconds, $0.evaluations, $1.file, $1.row, $1.column)
            })
    }
}
