import ArgumentParser

/// The tools for policies in Rego.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Test files against policies in Rego, and the policies themselves.",
        subcommands: [TestFilesCommand.self, VerifySuiteCommand.self])
}
