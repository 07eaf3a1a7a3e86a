import ArgumentParser
import Documents
import Files
import Foundation
import HTTPServing
import Ledger
import LedgerService
import WaybillCore

/// The Grafeas API alone.
struct LedgerServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve notes and occurrences with the Grafeas API, over REST and gRPC.",
        discussion: """
            `waybill up` does the same beside everything else. Callers show a token of the state folder's secrets, a \
            signed token of an issuer, or a client certificate; the access file says what they may do (docs/ledger.md).

              waybill ledger serve --port 8080 --grpc-port 8081
            """)

    @OptionGroup var state: StateOption
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port for REST; 0 takes a free one.") var port = 0
    @Option(help: "The port for gRPC; 0 takes a free one.") var grpcPort = 0
    @Option(
        help: ArgumentHelp(
            "A PostgreSQL database for notes and occurrences: postgres://USER@HOST/DATABASE.",
            discussion: "Default: $WAYBILL_LEDGER_STORE, ledger-store of the state folder, or its own database.",
            valueName: "address"))
    var store: String?
    @Option(help: "A file that holds that address, with the password.") var storeFile: String?
    @Option(help: "Roles, bindings, authorities and issuers. Default: ledger.yaml of the state folder, where it is.")
    var access: String?
    @Option(help: "The server’s certificate with its chain (PEM); with it both ports speak TLS.")
    var certificate: String?
    @Option(help: "The certificate’s private key (PEM).") var privateKey: String?
    @Option(help: "The authority whose certificates clients must show (PEM).") var clientAuthority: String?
    @Option(help: "text or json.") var output: OutputFormat = .text

    func validate() throws {
        guard (certificate == nil) == (privateKey == nil) else {
            throw ValidationError("--certificate and --private-key go together.")
        }
        guard clientAuthority == nil || certificate != nil else {
            throw ValidationError("--client-authority needs --certificate and --private-key.")
        }
    }

    func run() async throws {
        let interruption = Interruption()
        do throws(WaybillError) {
            try state.folder.prepare()
            var api = LedgerAPI(state: state.folder, ledger: try SQLiteLedger(path: state.folder.ledger))
            api.accessFile = access
            api.store = try await LedgerStoreChoice(address: store, file: storeFile).open(
                state.folder, own: api.ledger)
            api.host = host
            api.port = port
            api.grpcPort = grpcPort
            api.tls = try tls()
            let server = try await api.start()
            let scheme = api.tls == nil ? "http" : "https"
            let rest = "\(scheme)://\(host):\(server.rest.port)"
            switch output {
            case .json:
                Terminal.result(
                    JSONWriter.string(["rest": .string(rest), "grpc": .string("\(host):\(server.grpcPort)")]))
            case .text:
                Terminal.result(Terminal.table([["rest", rest], ["grpc", "\(host):\(server.grpcPort)"]]))
            }
            Terminal.note("ready. Tokens: \(state.folder.secrets)")
            await interruption.wait()
            await server.stop()
        } catch {
            Terminal.error(error)
            throw ExitStatus.unknown
        }
    }

    private func tls() throws(WaybillError) -> TLSIdentity? {
        guard let certificate, let privateKey else { return nil }
        return TLSIdentity(
            certificatePEM: try Files.text(certificate), privateKeyPEM: try Files.text(privateKey), authorityPEM: "",
            clientAuthorityPEM: try clientAuthority.map { path throws(WaybillError) in try Files.text(path) })
    }
}
