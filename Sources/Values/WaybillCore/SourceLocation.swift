/// A position in a text, both numbers counted from 1; the column counts UTF-8 bytes.
public struct Position: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static let start = Position(line: 1, column: 1)
    public var description: String { "\(line):\(column)" }
    public static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A place in a file that a person can open: `deploy/cart.yaml:12:5`.
public struct SourceLocation: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Relative to the root that was checked, with `/` between components.
    public var file: String
    public var position: Position?

    public init(file: String, position: Position? = nil) {
        self.file = file
        self.position = position
    }

    public init(file: String, line: Int, column: Int = 1) {
        self.init(file: file, position: Position(line: line, column: column))
    }

    public var line: Int? { position?.line }
    public var column: Int? { position?.column }
    public var description: String { position.map { "\(file):\($0)" } ?? file }
    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        if left.file != right.file { return left.file.utf8.lexicographicallyPrecedes(right.file.utf8) }
        return (left.position ?? .start) < (right.position ?? .start)
    }
}
