/// What a command says and how it ends.
public struct ToolOutput: Sendable, Hashable {
    /// For standard output.
    public var output: String
    /// For standard error.
    public var diagnostics: String
    /// The exit status.
    public var status: Int32

    public init(output: String = "", diagnostics: String = "", status: Int32 = 0) {
        self.output = output
        self.diagnostics = diagnostics
        self.status = status
    }
}
