import Attestations
import GitRepositories
import Signers
import WaybillCore

/// Doors of a preview that must not be used: it signs nothing and accepts nothing.
struct NobodysSigner: StatementSigner {
    static let refusal = WaybillError(.forbidden, "a preview signs and accepts nothing", subject: "preview")

    var keyID: String { get async throws(WaybillError) { throw Self.refusal } }
    func sign(_ statement: Statement) async throws(WaybillError) -> Envelope { throw Self.refusal }
}

struct NobodysGuard: RevisionGuard {
    func verify(from lastApplied: ObjectID?, to head: ObjectID) async throws(WaybillError) -> Verdict {
        throw NobodysSigner.refusal
    }
}
