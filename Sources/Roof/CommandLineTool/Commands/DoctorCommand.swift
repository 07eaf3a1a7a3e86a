import ArgumentParser
import Files
import Foundation
import Processes
import Sandboxes
import Signers
import WaybillCore

/// What this machine can do, and what it lacks.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this machine can isolate, and what it lacks.",
        discussion: "Exit status: 0 when everything is there, 1 when something is missing.")

    private static let programs = [
        ("git", "repositories", "git"), ("ssh-keygen", "signing commits and reviews", "openssh-client"),
        ("buildah", "building images", "buildah"), ("runc", "running containers", "runc"),
        ("skopeo", "pulling images", "skopeo"), ("kubectl", "talking to the cluster", "see scripts/setup"),
        ("newuidmap", "user namespaces for ordinary users", "uidmap"), ("unshare", "namespaces", "util-linux"),
        ("setpriv", "giving rights up", "util-linux"), ("mount", "the files of pods", "mount"),
        ("tar", "unpacking images", "tar"),
    ]

    func run() async throws {
        var missing = 0
        do {
            try await OrdinaryUser.enter()
        } catch {
            Terminal.error(error)
            missing += 1
        }
        var rows: [[String]] = []
        for (program, purpose, package) in Self.programs {
            let found =
                Command.baseEnvironment["PATH"]?.split(separator: ":").contains { Files.exists("\($0)/\(program)") }
                ?? false
            if !found { missing += 1 }
            rows.append([found ? "✓" : "✗", program, purpose, found ? "" : "apt-get install \(package)"])
        }
        Terminal.result(Terminal.table(rows))
        Terminal.result(SignerUser.standing().description)
        let folder = "/tmp/waybill-doctor-\(UInt32.random(in: .min ... .max))"
        do {
            let sandbox = try await BuildahSandbox(stateFolder: folder)
            Terminal.result("isolation: \(sandbox.isolation.description)")
            try Files.remove(folder)
        } catch {
            Terminal.error(error)
            missing += 1
        }
        if missing > 0 { throw ExitStatus.no }
    }
}
