import ArgumentParser
import Documents
import Files
import Foundation
import OCI
import PolicyService
import PolicyTools
import Registries
import WaybillCore

/// How to log in to a registry.
struct RegistryOptions: ParsableArguments {
    @Option(help: "The user; the password or token is in $WAYBILL_REGISTRY_TOKEN or --token-file.") var user: String?
    @Option(name: .customLong("token-file"), help: "A file with the password or token.", completion: .file())
    var tokenFile: String?
    @Flag(name: .customLong("plain-http"), help: "Without TLS; loopback addresses are asked so always.") var plain =
        false

    func registry(_ address: PolicyAddress) throws(WaybillError) -> RegistryClient {
        try address.registry(credentials: try credentials(address.reference.host ?? ""))
    }

    private func credentials(_ host: String) throws(WaybillError) -> RegistryClient.Credentials? {
        let environment = ProcessInfo.processInfo.environment
        if let path = tokenFile {
            return .init(user: user ?? "token", token: try Files.text(path).filter { $0 != "\n" && $0 != "\r" })
        }
        if let token = environment["WAYBILL_REGISTRY_TOKEN"], !token.isEmpty {
            return .init(user: user ?? "token", token: token)
        }
        // Where container engines keep logins.
        let folder = environment["DOCKER_CONFIG"] ?? (environment["HOME"].map { $0 + "/.docker" } ?? "")
        for path in [environment["REGISTRY_AUTH_FILE"], folder + "/config.json"].compactMap({ $0 })
        where Files.exists(path) {
            let value = try PolicyLoader.input(try Files.read(path, bytesMax: 1 << 20), name: path)
            guard let text = value["auths"]?[host]?["auth"]?.string, let bytes = Base64.decode(text),
                let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
            else { continue }
            return .init(
                user: String(decoding: bytes[..<colon], as: UTF8.self),
                token: String(decoding: bytes[(colon + 1)...], as: UTF8.self))
        }
        return nil
    }
}

/// Pushes policies to a registry.
struct PolicyPushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Push policies to an OCI registry.",
        discussion: """
            As one bundle that OPA can poll, or with --form conftest file by file in conftest's layer types. \
            Example: waybill policy push oci://registry.example/policies/shop:1.0 -p policy/
            """)

    @Argument(help: "Where to: oci://registry.example/policies/shop:1.0.") var address: String
    @Option(name: .shortAndLong, help: "A folder or a bundle.", completion: .file()) var policy = "policy"
    @Option(help: "bundle or conftest.") var form: PolicyArtifact.Form = .bundle
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var rego: RegoVersionOptions

    func run() async throws {
        do {
            let address = try PolicyAddress(parsing: address, plain: registry.plain)
            let loader = PolicyLoader(version: rego.version, verification: nil)
            let files = try loader.bundleFiles(policy)
            // What nobody could use is not pushed.
            if form == .bundle { _ = try PolicyBundle(files: files, name: policy, version: rego.version) }
            let digest = try await PolicyArtifact.push(
                files, as: form, to: address.reference.repository, tag: address.reference.tag ?? "latest",
                in: try registry.registry(address))
            Terminal.result("\(address.reference.name)@\(digest)")
        } catch {
            try ToolOutput(diagnostics: "error: " + ErrorReport(error).text, status: 2).finish()
        }
    }
}

/// Pulls policies from a registry.
struct PolicyPullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Pull policies from an OCI registry into a folder.",
        discussion:
            "A bundle or conftest's policies; every file is checked against its digest, a bundle's signature too.")

    @Argument(help: "Where from: oci://registry.example/policies/shop:1.0, or by @sha256:….") var address: String
    @Option(name: .shortAndLong, help: "The folder to write into.", completion: .directory) var policy = "policy"
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var verification: VerificationOptions

    func run() async throws {
        do {
            let address = try PolicyAddress(parsing: address, plain: registry.plain)
            let pulled = try await PolicyArtifact.pull(
                address.reference.version, from: address.reference.repository, in: try registry.registry(address))
            if pulled.form == .bundle, let verification = try verification.verification() {
                try verification.verify(pulled.files, subject: address.description)
            }
            try FolderWriter.write(pulled.files, to: policy)
            Terminal.result("\(address.reference.name)@\(pulled.digest)")
        } catch {
            try ToolOutput(diagnostics: "error: " + ErrorReport(error).text, status: 2).finish()
        }
    }
}
