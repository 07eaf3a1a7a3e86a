public import Attestations
import Files
import Foundation
import Processes
public import Trust
public import WaybillCore

/// Signs with a person's SSH key, through `ssh-keygen -Y sign`: a key in a file, or one that an agent holds.
public struct SSHKeygenSigner: StatementSigner {
    /// The private key's file; for a key in an agent its public key's file.
    public let keyPath: String
    /// Where an agent listens (`SSH_AUTH_SOCK`); nil for none.
    public var agentSocket: String?

    public init(keyPath: String, agentSocket: String?) {
        self.keyPath = keyPath
        self.agentSocket = agentSocket
    }

    /// With the agent that this program's environment names.
    public init(keyPath: String) {
        self.init(keyPath: keyPath, agentSocket: ProcessInfo.processInfo.environment["SSH_AUTH_SOCK"])
    }

    /// The key's OpenSSH fingerprint.
    public var keyID: String {
        get async throws(WaybillError) { try await publicKey().sshFingerprint }
    }

    /// The public half: from the file beside the key, else from the key itself.
    public func publicKey() async throws(WaybillError) -> PublicKey {
        for path in [keyPath.hasSuffix(".pub") ? keyPath : "\(keyPath).pub"] where Files.exists(path) {
            return try PublicKey(openSSH: Files.text(path))
        }
        return try PublicKey(
            openSSH: try await ProcessRunner.output(of: command(["-y", "-P", "", "-f", keyPath])).text)
    }

    public func sign(_ statement: Statement) async throws(WaybillError) -> Envelope {
        let payload = statement.bytes
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: payload)
        let signature = try await signature(of: message, namespace: TrustedKey.sshNamespace)
        return Envelope(
            payloadType: Statement.payloadType, payload: payload,
            signatures: [.init(keyID: signature.key.sshFingerprint, bytes: signature.bytes)])
    }

    /// The signature of any bytes for a namespace.
    public func signature(of message: [UInt8], namespace: String) async throws(WaybillError) -> SSHSignature {
        let outcome = try await ProcessRunner.output(
            of: command(["-Y", "sign", "-q", "-n", namespace, "-f", keyPath], input: message))
        let signature = try SSHSignature(armored: outcome.output)
        guard signature.isValid(of: message, namespace: namespace) else {
            throw WaybillError(.corrupted, "ssh-keygen made a signature that does not verify", subject: keyPath)
        }
        return signature
    }

    private func command(_ arguments: [String], input: [UInt8] = []) -> Command {
        // Without a terminal and SSH_ASKPASS a passphrase cannot be asked for: such a key needs an agent.
        Command(
            "ssh-keygen", arguments, environment: agentSocket.map { ["SSH_AUTH_SOCK": $0] } ?? [:], input: input,
            timeout: .seconds(30), outputBytesMax: 1 << 20)
    }
}
