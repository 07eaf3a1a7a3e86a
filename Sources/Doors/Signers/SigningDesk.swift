import Attestations
import Crypto
import Trust
import WaybillCore

/// Checks a statement, writes it down and signs it: the one way to a signature, whoever asks over whichever door.
actor SigningDesk {
    private let secret: Curve25519.Signing.PrivateKey
    private let policy: SigningPolicy
    private let log: any SignatureLog
    private let time: @Sendable () -> Timestamp
    private var bucket: TokenBucket
    nonisolated let key: Trust.PublicKey
    nonisolated let keyID: String

    init(
        secret: Curve25519.Signing.PrivateKey, policy: SigningPolicy, log: sending any SignatureLog,
        time: @escaping @Sendable () -> Timestamp
    ) {
        self.secret = secret
        self.policy = policy
        self.log = log
        self.time = time
        bucket = TokenBucket(capacity: policy.burstMax, perSecond: policy.signaturesPerSecond)
        key = secret.trustKey
        keyID = key.keyID
    }

    /// The statement in a signed envelope. The record is safe before the signature leaves.
    func sign(_ bytes: [UInt8], peer: String) throws(WaybillError) -> Envelope {
        guard bucket.take(at: .now) else {
            throw WaybillError(
                .limitExceeded, "more than \(policy.burstMax) signatures at once or \(policy.signaturesPerSecond) a second",
                subject: "signer", remedy: "try again in a second")
        }
        let statement = try policy.statement(parsing: bytes)
        let payload = statement.bytes
        let message = Envelope.preAuthenticationEncoding(payloadType: Statement.payloadType, payload: payload)
        let signature: [UInt8]
        do { signature = Array(try secret.signature(for: message)) } catch {
            throw WaybillError(.failed, "the statement could not be signed", subject: "signer", cause: error)
        }
        try log.append(record(statement, payload, peer).line)
        return Envelope(
            payloadType: Statement.payloadType, payload: payload, signatures: [.init(keyID: keyID, bytes: signature)])
    }

    private func record(_ statement: Statement, _ payload: [UInt8], _ peer: String) -> SignatureRecord {
        let head = log.head
        let subjects = statement.subjects.flatMap { subject in
            subject.digest.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        }
        return SignatureRecord(
            number: head.count + 1, time: time(), keyID: keyID, statement: .sha256(of: payload), predicateType: statement.predicateType,
            // A thousand subjects would make a line of a hundred kilobytes; the statement's digest stands for the rest.
            subjects: Array(subjects.prefix(100)), peer: peer, previous: head.digest)
    }

    /// The lines of a log in memory, for tests.
    var linesInMemory: [[UInt8]] { (log as? MemorySignatureLog)?.lines ?? [] }
}
