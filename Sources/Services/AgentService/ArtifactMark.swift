import Documents
import WaybillCore

/// The newest artifact that an environment accepted: its tag never leads back behind it.
struct ArtifactMark: Equatable {
    var repository: String
    var digest: Digest
    /// When it was made, seconds since 1970.
    var created: Int64

    init(repository: String, digest: Digest, created: Int64) {
        self.repository = repository
        self.digest = digest
        self.created = created
    }

    /// Nil for none. Throws `.corrupted` for a mark that this program did not write: guessing could let history go back.
    init?(_ value: Value?) throws(WaybillError) {
        guard let value, !value.isNull else { return nil }
        guard let repository = value["repository"]?.string, let created = value["created"]?.integer,
            let digest = value["digest"]?.string.flatMap({ Digest($0) })
        else { throw AgentState.corrupted }
        self.init(repository: repository, digest: digest, created: Int64(created))
    }

    var value: Value {
        [
            "repository": .string(repository), "digest": .string(digest.description),
            "created": .integer(Int(created)),
        ]
    }
}
