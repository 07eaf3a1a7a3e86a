import ArgumentParser
import Clusters
import Delivery
import Documents
import Files
import Foundation
import Kubernetes
import WaybillCore

/// The clusters that environments may name.
struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster", abstract: "Name the clusters that environments are kept in.",
        discussion: """
            An environment without “cluster” in its waybill.yaml is kept in the cluster that waybill up runs. Others are \
            reached by the kubeconfigs that are kept here, in the state folder and readable by its owner alone.
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Keep the way to a cluster under a name.",
            discussion: """
                One context is copied, with its certificates and keys; files of tokens and programs stay where they are. \
                A name that is known is replaced, also while the agents run.
                """)
        @Argument(help: "The name that environments use: lower-case letters, digits and “-”.") var name: String
        @Option(help: "The kubeconfig file.") var kubeconfig: String
        @Option(help: "Its context; the current one otherwise.") var context: String?
        @Flag(help: "Let the kubeconfig run its program for credentials.") var allowExec = false
        @Flag(help: "Keep it although the cluster does not answer now.") var offline = false
        @OptionGroup var state: StateOption

        func run() async throws {
            try await Guarded.run {
                let registry = ClusterRegistry(state.folder)
                if !offline { try await ask() }
                let entry = try registry.add(
                    name, kubeconfig: kubeconfig, context: context, allowsPrograms: allowExec)
                Terminal.result("\(entry.name) is \(entry.server)")
            }
        }

        /// Whether the cluster answers these credentials: what does not work is better known now.
        private func ask() async throws(WaybillError) {
            let client = try KubernetesClient(
                ClusterAccess.kubeconfig(kubeconfig, context: context, allowsPrograms: allowExec))
            do throws(WaybillError) {
                _ = try await client.get(
                    ObjectKey(
                        kind: ObjectKind(group: "", version: "v1", kind: "Namespace"), namespace: "", name: "default"))
            } catch {
                await client.stop()
                throw error
            }
            await client.stop()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "The clusters that are known.")
        @Option(help: "text or json.") var output: OutputFormat = .text
        @OptionGroup var state: StateOption

        func run() async throws {
            try await Guarded.run {
                let entries = try ClusterRegistry(state.folder).entries()
                if output == .json {
                    return Terminal.result(
                        JSONWriter.string(
                            .array(
                                entries.map {
                                    [
                                        "name": .string($0.name), "server": .string($0.server),
                                        "allowsPrograms": .bool($0.allowsPrograms),
                                    ]
                                }), style: .pretty))
                }
                guard !entries.isEmpty else {
                    return Terminal.note(
                        "none but the one that waybill up runs; waybill cluster add NAME names another")
                }
                Terminal.result(
                    Terminal.table(
                        entries.map { [$0.name, $0.server, $0.allowsPrograms ? "may run its program" : ""] }))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Forget a cluster. Nothing in it is changed.")
        @Argument(help: "The name.") var name: String
        @Flag(help: "Also where an environment is kept there.") var force = false
        @OptionGroup var state: StateOption

        func run() async throws {
            try await Guarded.run {
                let registry = ClusterRegistry(state.folder)
                let users = force ? [] : try await environments()
                guard users.isEmpty else {
                    throw WaybillError(
                        .conflict, "environments are kept there: \(users.joined(separator: ", "))", subject: name,
                        remedy: "take them out of their waybill.yaml first, or add --force")
                }
                try registry.remove(name)
                Terminal.result("\(name) is forgotten")
            }
        }

        private func environments() async throws(WaybillError) -> [String] {
            guard Files.exists(state.folder.repositories + "/repositories") else { return [] }
            let catalog = try await EnvironmentCatalog(state.folder, ledger: try OpenState.ledger(state.folder))
            return catalog.environments.filter { $0.entry.cluster == name }.map(\.entry.name)
        }
    }
}
