import Ledger
import LedgerService
import Processes
import Testing
import WaybillCore

/// The methods that Google's client has no code for, called with hand-made bytes.
struct RawCallTests {
    /// Field 1 of a message is its name or parent, in every request here.
    static let script = """
        import sys, grpc
        channel = grpc.insecure_channel(sys.argv[1])
        def field(data):
            return b"\\x0a" + bytes([len(data)]) + data
        def call(method, request, token="secret"):
            try:
                return channel.unary_unary("/" + method, lambda b: b, lambda b: b)(
                    request, metadata=[("authorization", "Bearer " + token)], timeout=20)
            except grpc.RpcError as error:
                return error.code().name
        print(call("grafeas.v1.project.Projects/CreateProject", field(field(b"projects/raw"))) == field(b"projects/raw"))
        print(call("grafeas.v1beta1.project.Projects/GetProject", field(b"projects/raw")) == field(b"projects/raw"))
        print(b"projects/raw" in call("grafeas.v1.project.Projects/ListProjects", b""))
        print(call("grafeas.v1beta1.GrafeasV1Beta1/GetVulnerabilityOccurrencesSummary", field(b"projects/raw")))
        print(call("grafeas.v1beta1.GrafeasV1Beta1/ListOccurrences", field(b"projects/raw")))
        print(call("grafeas.v1beta1.GrafeasV1Beta1/GetNote", field(b"projects/raw/notes/none")))
        print(call("grafeas.v1beta1.GrafeasV1Beta1/GetNote", b"\\xff\\xff"))
        print(call("grafeas.v1beta1.GrafeasV1Beta1/GetNote", field(b"projects/raw/notes/none"), "wrong"))
        print(call("grafeas.v1.Grafeas/Nothing", b""))
        print(call("grafeas.v1.project.Projects/DeleteProject", field(b"projects/raw")))
        """

    @Test(.enabled(if: PythonClient.isThere, "the Python library “grafeas” is not there: run scripts/setup"))
    func `projects and the older API answer over gRPC`() async throws {
        let house = LedgerHouse()
        let server = try await LedgerServer.start(house.service, identities: house.identities)
        let outcome = try await ProcessRunner.run(
            Command(
                PythonClient.interpreter, ["-c", Self.script, "127.0.0.1:\(server.grpcPort)"],
                environment: ["GRPC_VERBOSITY": "NONE"], timeout: .seconds(60)))
        await server.stop()
        #expect(
            outcome.text.split(separator: "\n") == [
                "True", "True", "True", "b''", "b''", "NOT_FOUND", "INVALID_ARGUMENT", "UNAUTHENTICATED",
                "UNIMPLEMENTED", "b''",
            ], "\(outcome.errorText)")
    }
}
