import ArgumentParser
import Documents
import Files
import Foundation
import HTTPServing
import WaybillCore

/// Where one machine keeps everything: ledger, blobs, repositories, cluster, secrets.
struct StateFolder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    var ledger: String { path + "/ledger.db" }
    var blobs: String { path + "/blobs" }
    var registry: String { path + "/registry" }
    var repositories: String { path + "/git" }
    /// The agents' own copies of environment repositories.
    var mirrors: String { path + "/mirrors" }
    var cluster: String { path + "/cluster" }
    /// Kubeconfigs of other clusters.
    var clusters: String { path + "/clusters" }
    var builds: String { path + "/builds" }
    var bases: String { path + "/bases" }
    var advisories: String { path + "/advisories" }
    var trust: String { path + "/trust" }
    /// Deployment policies for every namespace, where somebody put some.
    var admission: String { path + "/admission" }
    var secrets: String { path + "/secrets" }
    /// The agents' keys of age, which open sealed files.
    var ageKeys: String { path + "/age-keys" }
    /// The machine's own key for promotions, and its clones.
    var promoter: String { path + "/promoter" }
    /// What forges sign their webhooks with.
    var webhookSecret: String { secrets + "/webhook.secret" }
    var signer: String { path + "/signer" }
    var signerSocket: String { signer + "/socket" }
    var signerKey: String { signer + "/key.pem" }
    var signerPublicKey: String { signer + "/key.pub.pem" }
    var signerLog: String { signer + "/signatures.jsonl" }
    var kubeconfig: String { cluster + "/kubeconfig" }
    /// The addresses of the running services.
    var addresses: String { path + "/addresses.json" }

    /// The signers that a repository was registered with: the agent's first trust, kept apart from the forge.
    func rootSigners(of repository: String) -> String { "\(trust)/\(repository).allowed_signers" }

    /// `$WAYBILL_STATE`, or `waybill` in the user's data folder.
    static var standardPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["WAYBILL_STATE"] { return path }
        let data = environment["XDG_DATA_HOME"] ?? (environment["HOME"] ?? "/tmp") + "/.local/share"
        return data + "/waybill"
    }

    /// Makes the folders that are missing; secrets are the owner's alone.
    func prepare() throws(WaybillError) {
        try Files.makeFolder(path)
        for folder in [secrets, signer, ageKeys] { try Files.makeFolder(folder, mode: 0o700) }
        for folder in [blobs, registry, repositories, cluster, builds, bases, advisories, trust] {
            try Files.makeFolder(folder)
        }
    }

    /// The token of a named caller, made at the first request.
    func token(for name: String) throws(WaybillError) -> String {
        let path = "\(secrets)/\(name).token"
        if Files.exists(path) {
            let text = try Files.text(path)
            return String(text.prefix { !$0.isNewline })
        }
        let token = TokenTable.newToken()
        try Files.write(Array(token.utf8), to: path, mode: 0o600)
        return token
    }

    /// Throws `.notFound` where no services have been started on this folder.
    func readAddresses() throws(WaybillError) -> Addresses {
        guard Files.exists(addresses) else {
            throw WaybillError(
                .notFound, "no services run on this state folder", subject: path, remedy: "waybill up --state \(path)")
        }
        return try Addresses(parsing: try Files.read(addresses), file: addresses)
    }
}

/// Where the running services listen.
struct Addresses: Hashable, Sendable {
    var forge: String
    var registry: String
    var cluster: String
    var dashboard: String
    /// The Grafeas API over REST, and host and port of the same over gRPC.
    var ledger: String
    var ledgerGRPC: String

    var value: Value {
        [
            "forge": .string(forge), "registry": .string(registry), "cluster": .string(cluster),
            "dashboard": .string(dashboard), "ledger": .string(ledger), "ledgerGRPC": .string(ledgerGRPC),
        ]
    }

    init(
        forge: String, registry: String, cluster: String, dashboard: String, ledger: String = "",
        ledgerGRPC: String = ""
    ) {
        self.forge = forge
        self.registry = registry
        self.cluster = cluster
        self.dashboard = dashboard
        self.ledger = ledger
        self.ledgerGRPC = ledgerGRPC
    }

    init(parsing bytes: [UInt8], file: String) throws(WaybillError) {
        do {
            var fields = try Fields(try JSONReader.node(from: bytes), of: "addresses")
            self.init(
                forge: try fields.requiredString("forge"), registry: try fields.requiredString("registry"),
                cluster: try fields.requiredString("cluster"), dashboard: try fields.requiredString("dashboard"),
                ledger: try fields.string("ledger") ?? "", ledgerGRPC: try fields.string("ledgerGRPC") ?? "")
            try fields.finish()
        } catch {
            throw error.inFile(file)
        }
    }
}

/// The option that every command on a state folder has.
struct StateOption: ParsableArguments {
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "The folder that holds everything.",
            discussion: "Default: $WAYBILL_STATE, or waybill in the user's data folder.", valueName: "folder"))
    var path: String?

    var folder: StateFolder { StateFolder(path ?? StateFolder.standardPath) }
}
