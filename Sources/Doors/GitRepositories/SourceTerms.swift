public import Attestations
public import Delivery
import Signatures
public import Trust
public import WaybillCore

/// What a repository asks of its next step, as it stands at a commit: its rules, and the people that they name.
public struct SourceTerms: Sendable {
    /// Keys whose signatures count no more, one per line.
    public static let revokedKeysFile = ".waybill/revoked_keys"

    /// OpenPGP keys whose signatures on commits count, as `gpg --export --armor` writes them.
    public static let openPGPKeysFile = ".waybill/openpgp_keys.asc"
    /// Authorities (PEM): whom they gave a certificate for mail or code may sign commits in the name that it bears.
    public static let authoritiesFile = ".waybill/x509_authorities.pem"

    public var settings: SourceSettings
    public var signers: AllowedSigners
    public var revoked: RevokedKeys
    /// Keys of other kinds than SSH's: they sign commits and tags, no reviews.
    public var keyring: any CommitKeyring

    public init(
        settings: SourceSettings, signers: AllowedSigners, revoked: RevokedKeys = RevokedKeys(),
        keyring: (any CommitKeyring)? = nil
    ) {
        self.settings = settings
        self.signers = signers
        self.revoked = revoked
        self.keyring = keyring ?? SignerKeyring()
    }

    /// Judges commits by these terms. A moment of its own takes the place of the one that each commit states.
    public func verifier(at moment: Timestamp? = nil) -> CommitVerifier {
        CommitVerifier(signers: signers, revoked: revoked, keyring: keyring, moment: moment)
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
        var keyring = SignerKeyring()
        if let bytes = try await repository.read(Self.openPGPKeysFile, at: commit) {
            try keyring.add(openPGP: bytes, file: Self.openPGPKeysFile)
        }
        if let bytes = try await repository.read(Self.authoritiesFile, at: commit) {
            try keyring.add(authorities: bytes, file: Self.authoritiesFile)
        }
        self.keyring = keyring
    }
}
