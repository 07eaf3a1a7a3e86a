public import ArgumentParser

/// The command line: parse arguments, call a service, print.
public struct Waybill: AsyncParsableCommand {
    static let version = "0.1.0"

    public static let configuration = CommandConfiguration(
        commandName: "waybill",
        abstract:
            "Takes a container from a signed commit to a running workload, and lets nothing through without its papers.",
        version: version,
        subcommands: [
            CheckCommand.self, ScanCommand.self, FixCommand.self, RenderCommand.self, UpCommand.self, DemoCommand.self,
            WhyCommand.self,
            ExposureCommand.self,
            ChangeCommand.self,
            PromoteCommand.self, RollbackCommand.self, RepositoryCommand.self, AdvisoriesCommand.self,
            AppCommand.self, EnvironmentCommand.self, ReleaseCommand.self,
            DoctorCommand.self, PolicyCommand.self, LedgerCommand.self, EvidenceCommand.self,
            SignCommand.self, AttestCommand.self, VerifyCommand.self, KeyCommand.self,
            LayoutCommand.self, AdmitCommand.self,
            SignerCommand.self, HookCommand.self, PodProxyCommand.self,
        ])
    public init() {}

    /// Runs the command that the process's arguments name, and ends the process with its status.
    public static func run() async { await main() }
}
