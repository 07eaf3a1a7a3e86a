import Files
import Processes
import WaybillCore

/// Somebody in the demo, with a home folder, an SSH key and a token of their own.
struct Person: Sendable {
    let name: String
    let email: String
    let home: String
    /// Empty for somebody whom the forge does not know.
    let token: String

    var keyPath: String { home + "/.ssh/id_ed25519" }

    /// Makes the home folder and the key.
    static func make(_ name: String, email: String, home: String, token: String) async throws(WaybillError) -> Person {
        let person = Person(name: name, email: email, home: home, token: token)
        try Files.makeFolder(home + "/.ssh", mode: 0o700)
        try await ProcessRunner.output(
            of: Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", email, "-f", person.keyPath]))
        return person
    }

    /// This person's line in an allowed-signers file.
    func allowedSigner() throws(WaybillError) -> String {
        let key = try Files.text(keyPath + ".pub").split(separator: " ").prefix(2).joined(separator: " ")
        return "\(email) namespaces=\"git,waybill\" \(key)\n"
    }

    /// Commits in the name of `author` where one is given, by this person's key and token all the same.
    func environment(signing: Bool = true, as author: Person? = nil) -> [String: String] {
        GitIdentity(
            name: (author ?? self).name, email: (author ?? self).email, publicKeyPath: keyPath + ".pub", home: home,
            login: (email, token), isSigning: signing
        ).environment
    }

    /// Runs git in `folder`; the outcome says whether it worked.
    func tryGit(
        _ arguments: [String], in folder: String, signing: Bool = true, as author: Person? = nil
    ) async throws(WaybillError) -> Outcome {
        try await ProcessRunner.run(
            Command("git", arguments, environment: environment(signing: signing, as: author), in: folder))
    }

    /// Runs git in `folder` and takes anything but success for an error.
    @discardableResult
    func git(
        _ arguments: String..., in folder: String, signing: Bool = true, as author: Person? = nil
    ) async throws(WaybillError) -> Outcome {
        try await ProcessRunner.output(
            of: Command("git", arguments, environment: environment(signing: signing, as: author), in: folder))
    }
}
