import ArgumentParser
import Foundation
import PolicyTools

/// The tools for policies in Rego, with the options that users of other Rego tools know.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Write, test, bundle and serve policies in Rego.",
        discussion: """
            Options and output are those of OPA's command line where there is a command of the same name. Exit status of \
            test: 0 all pass, 2 a test fails, 1 they could not be run.
            """,
        subcommands: [
            PolicyEvalCommand.self, PolicyTestCommand.self, PolicyCheckCommand.self, PolicyFormatCommand.self,
            PolicyParseCommand.self, PolicyInspectCommand.self, PolicyDepsCommand.self, PolicyBenchCommand.self,
            PolicyBuildCommand.self, PolicySignCommand.self, PolicyPushCommand.self, PolicyPullCommand.self,
            PolicyServeCommand.self, TestFilesCommand.self, VerifySuiteCommand.self,
        ])
}

extension ToolOutput {
    /// Prints, and ends the command with the status.
    func finish() throws {
        if !output.isEmpty { FileHandle.standardOutput.write(Data(output.utf8)) }
        if !diagnostics.isEmpty { FileHandle.standardError.write(Data(diagnostics.utf8)) }
        if status != 0 { throw ExitCode(status) }
    }
}
