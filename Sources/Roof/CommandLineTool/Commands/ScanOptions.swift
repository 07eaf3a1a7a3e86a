import ArgumentParser
import Attestations
import Files
import Foundation
import Inventory
import Ledger
import OCI
import Registries
import ScanService
import WaybillCore

/// What is looked for, and where it may be left out.
struct ScanLookOptions: ParsableArguments {
    enum Scanner: String, ExpressibleByArgument, CaseIterable {
        case packages, vulnerabilities, secrets, licences
    }

    @Option(
        parsing: .upToNextOption,
        help: "What to look for, of packages, vulnerabilities, secrets, licences. All but licences, unless it is given."
    )
    var look: [Scanner] = []
    @Option(help: "The platform of an image for several: linux/arm64.") var platform = "linux/amd64"
    @Option(help: "Leave this path out, with all below it. May be repeated.") var skip: [String] = []
    @Flag(help: "List packages that only builds and tests need, too.") var includeDevelopment = false
    @Option(help: "Rules for secrets in gitleaks' TOML or Trivy's YAML. May be repeated; ours are used without it.")
    var secretRules: [String] = []
    @Flag(help: "Search every commit for secrets, not only the files as they are.") var history = false
    @Flag(help: "Read every layer anew.") var noCache = false
    @Option(help: "The folder that remembers layers.") var cache: String?
    @Option(help: "How many layers are read at once.") var layersAtOnce = 2

    func looks(for scanner: Scanner) -> Bool {
        look.isEmpty ? scanner != .licences : look.contains(scanner)
    }

    func options() throws(WaybillError) -> ScanOptions {
        var secrets: SecretRuleSet?
        if looks(for: .secrets) { secrets = try rules() }
        return ScanOptions(
            platform: try parsedPlatform(), secrets: secrets, searchesHistory: history,
            skipped: skip.map { $0.split(separator: "/").filter { $0 != "." }.joined(separator: "/") },
            includesDevelopment: includeDevelopment, layersAtOnce: min(max(layersAtOnce, 1), 64),
            cacheFolder: noCache ? nil : cache ?? LayerCache.standardFolder,
            today: String(Timestamp(seconds: Platform.now().milliseconds / 1000).description.prefix(10)),
            isMerging: false)
    }

    private func rules() throws(WaybillError) -> SecretRuleSet {
        guard !secretRules.isEmpty else { return .standard }
        var set = SecretRuleSet(rules: [])
        for file in secretRules {
            let bytes = try Files.read(file, bytesMax: 16 << 20)
            let read =
                file.hasSuffix(".toml")
                ? try GitleaksConfiguration.rules(from: bytes, file: file)
                : try TrivySecretConfiguration.rules(from: bytes, file: file)
            set.rules += read.rules
            set.allowLists += read.allowLists
        }
        return set
    }

    private func parsedPlatform() throws(WaybillError) -> OCI.Platform {
        let parts = platform.split(separator: "/").map(String.init)
        guard parts.count == 2 || parts.count == 3 else {
            throw WaybillError(
                .invalidInput, "not a platform: \(Redaction.excerpt(platform))", subject: "--platform",
                remedy: "write it as linux/arm64")
        }
        return OCI.Platform(
            architecture: parts[1], operatingSystem: parts[0], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// The registry of a name; unencrypted only on this machine. `$WAYBILL_REGISTRY_USER` and
    /// `$WAYBILL_REGISTRY_PASSWORD` are for the registry that is asked.
    static var registry: @Sendable (ImageReference) throws(WaybillError) -> any Registry {
        { (reference) throws(WaybillError) in
            let host = reference.normalized.host ?? "registry-1.docker.io"
            let name = host.split(separator: ":").first.map(String.init) ?? host
            let isLocal = name == "localhost" || name == "127.0.0.1" || host.hasPrefix("[::1]")
            let environment = ProcessInfo.processInfo.environment
            var credentials: RegistryClient.Credentials?
            if let user = environment["WAYBILL_REGISTRY_USER"], let token = environment["WAYBILL_REGISTRY_PASSWORD"] {
                credentials = .init(user: user, token: token)
            }
            let address = host == "docker.io" ? "registry-1.docker.io" : host
            return try RegistryClient("\(isLocal ? "http" : "https")://\(address)", credentials: credentials)
        }
    }
}
