public import Attestations
public import WaybillCore

/// Signs statements with a key that the caller never sees.
public protocol StatementSigner: Sendable {
    /// The key's identifier as envelopes carry it: `SHA256:` and the base 64 SHA-256 of its DER public key.
    var keyID: String { get async throws(WaybillError) }
    /// The statement in a signed envelope. Throws `.forbidden` where the signer does not vouch for such a statement.
    func sign(_ statement: Statement) async throws(WaybillError) -> Envelope
}
