public import Attestations
import Trust
public import WaybillCore

/// Signs statements with a private key that this process holds.
public struct PrivateKeySigner: StatementSigner {
    public let key: PrivateKey

    public init(_ key: PrivateKey) { self.key = key }

    public var keyID: String { key.publicKey.keyID }

    public func sign(_ statement: Statement) async throws(WaybillError) -> Envelope {
        try envelope(payloadType: Statement.payloadType, payload: statement.bytes)
    }

    /// Any payload in an envelope.
    public func envelope(payloadType: String, payload: [UInt8]) throws(WaybillError) -> Envelope {
        let message = Envelope.preAuthenticationEncoding(payloadType: payloadType, payload: payload)
        return Envelope(
            payloadType: payloadType, payload: payload,
            signatures: [.init(keyID: keyID, bytes: try key.sign(message))])
    }
}
