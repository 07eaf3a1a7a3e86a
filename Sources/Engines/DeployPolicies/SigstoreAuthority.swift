import Rego
import Signatures
import Trust
import WaybillCore

/// One authority of a ClusterImagePolicy.
struct SigstoreAuthority: Sendable {
    enum Signer: Sendable {
        case keys([PublicKey])
        case keyless([IdentityPattern], root: String?, needsCertificateLog: Bool)
        case pass
        case fail(String)
        /// A key that lies where we do not reach: in a key management service or another cluster's secret.
        case unreachable(String)
    }

    /// An attestation that must be there.
    struct Attestation: Sendable {
        var name: String
        var predicateType: String
        var policy: PredicatePolicy?
    }

    var name: String
    var signer: Signer
    var attestations: [Attestation]
    var needsLog: Bool
    /// What it asks for that is not enforced here: such an authority believes nothing.
    var unsupported: String?
}

/// What a predicate must say.
enum PredicatePolicy: Sendable {
    case rego(CompiledPolicy)
    case match(SimpleMatch)
    case unsupported(String)
}
