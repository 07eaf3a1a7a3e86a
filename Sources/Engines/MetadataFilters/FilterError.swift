public import WaybillCore

/// Why a filter is not one: every place that was found wrong, in the order in which they were met.
public struct FilterError: Error, Hashable, Sendable {
    public struct Problem: Hashable, Sendable {
        /// Characters before the place.
        public var offset: Int
        public var message: String

        public init(offset: Int, message: String) {
            self.offset = offset
            self.message = message
        }
    }

    public var text: String
    public var problems: [Problem]

    public init(text: String, problems: [Problem]) {
        self.text = text
        self.problems = problems
    }

    init(text: String, offset: Int, _ message: String) {
        self.init(text: text, problems: [Problem(offset: offset, message: message)])
    }

    /// Line and column of a problem, both counted from one.
    public func place(of problem: Problem) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for scalar in text.unicodeScalars.prefix(problem.offset) {
            if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
        }
        return (line, column)
    }
}

extension FilterError: CustomStringConvertible {
    public var description: String {
        problems.map { problem in
            let place = place(of: problem)
            return "\(place.line):\(place.column): \(problem.message)"
        }.joined(separator: "; ")
    }
}

extension WaybillError {
    /// The same for callers of other modules.
    public init(_ error: FilterError) {
        self.init(
            .invalidInput, "the filter cannot be read at \(error)",
            subject: "filter \(Redaction.excerpt(error.text))",
            remedy: #"write restrictions such as kind="VULNERABILITY" AND resourceUri="https://…""#)
    }
}
