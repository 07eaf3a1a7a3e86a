public import Attestations
import Crypto
public import GitRepositories
public import Trust
import WaybillCore

/// A key pair with the papers and commits that it signed.
public struct TestKey: Sendable {
    private let secret = Curve25519.Signing.PrivateKey()
    public let name: String
    public let key: Trust.PublicKey

    public init(_ name: String) throws {
        self.name = name
        let raw = Array(secret.publicKey.rawRepresentation)
        guard let key = PublicKey(ed25519: raw) else {
            throw WaybillError(.failed, "not a key", subject: name)
        }
        self.key = key
    }

    /// This person's line in an allowed-signers file.
    public var line: String { "\(name) namespaces=\"git,waybill\" ssh-ed25519 \(Base64.encode(key.sshBlob))\n" }

    public func envelope(_ statement: Statement) throws -> Envelope {
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: statement.bytes)
        return Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: [.init(keyID: key.keyID, bytes: Array(try secret.signature(for: message)))])
    }

    public func sshEnvelope(_ statement: Statement) throws -> Envelope {
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: statement.bytes)
        return Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: [.init(keyID: key.sshFingerprint, bytes: try sshSignature(message, namespace: "waybill"))])
    }

    /// The binary SSH signature over a message (PROTOCOL.sshsig).
    private func sshSignature(_ message: [UInt8], namespace: String) throws -> [UInt8] {
        func string(_ bytes: [UInt8]) -> [UInt8] {
            withUnsafeBytes(of: UInt32(bytes.count).bigEndian, Array.init) + bytes
        }
        let magic = Array("SSHSIG".utf8)
        let head = string(Array(namespace.utf8)) + string([]) + string(Array("sha512".utf8))
        let signed = magic + head + string(Array(SHA512.hash(data: message)))
        let signature = string(Array("ssh-ed25519".utf8)) + string(Array(try secret.signature(for: signed)))
        return magic + [0, 0, 0, 1] + string(key.sshBlob) + head + string(signature)
    }

    public func signed(_ draft: CommitDraft) throws -> CommitDraft {
        var draft = draft
        draft.signature = PEM.encode(
            try sshSignature(draft.bytes, namespace: "git"), label: SSHSignature.label, width: 70)
        return draft
    }
}
