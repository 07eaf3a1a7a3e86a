import Delivery
import GitRepositories
import Trust
import WaybillCore

/// What a repository asked of a merge: its rules as they stood before it.
struct MergeTerms: Sendable {
    private static let revokedKeysFile = ".waybill/revoked_keys"

    var signers = AllowedSigners()
    var revoked = RevokedKeys()
    /// People who must have approved it.
    var reviews: Int

    /// Before the first commit nobody can have reviewed.
    init(at revision: ObjectID, in git: any GitRepository, isFirst: Bool) async throws(WaybillError) {
        var settings = SourceSettings()
        if let bytes = try await git.read(ProjectFile.path, at: revision) {
            settings = try SourceSettings(parsing: bytes)
        }
        reviews = isFirst ? 0 : settings.reviews
        if let bytes = try await git.read(settings.signers, at: revision) {
            signers = try AllowedSigners(parsing: bytes, file: settings.signers)
        }
        if let bytes = try await git.read(Self.revokedKeysFile, at: revision) {
            revoked = try RevokedKeys(parsing: bytes, file: Self.revokedKeysFile)
        }
    }
}
