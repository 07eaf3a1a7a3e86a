import AgentService
import ArgumentParser
import Clusters
import Delivery
import Documents
import Foundation
import GitRepositories
import Kubernetes
import Ledger
import WaybillCore

/// Applications as the agent keeps them.
struct AppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app", abstract: "Look at applications, and tell the agent what to do with them.",
        discussion:
            "An environment that declares no applications is one application of its own name. Exit status of list, show and diff: 0 when everything is as the repository says, 1 when something is not, 2 when we could not find out.",
        subcommands: [
            List.self, Show.self, Diff.self, Sync.self, Suspend.self, Resume.self, History.self, Rollback.self,
        ])

    struct Place: ParsableArguments {
        @Argument(help: "The application.") var name: String
        @Option(name: .shortAndLong, help: "The environment.") var environment: String
        @OptionGroup var state: StateOption

        func catalog() async throws(WaybillError) -> EnvironmentCatalog {
            try await EnvironmentCatalog(state.folder, ledger: try OpenState.ledger(state.folder))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "How every application stands.")
        @Option(name: .shortAndLong, help: "Only those of this environment.") var environment: String?
        @Option(help: "text or json.") var output: OutputFormat = .text
        @OptionGroup var state: StateOption

        func run() async throws {
            try await Guarded.run {
                let catalog = try await EnvironmentCatalog(state.folder, ledger: try OpenState.ledger(state.folder))
                let names =
                    try environment.map { [try catalog.source($0).entry.name] }
                    ?? catalog.environments.map(\.entry.name)
                var rows: [(environment: String, application: Value)] = []
                for name in names {
                    for application in try await catalog.conditions(of: name) { rows.append((name, application)) }
                }
                if output == .json {
                    Terminal.result(
                        JSONWriter.string(
                            .array(
                                rows.map { row in
                                    var value = row.application
                                    value["environment"] = .string(row.environment)
                                    return value
                                }), style: .pretty))
                } else {
                    Terminal.result(Terminal.table(rows.map { [$0.environment] + AppReport.row($0.application) }))
                }
                guard rows.allSatisfy({ $0.application["state"]?.string == "synced" }) else { throw ExitStatus.no }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One application with its objects.")
        @OptionGroup var place: Place
        @Option(help: "text or json.") var output: OutputFormat = .text

        func run() async throws {
            try await Guarded.run {
                let catalog = try await place.catalog()
                let condition = try await catalog.application(place.name, in: place.environment)
                let memory = try await catalog.memory(of: place.name, in: place.environment)
                if output == .json {
                    var value = condition
                    value["inventory"] = .array(memory.inventory.map { .string($0.key.description) })
                    value["accepted"] = Value(memory.accepted?.hex)
                    value["applied"] = Value(memory.applied?.hex)
                    Terminal.result(JSONWriter.string(value, style: .pretty))
                } else {
                    Terminal.result(AppReport.text(condition, memory))
                }
                guard condition["state"]?.string == "synced" else { throw ExitStatus.no }
            }
        }
    }

    struct Diff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff",
            abstract: "What a sync would change, field by field, each with its reason.")
        @OptionGroup var place: Place
        @Option(help: "A revision of the environment's repository.") var revision = AgentSettings.trunk
        @Option(help: "A kubeconfig; the environment's cluster otherwise.") var kubeconfig: String?
        @Option(help: "The kubeconfig's context; its current one otherwise.") var context: String?
        @Flag(help: "Let the kubeconfig run its program for credentials.") var allowExec = false
        @Option(help: "text or json.") var output: OutputFormat = .text

        func run() async throws {
            try await Guarded.run {
                let catalog = try await place.catalog()
                let source = try catalog.source(place.environment)
                guard let git = catalog.repositories.first(where: { $0.name == source.repository })?.git,
                    let commit = try await git.resolve(revision)
                else { throw WaybillError(.notFound, "there is no such revision", subject: revision) }
                let client = try KubernetesClient(access(source.entry))
                var preview = ApplicationPreview(repository: git, cluster: client, ledger: catalog.ledger)
                let keys = AgeKeyFolder(place.state.folder.ageKeys)
                preview.ageKeys = { () throws(WaybillError) in try keys.identities() }
                let addresses = try? place.state.folder.readAddresses()
                preview.artifacts = RegistryArtifacts(
                    ownHost: addresses?.registry.replacing("http://", with: "") ?? "", now: Platform.now)
                let room = RenderRoom(folder: NSTemporaryDirectory())
                preview.render = { rendering, files throws(WaybillError) in try await room.run(rendering, files) }
                let plan: SyncPlan
                do throws(WaybillError) {
                    plan = try await preview.plan(place.name, in: place.environment, at: commit)
                } catch {
                    await client.stop()
                    throw error
                }
                await client.stop()
                Terminal.result(
                    output == .json
                        ? JSONWriter.string(PlanReport.value(plan), style: .pretty) : PlanReport.text(plan))
                guard plan.isEmpty, plan.rejected.isEmpty, plan.violations.isEmpty else { throw ExitStatus.no }
            }
        }

        /// The cluster that was named here, else the environment's own.
        private func access(_ entry: EnvironmentEntry) throws(WaybillError) -> ClusterAccess {
            if kubeconfig == nil, context == nil, let name = entry.cluster {
                return try ClusterRegistry(place.state.folder).access(name)
            }
            return try ClusterAccess.kubeconfig(
                kubeconfig ?? place.state.folder.kubeconfig, context: context, allowsPrograms: allowExec)
        }
    }

    struct Sync: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sync",
            abstract: "Ask the agent for a sync now.",
            discussion:
                "A sync that is asked for looks at every object again, puts drift right that is otherwise only reported, and runs hooks again."
        )
        @OptionGroup var place: Place
        @Flag(help: "Let everything go that left the repository, however much it is.") var prune = false

        func run() async throws {
            try await Guarded.run {
                try await AppOrders(place).change { order in
                    order.syncAsked = Platform.now().milliseconds
                    order.prunes = prune
                }
                Terminal.result("\(place.name) in \(place.environment) is synced at the agent's next round")
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspend", abstract: "Let the agent leave an application as it is.")
        @OptionGroup var place: Place
        @Option(help: "Why, for everybody who looks at it.") var reason: String

        func run() async throws {
            try await Guarded.run {
                try await AppOrders(place).change { $0.suspended = reason }
                Terminal.result("\(place.name) in \(place.environment) is suspended: \(reason)")
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Let the agent keep an application again.")
        @OptionGroup var place: Place

        func run() async throws {
            try await Guarded.run {
                try await AppOrders(place).change { $0.suspended = nil }
                Terminal.result("\(place.name) in \(place.environment) is kept again")
            }
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "What was applied, newest first.")
        @OptionGroup var place: Place
        @Option(help: "text or json.") var output: OutputFormat = .text

        func run() async throws {
            try await Guarded.run {
                let history = try await place.catalog().memory(of: place.name, in: place.environment).history
                if output == .json {
                    return Terminal.result(
                        JSONWriter.string(
                            .array(
                                history.map {
                                    [
                                        "revision": .string($0.revision.hex), "digest": .string($0.digest),
                                        "time": .integer(Int($0.milliseconds)), "message": .string($0.message),
                                        "healthy": .bool($0.isGood),
                                    ]
                                }), style: .pretty))
                }
                Terminal.result(
                    Terminal.table(
                        history.map {
                            [
                                $0.revision.short, AppReport.time($0.milliseconds),
                                $0.isGood ? "healthy" : "not healthy",
                                $0.message,
                            ]
                        }))
            }
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback",
            abstract: "Go back to what an application ran before, by a new signed commit.")
        @OptionGroup var place: Place
        @Option(help: "Your clone of the environment repository.") var clone = "."

        func run() async throws {
            try await Guarded.run {
                let change = EnvironmentChange(folder: clone, environment: ProcessInfo.processInfo.environment)
                Terminal.result(
                    try await RollbackOperation(
                        change: change, project: place.name, environment: place.environment
                    ).run())
            }
        }
    }
}

/// Leaves an order where the agent finds it.
struct AppOrders {
    let place: AppCommand.Place

    init(_ place: AppCommand.Place) { self.place = place }

    func change(_ change: (inout AgentOrders.Order) -> Void) async throws(WaybillError) {
        let catalog = try await place.catalog()
        _ = try await catalog.application(place.name, in: place.environment)
        var orders = try await AgentOrders.load(place.environment, from: catalog.ledger)
        var order = orders.applications[place.name] ?? AgentOrders.Order()
        change(&order)
        orders.applications[place.name] = order
        try await orders.save(place.environment, to: catalog.ledger)
    }
}
