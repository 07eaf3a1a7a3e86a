import ArgumentParser
import Attestations
import Delivery
import Documents
import Foundation
import GitRepositories
import Ledger
import Signers
import WaybillCore

/// Environments side by side.
struct EnvironmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Environments and what moves through them.",
        subcommands: [Board.self, Signer.self])

    struct Signer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the line of allowed_signers that lets this machine promote by itself.",
            discussion:
                "Add it to .waybill/allowed_signers of the environment repository. The key signs commits and no reviews; without a person's review the agents take from it only promotions into environments that ask for them."
        )
        @OptionGroup var state: StateOption

        func run() async throws {
            try await Guarded.run {
                Terminal.result(try Promoter.signerLine(state.folder))
            }
        }
    }

    struct Board: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "board",
            abstract: "What runs where, what could come next, and what stands in its way.")
        @Argument(help: "The project.") var project: String
        @Option(help: "text or json.") var output: OutputFormat = .text
        @OptionGroup var state: StateOption

        func run() async throws {
            try await Guarded.run {
                let catalog = try await EnvironmentCatalog(state.folder, ledger: try OpenState.ledger(state.folder))
                let operations = try await ReleaseOperations(catalog, project: project)
                let board = PromotionBoard(operations.gates, order: operations.order)
                Terminal.result(
                    output == .json
                        ? JSONWriter.string(BoardReport.value(board), style: .pretty) : BoardReport.text(board))
            }
        }
    }
}

/// Releases: what moves from environment to environment.
struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Promote, approve, hold and stop releases.",
        discussion:
            "A release is a commit with the digests of its images; it never changes. Approvals, holds and stops are signed with your SSH key and kept in the ledger. Exit status: 0 done, 1 a gate is closed, 2 we could not find out.",
        subcommands: [
            List.self, Gates.self, Promote.self, Approve.self, Reject.self, Hold.self, Resume.self, Stop.self,
        ])

    struct Place: ParsableArguments {
        @Argument(help: "The project.") var project: String
        @OptionGroup var state: StateOption

        func operations() async throws(WaybillError) -> ReleaseOperations {
            let catalog = try await EnvironmentCatalog(state.folder, ledger: try OpenState.ledger(state.folder))
            return try await ReleaseOperations(catalog, project: project)
        }
    }

    struct Person: ParsableArguments {
        @Option(name: .customLong("as"), help: "Your identity, as the allowed-signers file names it.") var person:
            String
        @Option(help: "Your SSH key.") var key = "~/.ssh/id_ed25519"
        @Option(help: "Why.") var reason: String?

        func give(
            _ action: ReleaseOrder.Action, _ operations: ReleaseOperations, release: Release?, environment: String?
        ) async throws(WaybillError) {
            if let environment { _ = try operations.catalog.source(environment) }
            let order = ReleaseOrder(
                action: action, project: operations.project, release: release?.id, environment: environment,
                person: person, reason: reason, time: Timestamp(seconds: Platform.now().milliseconds / 1000))
            try await operations.give(order, key: NSString(string: key).expandingTildeInPath)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Releases, newest first, and where they run.")
        @OptionGroup var place: Place
        @Option(help: "text or json.") var output: OutputFormat = .text

        func run() async throws {
            try await Guarded.run {
                let operations = try await place.operations()
                let releases = operations.facts.releases.reversed().map { release in
                    (
                        release,
                        operations.facts.placements.filter { $0.release == release.id && $0.until == nil }.map(
                            \.environment)
                    )
                }
                if output == .json {
                    return Terminal.result(
                        JSONWriter.string(
                            .array(releases.map { BoardReport.value($0.0, runsIn: $0.1) }), style: .pretty))
                }
                Terminal.result(
                    Terminal.table(
                        releases.map { release, places in
                            [
                                release.name, String(release.commit.prefix(10)), AppReport.time(release.created * 1000),
                                places.isEmpty ? "runs nowhere" : "runs in \(places.joined(separator: ", "))",
                            ]
                        }))
            }
        }
    }

    struct Gates: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gates", abstract: "What a release must meet to come to an environment.")
        @OptionGroup var place: Place
        @Option(help: "The environment.") var to: String
        @Option(help: "The release, by its first digits; the newest otherwise.") var release: String?
        @Option(help: "text or json.") var output: OutputFormat = .text

        func run() async throws {
            try await Guarded.run {
                let operations = try await place.operations()
                _ = try operations.catalog.source(to)
                let gates = operations.gates.judge(try operations.release(release), to: to)
                Terminal.result(
                    output == .json
                        ? JSONWriter.string(.array(gates.map(BoardReport.value)), style: .pretty)
                        : Terminal.table(gates.map(BoardReport.row)))
                guard gates.allSatisfy(\.isOpen) else { throw ExitStatus.no }
            }
        }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "promote",
            abstract: "Bring a release to an environment, once every gate is open.")
        @OptionGroup var place: Place
        @Option(help: "The environment.") var to: String
        @Option(help: "The release, by its first digits; the newest otherwise.") var release: String?
        @Option(help: "Your clone of the environment repository.") var clone = "."

        func run() async throws {
            try await Guarded.run {
                let operations = try await place.operations()
                let release = try operations.release(release)
                _ = try operations.catalog.source(to)
                let closed = operations.gates.judge(release, to: to).filter { !$0.isOpen }
                guard closed.isEmpty else {
                    Terminal.result(Terminal.table(closed.map(BoardReport.row)))
                    throw ExitStatus.no
                }
                let change = EnvironmentChange(folder: clone, environment: ProcessInfo.processInfo.environment)
                let message = try await ReleasePromotion(operations: operations, state: place.state.folder)
                    .promote(release, to: to, by: change)
                Terminal.result(message)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve",
            abstract: "Say with your signature that a release may come to an environment.")
        @OptionGroup var place: Place
        @OptionGroup var person: Person
        @Option(help: "The environment.") var to: String
        @Option(help: "The release, by its first digits; the newest otherwise.") var release: String?

        func run() async throws {
            try await Guarded.run {
                let operations = try await place.operations()
                let release = try operations.release(release)
                try await person.give(.approve, operations, release: release, environment: to)
                Terminal.result("\(person.person) approved \(release.name) for \(to)")
            }
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reject",
            abstract: "Say with your signature that a release may not come to an environment.")
        @OptionGroup var place: Place
        @OptionGroup var person: Person
        @Option(help: "The environment.") var to: String
        @Option(help: "The release, by its first digits; the newest otherwise.") var release: String?

        func run() async throws {
            try await Guarded.run {
                let operations = try await place.operations()
                let release = try operations.release(release)
                try await person.give(.reject, operations, release: release, environment: to)
                Terminal.result("\(person.person) rejected \(release.name) for \(to)")
            }
        }
    }

    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hold",
            abstract: "Let nothing come to an environment until it is resumed.")
        @OptionGroup var place: Place
        @OptionGroup var person: Person
        @Option(name: .shortAndLong, help: "The environment.") var environment: String

        func run() async throws {
            try await Guarded.run {
                try await person.give(.hold, try await place.operations(), release: nil, environment: environment)
                Terminal.result("\(person.person) holds \(environment)")
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "resume", abstract: "Lift a hold.")
        @OptionGroup var place: Place
        @OptionGroup var person: Person
        @Option(name: .shortAndLong, help: "The environment.") var environment: String

        func run() async throws {
            try await Guarded.run {
                try await person.give(.resume, try await place.operations(), release: nil, environment: environment)
                Terminal.result("\(environment) takes releases again")
            }
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stop", abstract: "Stop the line: a release goes nowhere any more.")
        @OptionGroup var place: Place
        @OptionGroup var person: Person
        @Option(help: "The release, by its first digits; the newest otherwise.") var release: String?

        func run() async throws {
            try await Guarded.run {
                let operations = try await place.operations()
                let release = try operations.release(release)
                try await person.give(.stop, operations, release: release, environment: nil)
                Terminal.result("\(release.name) is stopped")
            }
        }
    }
}
