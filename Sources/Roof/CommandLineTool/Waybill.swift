public import ArgumentParser
import WaybillCore

/// The command line: parse arguments, call a service, print.
public struct Waybill: AsyncParsableCommand {
    static let version = "0.1.0"

    private static let commands: [any ParsableCommand.Type] = [
        CheckCommand.self, ScanCommand.self, FixCommand.self, RenderCommand.self, UpCommand.self, DemoCommand.self,
        WhyCommand.self,
        ExposureCommand.self,
        ChangeCommand.self,
        PromoteCommand.self, RollbackCommand.self, RepositoryCommand.self, AdvisoriesCommand.self,
        AppCommand.self, EnvironmentCommand.self, ReleaseCommand.self,
        ClusterCommand.self,
        DoctorCommand.self, PolicyCommand.self, LedgerCommand.self, EvidenceCommand.self,
        SignCommand.self, AttestCommand.self, VerifyCommand.self, KeyCommand.self,
        LayoutCommand.self, AdmitCommand.self, BreakglassCommand.self,
        SignerCommand.self, HookCommand.self, PodProxyCommand.self,
    ]

    public static let configuration = CommandConfiguration(
        commandName: "waybill",
        abstract:
            "Takes a container from a signed commit to a running workload, and lets nothing through without its papers.",
        version: version,
        subcommands: CommandGroups.hidden(commands), groupedSubcommands: CommandGroups.shown(commands))
    public init() {}

    /// Runs the command that the process's arguments name, and ends the process with its status.
    public static func run() async {
        if let mistake = CommandSpelling.mistake(in: CommandLine.arguments.dropFirst()) {
            Terminal.error(mistake)
            exit(withError: ExitCode(64))
        }
        await main()
    }

    /// Lets a signer that root starts give root's rights up; does nothing for every other command line. To be called while
    /// the process has one thread. Returns the status with which the process must end when that failed.
    public static func becomeSigner(_ arguments: [String]) -> Int32? {
        guard arguments.dropFirst().starts(with: ["signer", "serve"]),
            // A line that cannot be parsed is the command's to refuse.
            let command = try? SignerCommand.Serve.parse(Array(arguments.dropFirst(3)))
        else { return nil }
        do throws(WaybillError) {
            try command.becomeOwnUser()
            return nil
        } catch {
            Terminal.error(error)
            return ExitStatus.unknown.rawValue
        }
    }

    /// Runs a plain `waybill render` and returns its status; nil for every other command line.
    ///
    /// Rendering is asked for often, by scripts and editors, and takes less time than it takes to set up the parser of
    /// all commands, which looks through the whole program for the types that it needs.
    public static func runQuickly(_ arguments: [String]) -> Int32? {
        guard arguments.count > 1, arguments[1] == "render" else { return nil }
        return Rendering(plain: arguments.dropFirst(2))?.run().rawValue
    }
}
