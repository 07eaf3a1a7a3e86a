import Attestations
import Crypto
import Documents
import Files
import Foundation
import GitRepositories
import Ledger
import Signers
import TestSupport
import Trust
import WaybillCore

/// A state folder with one running workload whose chain holds, as services would have left it: a ledger, a signer's key
/// and two repositories.
struct EvidenceWorld {
    let folder: String
    var state: String { folder + "/state" }
    static let image = RunningWorkload.image
    let installation: Curve25519.Signing.PrivateKey
    let commit: String

    init() async throws {
        folder = try BuiltProgram.scratch()
        for name in ["state/signer", "state/git/repositories"] {
            try Files.makeFolder("\(folder)/\(name)", mode: 0o700)
        }
        installation = try KeyFile.create(folder + "/state/signer/key.pem")
        let publicKey = try PrivateKey(file: folder + "/state/signer/key.pem") { () throws(WaybillError) in
            throw WaybillError(.failed, "no password is asked for", subject: "test")
        }.publicKey
        try Files.write(Array(publicKey.pem.utf8), to: folder + "/state/signer/key.pub.pem")
        let key = installation
        let running = try await RunningWorkload(
            in: try SQLiteLedger(path: folder + "/state/ledger.db"),
            shop: try await Self.repository("shop", in: folder),
            environments: try await Self.repository("shop-environments", in: folder)
        ) { try Self.envelope($0, by: key) }
        commit = running.commit
    }

    private static func envelope(
        _ statement: Statement, by key: Curve25519.Signing.PrivateKey
    ) throws -> Envelope {
        var envelope = Envelope(payloadType: Statement.payloadType, payload: statement.bytes, signatures: [])
        let signature = Array(try key.signature(for: envelope.preAuthenticationEncoding))
        envelope.signatures = [.init(keyID: "installation", bytes: signature)]
        return envelope
    }

    private static func repository(_ name: String, in folder: String) async throws -> GitExecutable {
        try await GitExecutable.initializeBare("\(folder)/state/git/repositories/\(name).git")
    }
}
