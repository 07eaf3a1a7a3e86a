import Documents
import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// The services as a program: killed, started again, started twice.
@Suite(.serialized, .enabled(if: RunningServices.isBuilt, "the product waybill is not built"))
struct RestartTests {
    private let state = NSTemporaryDirectory() + "waybill-restart-\(UInt32.random(in: .min ... .max))"

    private func kubectl(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await ProcessRunner.run(
            Command(
                "kubectl", ["--kubeconfig", "\(state)/cluster/kubeconfig"] + arguments,
                environment: ["HOME": state], input: Array(input.utf8)))
    }

    private func clear() {
        for path in [state, "\(state)-output"] where Files.exists(path) { try? Files.remove(path) }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/kubectl"), "kubectl is not installed"))
    func `what was acknowledged is there after the process was killed`() async throws {
        defer { clear() }
        let first = try await RunningServices(state: state)
        let forge = try #require(first.addresses["forge"]?.string)
        let token = try Files.text("\(state)/secrets/admin.token")
        let key = "\(state)/test-key"
        try await ProcessRunner.output(of: Command("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]))
        let body: Value = ["name": "kept", "signers": .string("author@shop.example \(try Files.text(key + ".pub"))")]
        let created = try await ProcessRunner.output(
            of: Command(
                "curl",
                [
                    "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer \(token)",
                    "-H", "Content-Type: application/json", "-d", JSONWriter.string(body), "\(forge)/api/repositories",
                ]))
        #expect(created.line.hasPrefix("2"))
        let objects = """
            {"apiVersion":"v1","kind":"List","items":[
            {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kept"}},
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kept","namespace":"kept"},"data":{"key":"value"}}]}
            """
        let applied = try await kubectl("apply", "-f", "-", input: objects)
        #expect(applied.isSuccess, "\(applied.errorText)")
        first.end(SIGKILL)

        let second = try await RunningServices(state: state)
        #expect(second.addresses == first.addresses)
        let kept = try await kubectl("get", "configmap", "kept", "-n", "kept", "-o", "jsonpath={.data.key}")
        #expect(kept.text == "value", "\(kept.errorText)")
        let repositories = try await ProcessRunner.output(
            of: Command("curl", ["-sS", "-H", "Authorization: Bearer \(token)", "\(forge)/api/repositories"]))
        #expect(repositories.text.contains(#""kept""#))
        #expect(RunningServices.processes(naming: "signer\0serve\0--state\0\(state)\0").count == 1)
        second.end(SIGTERM)
        #expect(second.process.terminationStatus == 0)
        #expect(RunningServices.processes(naming: state).isEmpty)
        #expect(!Files.exists("\(state)/addresses.json"))
    }

    @Test func `a second start on the same folder is refused while the first runs`() async throws {
        defer { clear() }
        let first = try await RunningServices(state: state)
        defer { first.end(SIGTERM) }
        let second = try await ProcessRunner.run(Command(RunningServices.program, ["up", "--state", state]))
        #expect(second.exit == .exited(2))
        #expect(
            second.errorText.contains(
                "services run on this state folder already (process \(first.process.processIdentifier))"))
        #expect(Files.exists("\(state)/addresses.json"))
    }
}
