import AgentService
import Attestations
import Crypto
import Delivery
import Ledger
import OCI
import Registries
import SignatureStores
import Signatures
import Testing
import WaybillCore

@testable import CommandLineTool

/// Artifacts as flux and oras push them, and their signatures as cosign makes them.
@Suite struct RegistryArtifactsTests {
    private let registry = MemoryRegistry()
    private let key = P256.Signing.PrivateKey()
    private let text = "kind: ConfigMap\n"

    private var source: RegistryArtifacts {
        RegistryArtifacts(now: { Instant(milliseconds: 1_800_000_000_000) }) { _ in registry }
    }

    private func settings(_ version: ArtifactSettings.Version = .tag("live")) -> ArtifactSettings {
        ArtifactSettings(repository: "registry.example/shop", version: version, key: "keys/a.pub")
    }

    private func layer(_ path: String) throws -> (Descriptor, [UInt8]) {
        var builder = ImageBuilder()
        builder.addLayer([
            FileEntry(path: "deploy", kind: .folder), FileEntry(path: path, kind: .file, contents: Array(text.utf8)),
            FileEntry(path: "link", kind: .symbolicLink, linkTarget: "/etc/passwd"),
        ])
        let image = try builder.build()
        let part = try #require(image.manifest.layers.first)
        return (part, try #require(image.blobs[part.digest]))
    }

    /// Pushes one layer under the tag `live`.
    private func push(_ layer: Descriptor, _ bytes: [UInt8], created: String? = "2026-01-02T03:04:05Z") async throws
        -> WaybillCore.Digest
    {
        let empty = Descriptor(of: Array("{}".utf8), mediaType: .empty)
        var annotations: [String: String] = [:]
        annotations["org.opencontainers.image.created"] = created
        let manifest = Manifest(configuration: empty, layers: [layer], annotations: annotations)
        try registry.push(blob: Array("{}".utf8), as: empty.digest, to: "shop")
        try registry.push(blob: bytes, as: layer.digest, to: "shop")
        try registry.push(.image(manifest), tag: "live", to: "shop")
        return manifest.digest
    }

    private func sign(_ digest: WaybillCore.Digest, by signer: P256.Signing.PrivateKey) async throws {
        let payload = SimpleSigningPayload(kind: .cosign, reference: "registry.example/shop", digest: digest)
        let bytes = payload.bytes
        let signature = try signer.signature(for: bytes).derRepresentation
        try await RegistrySignatures(registry: registry, repository: "shop").add(
            CosignLayer(payload: payload, bytes: bytes, signature: Array(signature)), to: digest, suffix: "sig")
    }

    private func read() async throws(WaybillError) -> Artifact {
        let digest = try await source.resolve(settings())
        return try await source.read(digest, of: settings(), key: Array(key.publicKey.pemRepresentation.utf8))
    }

    @Test(arguments: [
        "application/vnd.cncf.flux.content.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar+gzip",
    ])
    func `an archive that the key signed is read, without its links`(_ type: String) async throws {
        var (layer, bytes) = try layer("deploy/app.yaml")
        layer.mediaType = MediaType(type)
        let digest = try await push(layer, bytes)
        try await sign(digest, by: key)
        let artifact = try await read()
        #expect(artifact.digest == digest)
        #expect(artifact.created?.description == "2026-01-02T03:04:05Z")
        #expect(artifact.files == ["deploy/app.yaml": Array(text.utf8)])
    }

    @Test func `files that were pushed one by one have their titles as paths`() async throws {
        var layer = Descriptor(of: Array(text.utf8), mediaType: "application/yaml")
        layer.annotations = ["org.opencontainers.image.title": "./deploy/app.yaml"]
        try await sign(try await push(layer, Array(text.utf8), created: nil), by: key)
        let artifact = try await read()
        #expect(artifact.files == ["deploy/app.yaml": Array(text.utf8)])
        #expect(artifact.created == nil)
    }

    @Test(arguments: ["../app.yaml", "/etc/app.yaml", "a/../../b", ""])
    func `a file that would lie outside is refused`(_ title: String) async throws {
        var layer = Descriptor(of: Array(text.utf8), mediaType: "application/yaml")
        layer.annotations = ["org.opencontainers.image.title": title]
        try await sign(try await push(layer, Array(text.utf8)), by: key)
        await #expect(throws: WaybillError.self) { try await read() }
    }

    @Test func `without a signature by the key nothing is read`() async throws {
        let (layer, bytes) = try layer("deploy/app.yaml")
        let digest = try await push(layer, bytes)
        let unsigned = await #expect(throws: WaybillError.self) { try await read() }
        #expect(unsigned?.code == .forbidden)
        #expect(unsigned?.message.hasSuffix("it has no signature") == true, "\(unsigned?.message ?? "")")
        try await sign(digest, by: P256.Signing.PrivateKey())
        let other = await #expect(throws: WaybillError.self) { try await read() }
        #expect(other?.code == .forbidden)
        // A good signature beside a bad one is enough.
        try await sign(digest, by: key)
        #expect(try await read().files.count == 1)
    }
}
