import ArgumentParser
import ForgeService
import LocalCluster

/// What git's hooks run: asks the forge about a push.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Run by Git's hooks in hosted repositories.", shouldDisplay: false)

    @Argument(help: "The hook's name.")
    var name: String

    func run() throws {
        guard name == "pre-receive" else { throw ValidationError("unknown hook \(name)") }
        throw ExitCode(ForgeService.runHook())
    }
}
