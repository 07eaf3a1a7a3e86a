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
            discussion: """
                `waybill up` starts it. Root's signer becomes the user waybill-signer, where there is one, before it looks at
                the key: the key and the log of signatures are then that user's alone.
                """)

        @OptionGroup var state: StateOption
        /// What a signer keeps in its folder.
        private static let files = ["key.pem", "signatures.jsonl"]

        func run() async throws {
            let folder = state.folder
            Self.endWithParent()
            do {
                // As another user it may not be able to pass through the folders above.
                let place = SignerUser.hasEntered ? "." : folder.signer
                if !SignerUser.hasEntered { try folder.prepare() }
                try await SignerServer.run(
                    socketPath: "\(place)/socket", keyPath: "\(place)/key.pem", logPath: "\(place)/signatures.jsonl",
                    policy: SigningPolicy(
                        builderID: PipelineService.builderID, verifierPrefix: "https://waybill.dev/gate/",
                        checksShapes: true))
            } catch {
                Terminal.error(error)
                throw ExitStatus.unknown
            }
        }

        /// Becomes the signer's own user where there is one, before there is a second thread: the first one waits for ever
        /// once others run, and the C library leaves such a thread its rights.
        func becomeOwnUser() throws(WaybillError) {
            let user = SignerUser.standing()
            guard case .own = user else { return }
            try state.folder.prepare()
            try user.enter(state.folder.signer, files: Self.files)
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
