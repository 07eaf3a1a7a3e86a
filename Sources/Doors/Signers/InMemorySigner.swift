public import Attestations
public import Crypto
import Foundation
public import Trust
public import WaybillCore

/// A signer within the process, with the same rules as the real one: for tests and for trials that keep nothing.
public struct InMemorySigner: StatementSigner {
    let desk: SigningDesk

    public init(
        policy: SigningPolicy = SigningPolicy(builderID: "https://waybill.dev/builder/isolated"),
        key: Curve25519.Signing.PrivateKey = Curve25519.Signing.PrivateKey()
    ) {
        desk = SigningDesk(secret: key, policy: policy, log: MemorySignatureLog(), time: SystemTime.now)
    }

    public var keyID: String { desk.keyID }
    public var publicKey: PublicKey { desk.key }

    public func sign(_ statement: Statement) async throws(WaybillError) -> Envelope {
        try await desk.sign(statement.bytes, peer: "this process")
    }
}

/// The machine's clock in the form that records need.
enum SystemTime {
    @Sendable static func now() -> Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
}
