import Attestations
import Signers
import WaybillCore

/// Signs with a state folder's signer, whether or not services run on the folder.
enum StateSigner {
    static func sign(_ statement: Statement, state: StateFolder) async throws(WaybillError) -> Envelope {
        let running = SocketSigner(socketPath: state.signerSocket)
        do throws(WaybillError) {
            _ = try await running.publicKey()
        } catch {
            // Nobody answers: the signer is started for this one signature, and ends with it.
            let process = try await SignerProcess.start(state, program: try Platform.program())
            defer { process.stop() }
            return try await process.signer.sign(statement)
        }
        return try await running.sign(statement)
    }
}
