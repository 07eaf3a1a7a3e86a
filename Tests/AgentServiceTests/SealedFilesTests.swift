import Documents
import Files
import Foundation
import Kubernetes
import Ledger
import Secrets
import Synchronization
import Testing
import WaybillCore

@testable import AgentService

/// Files that SOPS sealed, and variables.
@Suite struct SealedFilesTests {
    /// A secret whose word is “open sesame”, sealed for the key below, which opens nothing else.
    private static let sealed = """
        apiVersion: v1
        kind: Secret
        metadata: { name: door }
        stringData:
          word: ENC[AES256_GCM,data:0j5pdbk0gm4l1BQ=,iv:z9DD7O+x8HgvaBnCTI9u0w/yezec2r6+QaEz7VBsJHM=,tag:ktqshXuzQ8jz9dJRr97xNw==,type:str]
        sops:
          age:
            - recipient: age14fe0n2wjcgd7qr3th9rm50m6pp4t6zxywn3kslvcvq5cst2cg4xqrenn7j
              enc: |
                -----BEGIN AGE ENCRYPTED FILE-----
                YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBNY2JhSnNsTk5KdzlwNG1O
                MGdWZ0FSS0dvcFcxR0VPb3hJVzJZWGVTcjFnCjlOc3FPcythU0RQQXVDVGJ4dmdE
                YVIwSTVVdG9KSTVGR0krNitwV29aWVkKLS0tIHluZllDV1kwUnczeFduY1BqSldm
                M25xTGl2Q2ovYmFzVXdQQzNVUVIzUjQKqLiQZlVZBakVjn1ejve3TR7qE1g+lJh3
                kQRMN28acsC23unTJA/+N65n02dvw9baHgUXLXq7ITqfuox120YpSg==
                -----END AGE ENCRYPTED FILE-----
          lastmodified: "2026-01-02T03:04:05Z"
          mac: ENC[AES256_GCM,data:v17LGGClzKHjm/nYCIL1W/PRNBzYZzVpEWG9dCL2vUDQ192rqRU0/7mpi26pfu7RkTjcw4tFWDtOYyEa7SlYTMuxkk8/EHN/5t7l0oCPZp+wZowGEvHDMWKVZ4sKm1NaF1ziWyAqFv0FJ6+DyZc7PLZx573Z66giYMT9CwYjzEg=,iv:2LLFDVo28hO4FYD1pdmCpM2SC95BKtBFyCOGcm0VGMM=,tag:i3AQefC7qFCxQEEecQpa3g==,type:str]
          encrypted_regex: ^(data|stringData)$
          version: 3.9.0

        """
    private static let key = "AGE-SECRET-KEY-" + "1HPZLGV7PCQJMGNWKN5W0CMSV5SEYE0JD9SZA7XJNUEP4NXQ0KA4QH0YR9A"

    private static let files: [String: String?] = [
        "waybill.yaml": "version: 1\nenvironments: [{ name: staging, path: staging }]\n",
        "staging/kustomization.yaml": "resources: [secret.yaml]\n", "staging/secret.yaml": sealed,
    ]

    private func word(_ world: World) async -> String? {
        await world.cluster.objects.values.first { $0.kind == "Secret" }?["stringData", "word"]?.string
    }

    @Test func `a sealed file is opened with the agent's key, and the word stands in no record`() async throws {
        let world = try World()
        world.ageKeys.withLock { $0 = Self.key }
        try await world.push(Self.files)
        let condition = await world.agent().reconcile()
        #expect(condition.state == .synced, "\(condition.message)")
        #expect(await word(world) == "open sesame")
        for event in try await world.ledger.events(about: nil, limit: 100) {
            #expect(!"\(event)".contains("sesame"))
        }
    }

    @Test func `the digest of sealed content can be made without the key and follows the sealed file`() async throws {
        let world = try World()
        world.ageKeys.withLock { $0 = Self.key }
        try await world.push(Self.files)
        let agent = world.agent()
        await agent.reconcile()
        let first = await agent.records["staging"]?.content?.digest
        try await world.push(["staging/kustomization.yaml": "resources: [secret.yaml]\ncommonLabels: {a: b}\n"])
        #expect(await agent.reconcile().state == .synced)
        let second = await agent.records["staging"]?.content?.digest
        #expect(first != nil && second != nil && first != second)
    }

    @Test func `without a key nothing is applied and the file is named`() async throws {
        let world = try World()
        try await world.push(Self.files)
        let condition = await world.agent().reconcile()
        #expect(condition.state == .refused)
        #expect(condition.violations.map(\.rule) == ["WB-AGT-008"])
        #expect(condition.message.contains("staging/secret.yaml"))
        #expect(await word(world) == nil)
    }

    @Test func `another key opens nothing`() async throws {
        let world = try World()
        world.ageKeys.withLock {
            $0 = "AGE-SECRET-KEY-1" + String(repeating: "Q", count: 58)
        }
        try await world.push(Self.files)
        let condition = await world.agent().reconcile()
        #expect(condition.state == .refused)
        #expect(await word(world) == nil)
    }

    @Test func `a changed seal is refused`() async throws {
        let world = try World()
        world.ageKeys.withLock { $0 = Self.key }
        var files = Self.files
        files["staging/secret.yaml"] = Self.sealed.replacing("name: door", with: "name: gate")
        try await world.push(files)
        let condition = await world.agent().reconcile()
        #expect(condition.state == .refused)
        #expect(condition.message.contains("sops.mac"), "\(condition.message)")
    }

    @Test func `variables are put in, an application's own before the environment's`() async throws {
        let world = try World()
        try await world.push([
            "waybill.yaml": """
            version: 1
            environments:
              - name: staging
                path: staging
                variables: { text: all, other: "7" }
                applications:
                  - { name: one, path: staging/one }
                  - { name: two, path: staging/two, variables: { text: own } }
            """,
            "staging/one/kustomization.yaml": "resources: [a.yaml]\n",
            "staging/one/a.yaml": Self.map("settings"),
            "staging/two/kustomization.yaml": "resources: [a.yaml]\n",
            "staging/two/a.yaml": Self.map("others"),
        ])
        let condition = await world.agent().reconcile()
        #expect(condition.state == .synced, "\(condition.message)")
        let texts = await world.cluster.objects.values.compactMap { $0["data", "text"]?.string }.sorted()
        #expect(texts == ["all 7", "own 7"])
    }

    @Test func `a variable without a value refuses the application`() async throws {
        let world = try World()
        var files = Self.files
        files["waybill.yaml"] =
            "version: 1\nenvironments: [{ name: staging, path: staging, variables: { text: a } }]\n"
        files["staging/secret.yaml"] = Self.map("settings")
        try await world.push(files)
        let condition = await world.agent().reconcile()
        #expect(condition.violations.map(\.rule) == ["WB-AGT-004"])
        #expect(condition.message.contains("other"), "\(condition.message)")
    }

    private static func map(_ name: String) -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: \(name) }\ndata: { text: \"${text} ${other}\" }\n"
    }

    // MARK: The folder of keys

    private func folder(mode: Int, fileMode: Int) throws -> String {
        let path = NSTemporaryDirectory() + "waybill-keys-\(UUID().uuidString)"
        try Files.makeFolder(path, mode: 0o700)
        try Files.write(Array("# a comment\n\(Self.key)\n".utf8), to: path + "/one.txt", mode: 0o600)
        try FileManager.default.setAttributes([.posixPermissions: fileMode], ofItemAtPath: path + "/one.txt")
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test func `keys are read from a folder that is the owner's alone`() throws {
        let path = try folder(mode: 0o700, fileMode: 0o600)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try AgeKeyFolder(path).identities().count == 1)
        #expect(try AgeKeyFolder(path + "/nowhere").identities().isEmpty)
    }

    @Test(arguments: [(0o755, 0o600), (0o700, 0o644), (0o700, 0o640), (0o710, 0o600)])
    func `a key that others may read is none`(_ mode: Int, _ fileMode: Int) throws {
        let path = try folder(mode: mode, fileMode: fileMode)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: WaybillError.self) { _ = try AgeKeyFolder(path).identities() }
        #expect(error?.code == .forbidden && error?.remedy?.hasPrefix("chmod") == true)
        #expect(error?.description.contains("AGE-SECRET") == false)
    }

    @Test func `a link is not a key`() throws {
        let path = try folder(mode: 0o700, fileMode: 0o600)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createSymbolicLink(atPath: path + "/two.txt", withDestinationPath: path + "/one.txt")
        #expect(throws: WaybillError.self) { _ = try AgeKeyFolder(path).identities() }
    }
}
