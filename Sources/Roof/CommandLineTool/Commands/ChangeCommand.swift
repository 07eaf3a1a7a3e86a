import ArgumentParser
import Attestations
import Documents
import Foundation
import Processes
import WaybillCore

/// Changes: propose, look at, review, merge.
struct ChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Propose, review and merge changes.",
        subcommands: [Open.self, List.self, Approve.self, Reject.self, Merge.self])

    struct Connection: ParsableArguments {
        @Argument(help: "The repository's name at the forge.") var repository: String
        @Option(help: "Whose token to use: a name in the state folder's secrets.") var identity = "admin"
        @OptionGroup var state: StateOption

        func operations() throws(WaybillError) -> ChangeOperations {
            let addresses = try state.folder.readAddresses()
            return ChangeOperations(
                client: ServiceClient(base: addresses.forge, token: try state.folder.token(for: identity)),
                repository: repository)
        }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "open", abstract: "Propose to merge a pushed branch into main.")
        @OptionGroup var connection: Connection
        @Option(help: "The pushed branch.") var branch: String
        @Option(help: "One line that says what it does.") var title: String

        func run() async throws {
            try await Guarded.run {
                let change = try await connection.operations().open(branch: branch, title: title)
                Terminal.result("change \(change["id"]?.integer ?? 0): \(title)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List changes with their state.")
        @OptionGroup var connection: Connection
        @Option(help: "text or json.") var output: OutputFormat = .text

        func run() async throws {
            try await Guarded.run {
                let changes = try await connection.operations().list()
                if output == .json { return Terminal.result(JSONWriter.string(.array(changes), style: .pretty)) }
                Terminal.result(
                    Terminal.table(
                        changes.map { change in
                            [
                                String(change["id"]?.integer ?? 0), change["state"]?.string ?? "",
                                change["branch"]?.string ?? "",
                                change["title"]?.string ?? "",
                            ]
                        }))
            }
        }
    }

    struct Decision: ParsableArguments {
        @Argument(help: "The change's number.") var id: Int
        @Option(help: "Your identity, as the allowed-signers file names it.") var reviewer: String
        @Option(help: "Your SSH key.") var key = "~/.ssh/id_ed25519"
        @Option(help: "Your clone of the repository.") var clone = "."
        @Option(help: "What the author should know.") var comment: String?

        func review(_ decision: Review.Decision, _ connection: Connection) async throws {
            let key = NSString(string: key).expandingTildeInPath
            let verdict = try await connection.operations().review(
                id, decision, reviewer: reviewer, key: key, clone: clone,
                environment: ProcessInfo.processInfo.environment,
                comment: comment)
            guard verdict.isAllowed else {
                Terminal.result(FindingReport.text(verdict.violations))
                throw ExitStatus.no
            }
            Terminal.result("\(decision.rawValue): recorded, and it counts")
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Sign an approval of a change's head.")
        @OptionGroup var connection: Connection
        @OptionGroup var decision: Decision
        func run() async throws { try await Guarded.run { try await decision.review(.approve, connection) } }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reject", abstract: "Sign a rejection of a change's head.")
        @OptionGroup var connection: Connection
        @OptionGroup var decision: Decision
        func run() async throws { try await Guarded.run { try await decision.review(.reject, connection) } }
    }

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge", abstract: "Merge a change, if its reviews allow it.")
        @OptionGroup var connection: Connection
        @Argument(help: "The change's number.") var id: Int

        func run() async throws {
            try await Guarded.run {
                let verdict = try await connection.operations().merge(id)
                guard verdict.isAllowed else {
                    Terminal.result(FindingReport.text(verdict.violations))
                    throw ExitStatus.no
                }
                Terminal.result("merged")
            }
        }
    }
}

/// Runs a command's work: our errors are printed as people read them and end in status 2.
enum Guarded {
    static func run(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let error as WaybillError {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }
}
