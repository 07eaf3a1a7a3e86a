public import Rego

/// `fmt`: modules in the layout that everybody's have.
public struct FormatTool: Sendable {
    public var version: RegoVersion
    /// Names the files that would change, instead of printing them.
    public var lists: Bool
    /// Shows what would change.
    public var showsDifference: Bool
    /// Status 1 when something would change.
    public var fails: Bool
    /// Lays the result out once more: it must not change again.
    public var checksResult: Bool

    public init(
        version: RegoVersion = .v1, lists: Bool = false, showsDifference: Bool = false, fails: Bool = false,
        checksResult: Bool = true
    ) {
        self.version = version
        self.lists = lists
        self.showsDifference = showsDifference
        self.fails = fails
        self.checksResult = checksResult
    }

    /// One module. The new text is nil where there is nothing to change; the output is what is printed when the file
    /// is not written.
    public func run(_ text: String, file: String) -> (output: ToolOutput, changed: String?) {
        let result: String
        do {
            result = try RegoFormatter.format(text, file: file, version: version)
            if checksResult, try RegoFormatter.format(result, file: file, version: version) != result {
                return (
                    ToolOutput(
                        diagnostics: "\(file): the layout does not settle: the file is left as it is\n", status: 2),
                    nil
                )
            }
        } catch {
            return (ToolOutput(diagnostics: ErrorReport(error).text, status: 2), nil)
        }
        let isChanged = result != text
        var output = ToolOutput(status: fails && isChanged ? 1 : 0)
        if lists {
            if isChanged { output.output = file + "\n" }
        } else if showsDifference {
            if isChanged { output.output = LineDifference.text(text, result, file: file) }
        } else {
            output.output = result
        }
        return (output, isChanged ? result : nil)
    }
}
