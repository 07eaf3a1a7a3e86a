import Delivery
import Files
import GitRepositories
import Processes
import WaybillCore

/// The machine's own key for promotions and followed images: an SSH key that signs commits and nothing else.
struct Promoter: Sendable {
    let folder: String
    let token: String

    var keyPath: String { folder + "/key" }

    /// Makes the key at the first start. Nil where the machine has no `ssh-keygen`: then nothing is automatic.
    static func open(_ state: StateFolder) async throws(WaybillError) -> Promoter? {
        let promoter = Promoter(folder: state.promoter, token: try state.token(for: "promoter"))
        try Files.makeFolder(state.promoter, mode: 0o700)
        guard !Files.exists(promoter.keyPath) else { return promoter }
        let outcome: Outcome
        do throws(WaybillError) {
            outcome = try await ProcessRunner.run(
                Command(
                    "ssh-keygen",
                    ["-q", "-t", "ed25519", "-N", "", "-C", AutomationLimits.identity, "-f", promoter.keyPath]))
        } catch  where error.code == .notFound || error.code == .unavailable {
            return nil
        }
        guard outcome.isSuccess else {
            throw WaybillError(
                .failed, "the key of promotions could not be made: \(outcome.errorText)", subject: promoter.keyPath)
        }
        return promoter
    }

    /// Its line in `allowed_signers`: for commits alone, so that it can never review or approve.
    static func signerLine(_ state: StateFolder) throws(WaybillError) -> String {
        let path = state.promoter + "/key.pub"
        guard Files.exists(path) else {
            throw WaybillError(
                .notFound, "the key of promotions is made when the services start", subject: path,
                remedy: "waybill up --state \(state.path)")
        }
        let key = try Files.text(path).split(separator: " ").prefix(2).joined(separator: " ")
        return "\(AutomationLimits.identity) namespaces=\"git\" \(key)"
    }

    var environment: [String: String] {
        GitIdentity(
            name: "promoter", email: AutomationLimits.identity, publicKeyPath: keyPath + ".pub", home: folder,
            login: ("promoter", token)
        ).environment
    }

    /// Its clone of an environment repository, at the newest `main` and nothing else.
    func change(_ repository: String, at address: String) async throws(WaybillError) -> EnvironmentChange {
        let clone = "\(folder)/clones/\(repository)"
        let change = EnvironmentChange(folder: clone, environment: environment)
        if !Files.exists(clone + "/.git") {
            try Files.remove(clone)
            try Files.makeFolder(folder + "/clones")
            try await ProcessRunner.output(
                of: Command("git", ["clone", "-q", address, clone], environment: environment, in: folder))
        }
        try await change.git("fetch", "-q", address, "main:refs/remotes/origin/main")
        try await change.git("checkout", "-q", "-B", "main", "refs/remotes/origin/main")
        try await change.git("reset", "-q", "--hard")
        try await change.git("clean", "-q", "-f", "-d")
        return change
    }
}
