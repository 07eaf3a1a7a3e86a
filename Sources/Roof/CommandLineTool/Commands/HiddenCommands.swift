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

/// What runs inside a pod's network namespace and carries connections into it.
struct PodProxyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pod-proxy", abstract: "Run by the local cluster inside a pod's namespaces.", shouldDisplay: false)

    @Argument(parsing: .allUnrecognized, help: "The socket and the pod's name.")
    var arguments: [String]

    func run() throws { throw ExitCode(PodProxy.run(arguments)) }
}
