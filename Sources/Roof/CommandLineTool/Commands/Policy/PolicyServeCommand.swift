import ArgumentParser
import Documents
import Files
import Foundation
import HTTPServing
import PolicyService
import PolicyTools
import Rego
import WaybillCore

/// Serves decisions over HTTP.
struct PolicyServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer decisions over HTTP, with OPA's REST API.",
        discussion: """
            Bundles, decision logs and status reports come from a configuration file in OPA's shape. \
            Example: waybill policy serve --addr localhost:8181 policy/
            """)

    enum Authentication: String, ExpressibleByArgument, CaseIterable { case off, token }
    enum Authorization: String, ExpressibleByArgument, CaseIterable { case off, basic }

    @Argument(help: "Files and folders; with --bundle bundles.", completion: .file()) var paths: [String] = []
    @Flag(name: .shortAndLong, help: "The paths are bundles.") var bundle = false
    @Option(name: .shortAndLong, help: "HOST:PORT, or unix:///PATH; port 0 takes a free one.") var addr =
        "localhost:8181"
    @Option(name: .shortAndLong, help: "The configuration file, YAML or JSON.", completion: .file()) var configFile:
        String?
    @Option(help: "off or token: whether callers bring a bearer token, seen as input.identity.") var authentication:
        Authentication = .off
    @Option(help: "off or basic: whether system.authz.allow decides who may ask.") var authorization: Authorization =
        .off
    @Option(name: .customLong("tls-cert-file"), help: "The certificate with its chain, as PEM.", completion: .file())
    var certificate: String?
    @Option(name: .customLong("tls-private-key-file"), help: "The certificate's key, as PEM.", completion: .file())
    var privateKey: String?
    @Option(help: "Leave out files and folders by pattern.") var ignore: [String] = []
    @OptionGroup var rego: RegoVersionOptions
    @OptionGroup var verification: VerificationOptions

    func run() async throws {
        do {
            try await serve()
        } catch let code as ExitCode {
            throw code
        } catch {
            try ToolOutput(diagnostics: "error: " + ErrorReport(error).text, status: 2).finish()
        }
    }

    private func serve() async throws {
        let environment = ProcessInfo.processInfo.environment
        let host = PolicyHost.system(environment: environment, version: Waybill.version)
        var configuration = PolicyServerConfiguration()
        if let configFile {
            configuration = try PolicyServerConfiguration(
                parsing: try Files.read(configFile), environment: environment, subject: configFile)
        }
        let loader = PolicyLoader(
            version: rego.version, ignored: ignore, verification: try verification.verification(),
            extensions: rego.extensions)
        let sources = try bundle ? loader.load(bundles: paths) : loader.load(paths: paths)
        let store = try PolicyStore(sources)
        let plugins = try PolicyPlugins(
            configuration, store: store, host: host, version: rego.version, skipsVerification: verification.skips,
            console: { line in FileHandle.standardError.write(Data((line + "\n").utf8)) })
        await plugins.start()
        let service = PolicyServer(
            store: store, settings: settings(configuration), host: host, plugins: plugins)
        let server = try await listen(service)
        Terminal.note("policy server listens on \(server.name)")
        if !isLoopback, authorization == .off {
            Terminal.note("warning: everybody who reaches \(addr) may read and change policies: --authorization basic")
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await plugins.run() }
            // The server ends on a signal; what it says then is of no use.
            try? await server.wait()
            group.cancelAll()
        }
        await plugins.stop()
    }

    private func settings(_ configuration: PolicyServerConfiguration) -> PolicyServer.Settings {
        var settings = PolicyServer.Settings()
        settings.readsTokens = authentication == .token
        settings.authorizes = authorization == .basic
        settings.defaultDecision = configuration.defaultDecision
        settings.authorizationDecision = configuration.defaultAuthorization
        settings.version = rego.version
        settings.configuration = configuration.shown
        return settings
    }

    private var isLoopback: Bool {
        addr.hasPrefix("unix://") || addr.hasPrefix("localhost:") || addr.hasPrefix("127.") || addr.hasPrefix("[::1]:")
    }

    private func listen(_ service: PolicyServer) async throws(WaybillError) -> HTTPServer {
        var identity: TLSIdentity?
        switch (certificate, privateKey) {
        case (let certificate?, let key?):
            identity = TLSIdentity(
                certificatePEM: try Files.text(certificate), privateKeyPEM: try Files.text(key), authorityPEM: "")
        case (nil, nil): break
        default:
            throw WaybillError(
                .invalidInput, "give both --tls-cert-file and --tls-private-key-file", subject: "TLS")
        }
        if addr.hasPrefix("unix://") {
            let path = String(addr.dropFirst(7))
            return try await HTTPServer.start(service.router(), name: addr, unixSocket: path)
        }
        guard let colon = addr.lastIndex(of: ":"), let port = Int(addr[addr.index(after: colon)...]),
            (0...65535).contains(port)
        else {
            throw WaybillError(
                .invalidInput, "not an address to listen on", subject: addr, remedy: "write it as localhost:8181")
        }
        var host = String(addr[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.isEmpty { host = "0.0.0.0" }
        if host == "localhost" { host = "127.0.0.1" }
        let scheme = identity == nil ? "http" : "https"
        return try await HTTPServer.start(
            service.router(), name: "\(scheme)://\(addr)", host: host, port: port, tls: identity)
    }
}
