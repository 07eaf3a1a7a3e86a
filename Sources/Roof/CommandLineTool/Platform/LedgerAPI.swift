import Attestations
import Files
import Foundation
import HTTPServing
import Ledger
import LedgerService
import MetadataRules
import Trust
import WaybillCore

/// The Grafeas API over a state folder: who may call it, which keys it accepts, where it listens.
struct LedgerAPI {
    let state: StateFolder
    let ledger: SQLiteLedger
    /// Where notes and occurrences are; the ledger's own database unless somebody says otherwise.
    var store: (any MetadataStore)?
    /// A file of roles, bindings, authorities and issuers; `ledger.yaml` of the state folder where there is one.
    var accessFile: String?
    var host = "127.0.0.1"
    var port = 0
    var grpcPort = 0
    var tls: TLSIdentity?

    init(state: StateFolder, ledger: SQLiteLedger) {
        self.state = state
        self.ledger = ledger
    }

    /// The notes of what the installation itself attests.
    static let ownNotes = "projects/waybill/notes/*"

    func start() async throws(WaybillError) -> LedgerServer {
        let access = try access()
        let service = MetadataService(
            store: store ?? SQLiteMetadataStore(ledger), access: access,
            refusals: BoundedRefusals(LedgerRefusals(ledger)),
            now: Platform.now, newID: { UUID().uuidString.lowercased() })
        let identities = CallerIdentities(
            tokens: try tokens(), issuers: access.issuers,
            now: { Timestamp(seconds: Platform.now().milliseconds / 1000) })
        return try await LedgerServer.start(
            service, identities: identities, host: host, port: port, grpcPort: grpcPort, tls: tls)
    }

    private func access() throws(WaybillError) -> LedgerAccess {
        let standard = state.path + "/ledger.yaml"
        var access = LedgerAccess.everybodyKnown
        if let path = accessFile ?? (Files.exists(standard) ? standard : nil) {
            access = try LedgerAccess(parsing: try Files.read(path), file: path)
        }
        if Files.exists(state.signerPublicKey) {
            let key = try PublicKey(pem: try Files.text(state.signerPublicKey))
            access.authorities.append(
                AttestationAuthority(
                    notes: PatternList([Self.ownNotes]), keys: [TrustedKey(key, name: Platform.signerName)]))
        }
        return access
    }

    /// Everybody with a token file in the secrets folder, and the administrator.
    private func tokens() throws(WaybillError) -> TokenTable {
        var table = TokenTable([(try state.token(for: "admin"), Identity("admin"))])
        for name in try Files.names(in: state.secrets) where name.hasSuffix(".token") && name != "admin.token" {
            let identity = String(name.dropLast(".token".count))
            table.add(token: try state.token(for: identity), identity: Identity(identity))
        }
        return table
    }
}
