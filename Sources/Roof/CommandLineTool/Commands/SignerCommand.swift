import ArgumentParser
import Files
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
            commandName: "serve",
            abstract: "Sign statements that come over the state folder's Unix socket.",
            discussion: "`waybill up` starts it; run it yourself under a user of its own where you can.")

        @OptionGroup var state: StateOption

        func run() async throws {
            let folder = state.folder
            try folder.prepare()
            Self.endWithParent()
            do {
                try await SignerServer.run(
                    socketPath: folder.signerSocket, keyPath: folder.signerKey, logPath: folder.signerLog,
                    policy: SigningPolicy(
                        builderID: PipelineService.builderID, verifierPrefix: "https://waybill.dev/gate/",
                        checksShapes: true))
            } catch {
                Terminal.error(error)
                throw ExitStatus.unknown
            }
        }

        /// Without the process that started it there is nobody to sign for. Its end, however it comes, closes our standard
        /// input; a person's terminal is not looked at.
        private static func endWithParent() {
            guard FileStatus(descriptor: 0)?.kind == .socket else { return }
            let watch = Thread {
                var byte: UInt8 = 0
                while true {
                    let count = read(0, &byte, 1)
                    if count == 0 || (count < 0 && errno != EINTR) { Foundation.exit(0) }
                }
            }
            watch.stackSize = 64 << 10
            watch.start()
        }
    }
}
