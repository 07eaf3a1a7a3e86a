import Files
import Foundation
import Processes
import Signers
import Trust
import WaybillCore

/// The signer, as a child process that alone has the key.
struct SignerProcess: Sendable {
    let signer: SocketSigner
    let publicKey: PublicKey
    private let process: RunningProcess
    /// How long the signer may take to open its socket.
    private static let startLimit = Duration.seconds(10)

    /// Starts the signer of a state folder and waits until it answers. It ends when this process does.
    static func start(_ state: StateFolder, program: String) async throws(WaybillError) -> SignerProcess {
        func begin() throws(WaybillError) -> RunningProcess {
            try RunningProcess.start(
                Command(program, ["signer", "serve", "--state", state.path], timeout: .seconds(86400 * 3650)),
                errorOutput: .kept)
        }
        var process = try begin()
        let signer = SocketSigner(socketPath: state.signerSocket)
        let deadline = ContinuousClock.now + startLimit
        while true {
            do throws(WaybillError) {
                let key = try await signer.publicKey()
                guard process.isRunning else {
                    throw WaybillError(.conflict, "another signer answers", subject: state.signerSocket)
                }
                return SignerProcess(signer: signer, publicKey: key, process: process)
            } catch {
                guard ContinuousClock.now < deadline else {
                    throw WaybillError(
                        .unavailable, "the signer did not start: \(process.errorText)", subject: state.signerSocket,
                        cause: error)
                }
                try await Pause.wait(.milliseconds(10))
                // The signer of a process that was killed a moment ago may still hold the log.
                if !process.isRunning { process = try begin() }
            }
        }
    }

    func stop() { process.stop() }
}

/// Waiting that ends in our own error when the task is cancelled.
enum Pause {
    static func wait(_ duration: Duration) async throws(WaybillError) {
        do { try await Task.sleep(for: duration) } catch {
            throw WaybillError(.failed, "cancelled", subject: "waybill")
        }
    }
}
