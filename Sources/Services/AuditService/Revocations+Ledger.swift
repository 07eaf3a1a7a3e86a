import Attestations
public import Ledger
public import Trust
public import WaybillCore

extension Revocations {
    /// The word under which the ledger finds every revocation.
    public static let subject = "revocations"

    /// Everything that was revoked with the word of one of the keys. Throws `.corrupted` where a record of a revocation is
    /// not signed or cannot be read: what it took away would come back.
    public init(in ledger: any Ledger, keys: [TrustedKey]) async throws(WaybillError) {
        self.init()
        // A key may revoke itself, at whatever time: whoever stole it gains nothing by that.
        let verifier = EnvelopeVerifier(keys: keys.map { TrustedKey($0.key, name: $0.name, scheme: $0.scheme) })
        for paper in try await ledger.papers(about: Self.subject, predicateType: PredicateType.revocation) {
            switch verifier.verify(paper.envelope, at: Timestamp(seconds: paper.recorded.milliseconds / 1000)) {
            case .success(let verified): add(try Self.revocation(verified.statement, paper.id))
            case .failure(let failure):
                throw WaybillError(.corrupted, "the revocation \(failure)", subject: "paper \(paper.id)")
            }
        }
    }

    private static func revocation(_ statement: Statement, _ id: Digest) throws(WaybillError) -> Revocation {
        do { return try Revocation(statement) } catch {
            throw WaybillError(.corrupted, error.message, subject: "paper \(id)", cause: error)
        }
    }
}
