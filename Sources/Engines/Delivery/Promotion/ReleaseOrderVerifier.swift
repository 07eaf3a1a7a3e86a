public import Attestations
import Documents
public import Trust
public import WaybillCore

/// Takes orders about releases only from the people whose keys signed them.
public struct ReleaseOrderVerifier: Sendable {
    public var people: AllowedSigners
    public var revoked: RevokedKeys

    public init(people: AllowedSigners, revoked: RevokedKeys = RevokedKeys()) {
        self.people = people
        self.revoked = revoked
    }

    /// The order in an envelope. Throws `.forbidden` where it does not count, and says why.
    public func verify(_ envelope: Envelope, at moment: Timestamp) throws(WaybillError) -> ReleaseOrder {
        func refuse(_ message: String) -> WaybillError {
            WaybillError(.forbidden, message, subject: "release order")
        }
        let keys = TrustedKey.people(of: people, predicateTypes: [ReleaseOrder.predicateType])
        let verified: VerifiedStatement
        switch EnvelopeVerifier(keys: keys).verify(envelope, at: moment) {
        case .success(let statement): verified = statement
        case .failure(let failure): throw refuse("the order \(failure)")
        }
        guard verified.statement.predicateType == ReleaseOrder.predicateType else {
            throw refuse("the paper is not an order about a release")
        }
        let order = try ReleaseOrder(verified.statement.predicate)
        guard verified.statement.isAbout(order.subject) else {
            throw refuse("the order is about something else than its statement")
        }
        let signer = verified.signers.first { trusted in
            people.principals(of: trusted.key, namespace: TrustedKey.sshNamespace, at: moment)
                .contains { $0.hasSameBytes(as: order.person) }
        }
        guard let signer else {
            throw refuse("the order names \(Redaction.excerpt(order.person)), who is not the holder of its key")
        }
        guard !revoked.contains(signer.key) else { throw refuse("the order is signed by a revoked key") }
        return order
    }
}
