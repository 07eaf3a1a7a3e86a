import ArgumentParser

/// Holds the engines against the field's own suites, against the clock and against hostile input.
@main
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waybill-conformance",
        abstract: "Run a conformance suite, a measurement or a fuzz target.",
        subcommands: [
            SuiteCommand.self, BenchCommand.self, FuzzCommand.self, CrashCommand.self, CrashWriterCommand.self,
            AgentSimulationCommand.self,
        ], defaultSubcommand: SuiteCommand.self)
}
