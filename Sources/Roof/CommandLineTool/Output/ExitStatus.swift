import ArgumentParser

/// How a command ends: the same everywhere.
enum ExitStatus {
    /// Yes.
    static let yes = ExitCode(0)
    /// The answer is no.
    static let no = ExitCode(1)
    /// We could not find out.
    static let unknown = ExitCode(2)
}

/// The form of a command's results on standard output.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}
