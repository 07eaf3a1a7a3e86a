import Crypto
import Foundation
import HTTPServing
import Ledger
import LedgerService
import MetadataRules
import Processes
import SwiftASN1
import Testing
import Trust
import WaybillCore
import X509

/// Callers that are named by their certificates.
struct ClientCertificateTests {
    /// An authority with a server's and a client's certificate.
    struct Certificates {
        let authority: String
        let server: (certificate: String, key: String)
        let client: (certificate: String, key: String)

        init() throws {
            let authorityKey = P256.Signing.PrivateKey()
            let name = try DistinguishedName { CommonName("authority") }
            let from = Date().addingTimeInterval(-300)
            let until = from.addingTimeInterval(86400)
            let root = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: .init(authorityKey.publicKey), notValidBefore: from,
                notValidAfter: until, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try .init {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true))
                }, issuerPrivateKey: .init(authorityKey))
            func leaf(
                _ common: String, _ names: [GeneralName], _ usage: ExtendedKeyUsage.Usage
            ) throws -> (String, String) {
                let key = P256.Signing.PrivateKey()
                let certificate = try Certificate(
                    version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: from,
                    notValidAfter: until, issuer: name, subject: try DistinguishedName { CommonName(common) },
                    signatureAlgorithm: .ecdsaWithSHA256,
                    extensions: try .init {
                        Critical(BasicConstraints.notCertificateAuthority)
                        Critical(KeyUsage(digitalSignature: true))
                        try ExtendedKeyUsage([usage])
                        SubjectAlternativeNames(names)
                    }, issuerPrivateKey: .init(authorityKey))
                return (try certificate.serializeAsPEM().pemString, key.pemRepresentation)
            }
            authority = try root.serializeAsPEM().pemString
            server = try leaf(
                "ledger", [.dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1]))], .serverAuth)
            client = try leaf("somebody", [.rfc822Name("ci@shop")], .clientAuth)
        }
    }

    @Test(.enabled(if: PythonClient.isThere, "the Python library “grafeas” is not there: run scripts/setup"))
    func `a client certificate names its bearer over REST and gRPC, and nobody comes in without one`() async throws {
        let certificates = try Certificates()
        let folder = FileManager.default.temporaryDirectory.path + "/ledger-tls-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in [
            ("ca.pem", certificates.authority), ("client.pem", certificates.client.certificate),
            ("client.key", certificates.client.key),
        ] { try Data(text.utf8).write(to: URL(filePath: folder + "/" + name)) }
        let editor = LedgerAccess.Binding(
            members: PatternList(["ci@shop"]),
            role: LedgerRole(name: "all", permissions: Set(LedgerPermission.allCases)))
        let house = LedgerHouse(LedgerAccess(bindings: [editor]))
        let server = try await LedgerServer.start(
            house.service, identities: house.identities,
            tls: TLSIdentity(
                certificatePEM: certificates.server.certificate, privateKeyPEM: certificates.server.key,
                authorityPEM: certificates.authority, clientAuthorityPEM: certificates.authority))
        func curl(_ arguments: [String]) async throws -> Outcome {
            try await ProcessRunner.run(
                Command(
                    "curl",
                    ["-s", "--cacert", folder + "/ca.pem"] + arguments
                        + [
                            "https://localhost:\(server.rest.port)/v1/projects/shop/notes?noteId=CVE-1", "-d",
                            #"{"vulnerability":{}}"#,
                        ], timeout: .seconds(30)))
        }
        let stranger = try await curl([])
        #expect(!stranger.isSuccess)
        let known = try await curl(["--cert", folder + "/client.pem", "--key", folder + "/client.key"])
        #expect(known.isSuccess && known.text.contains("projects/shop/notes/CVE-1"), "\(known.text)")
        let script = """
            import sys, grpc
            from grafeas import grafeas_v1
            from grafeas.grafeas_v1.services.grafeas.transports import GrafeasGrpcTransport
            folder, address = sys.argv[1:]
            read = lambda name: open(folder + "/" + name, "rb").read()
            credentials = grpc.ssl_channel_credentials(read("ca.pem"), read("client.key"), read("client.pem"))
            client = grafeas_v1.GrafeasClient(transport=GrafeasGrpcTransport(
                channel=grpc.secure_channel(address, credentials)))
            print(client.get_note(name="projects/shop/notes/CVE-1", timeout=20).name)
            """
        let outcome = try await ProcessRunner.run(
            Command(
                PythonClient.interpreter, ["-c", script, folder, "localhost:\(server.grpcPort)"],
                environment: ["GRPC_VERBOSITY": "NONE"], timeout: .seconds(60)))
        #expect(outcome.line == "projects/shop/notes/CVE-1", "\(outcome.errorText)")
        await server.stop()
    }
}
