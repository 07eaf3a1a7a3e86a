import ArgumentParser
import Foundation
import PipelineService
import Signers
import WaybillCore

/// The signer: its own process, which alone has the key.
struct SignerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signer", abstract: "The process that alone holds the signing key.", subcommands: [Serve.self])

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign statements that come over the state folder's Unix socket.",
            discussion: "`waybill up` starts it; run it yourself under a user of its own where you can.")

        @OptionGroup var state: StateOption

        func run() async throws {
            let folder = state.folder
            try folder.prepare()
            let parent = getppid()
            let watch = Task {
                // Without the process that started it there is nobody to sign for.
                while getppid() == parent { try await Task.sleep(for: .milliseconds(500)) }
                Foundation.exit(0)
            }
            defer { watch.cancel() }
            do {
                try await SignerServer.run(
                    socketPath: folder.signerSocket, keyPath: folder.signerKey, logPath: folder.signerLog,
                    policy: SigningPolicy(builderID: PipelineService.builderID))
            } catch {
                Terminal.error(error)
                throw ExitStatus.unknown
            }
        }
    }
}
