import ArgumentParser
import Delivery
import Documents
import Files
import Foundation
import GitRepositories
import WaybillCore

/// Moves an image to an environment by a signed commit.
struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Promote an image that passed its gates to an environment, by a signed commit.")

    @Argument(help: "The project's repository.") var project: String
    @Option(help: "The environment.") var to: String
    @Option(help: "The commit to promote; the newest that passed otherwise.") var commit: String?
    @Option(help: "Your clone of the environment repository.") var clone = "."
    @OptionGroup var state: StateOption

    func run() async throws {
        try await Guarded.run {
            let ledger = try OpenState.ledger(state.folder)
            let registry = try state.folder.readAddresses().registry.replacing("http://", with: "")
            let operations = PromotionOperations(ledger: ledger, registryHost: registry)
            let image = try await operations.image(project, commit: commit)
            let change = EnvironmentChange(folder: clone, environment: ProcessInfo.processInfo.environment)
            try await change.update()
            let git = try GitExecutable("\(state.folder.repositories)/repositories/\(project).git")
            let files = try await operations.files(
                project, commit: image.commit, image: image.digest, to: to, git: git, current: change.text,
                environments: try change.environmentsFile())
            let message = "Promote \(project) \(image.digest.short) to \(to)"
            let revision = try await change.publish(files.files, message: message)
            Terminal.result(revision.map { "\($0.prefix(10)) \(message)" } ?? "\(to) has this image already")
        }
    }
}

/// Goes back to the version before by a signed commit.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to what an environment ran before, by a new signed commit.")

    @Argument(help: "The project.") var project: String
    @Option(name: .shortAndLong, help: "The environment.") var environment: String
    @Option(help: "Your clone of the environment repository.") var clone = "."

    func run() async throws {
        try await Guarded.run {
            let change = EnvironmentChange(folder: clone, environment: ProcessInfo.processInfo.environment)
            Terminal.result(
                try await RollbackOperation(change: change, project: project, environment: environment).run())
        }
    }
}

/// Repositories at the forge.
struct RepositoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repository", abstract: "Make repositories at the forge.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make a repository whose first commits these signers may push.")
        @Argument(help: "Its name.") var name: String
        @Option(help: "An OpenSSH allowed-signers file.") var signers: String
        @OptionGroup var state: StateOption

        func run() async throws {
            try await Guarded.run {
                let addresses = try state.folder.readAddresses()
                let text = try Files.text(signers)
                try Files.write(Array(text.utf8), to: state.folder.rootSigners(of: name))
                let client = ServiceClient(base: addresses.forge, token: try state.folder.token(for: "admin"))
                _ = try await client.post("/api/repositories", ["name": .string(name), "signers": .string(text)])
                Terminal.result("\(addresses.forge)/git/\(name).git")
            }
        }
    }
}
