public import Delivery
public import Trust
public import WaybillCore

/// What a repository asks of its next step, as it stands at a commit: its rules, and the people that they name.
public struct SourceTerms: Sendable {
    /// Keys whose signatures count no more, one per line.
    public static let revokedKeysFile = ".waybill/revoked_keys"

    public var settings: SourceSettings
    public var signers: AllowedSigners
    public var revoked: RevokedKeys

    public init(settings: SourceSettings, signers: AllowedSigners, revoked: RevokedKeys = RevokedKeys()) {
        self.settings = settings
        self.signers = signers
        self.revoked = revoked
    }

    /// Before the first commit nobody can have reviewed, and the registered signers count.
    public static func first(_ root: AllowedSigners) -> SourceTerms {
        SourceTerms(settings: SourceSettings(reviews: 0), signers: root)
    }

    /// The terms at a commit. The registered signers count until the repository names its own. Throws where one of the
    /// files cannot be read: nobody may be shut out or let in by a mistake.
    public init(
        at commit: ObjectID, in repository: any GitRepository, root: AllowedSigners = AllowedSigners()
    ) async throws(WaybillError) {
        var settings = SourceSettings()
        if let bytes = try await repository.read(ProjectFile.path, at: commit) {
            settings = try SourceSettings(parsing: bytes)
        }
        self.init(settings: settings, signers: root)
        if let bytes = try await repository.read(settings.signers, at: commit) {
            signers = try AllowedSigners(parsing: bytes, file: settings.signers)
        }
        if let bytes = try await repository.read(Self.revokedKeysFile, at: commit) {
            revoked = try RevokedKeys(parsing: bytes, file: Self.revokedKeysFile)
        }
    }
}
