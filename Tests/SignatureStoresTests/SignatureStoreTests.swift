import Attestations
import Documents
import Files
import OCI
import Registries
import Signatures
import Signers
import Testing
import Trust
import WaybillCore

@testable import SignatureStores

struct SignatureStoreTests {
    static let now = Timestamp(seconds: 1_795_262_400)

    static func image(in registry: MemoryRegistry) throws -> Descriptor {
        let configuration = Descriptor(of: Array("{}".utf8), mediaType: .imageConfiguration)
        try registry.push(blob: Array("{}".utf8), as: configuration.digest, to: "shop/cart")
        let manifest = Manifest(configuration: configuration, layers: [])
        try registry.push(.image(manifest), tag: "1", to: "shop/cart")
        return manifest.descriptor
    }

    @Test func `what is added stands beside what is there, in the form that others look for`() async throws {
        let registry = MemoryRegistry()
        let image = try Self.image(in: registry)
        let store = RegistrySignatures(registry: registry, repository: "shop/cart")
        let trusted = try [PrivateKey.generate(.ecdsaP256), PrivateKey.generate(.ed25519)]
        for key in trusted {
            let payload = SimpleSigningPayload(kind: .cosign, reference: "r/shop/cart", digest: image.digest)
            let layer = CosignLayer(payload: payload, bytes: payload.bytes, signature: try key.sign(payload.bytes))
            try await store.add(layer, to: image.digest, suffix: "sig")
            try await store.add(layer, to: image.digest, suffix: "sig")
        }
        let statement = Statement(
            subjects: [.init(name: "shop/cart", digest: image.digest)], predicateType: PredicateType.testResult,
            predicate: ["result": "PASSED"])
        let envelope = try await PrivateKeySigner(trusted[0]).sign(statement)
        try await store.add(
            SigstoreBundle(material: .publicKey(hint: ""), content: .envelope(envelope)), to: image, at: Self.now)
        let found = try await store.all(of: image.digest).items
        #expect(found.map(\.form).sorted() == ["cosign signature", "cosign signature", "sigstore bundle"])
        #expect(try registry.tags(in: "shop/cart").contains("sha256-\(image.digest.hex).sig"))
        for (item, key) in zip(found, trusted) {
            guard case .layer(let layer) = item.content else { continue }
            let verifier = BundleVerifier(keys: [TrustedKey(key.publicKey, name: "k")])
            #expect(throws: Never.self) { try layer.verify(verifier, image: image.digest, at: Self.now) }
            #expect(throws: SignatureFailure.self) { try layer.verify(verifier, image: .sha256(of: [1]), at: Self.now) }
        }
    }

    @Test func `the lookaside folder counts its signatures from one`() throws {
        let path = "/tmp/wb-lookaside-\(UInt64.random(in: 0 ... .max))"
        defer { try? Files.remove(path) }
        let folder = LookasideFolder(path)
        let digest = Digest.sha256(of: [1])
        try folder.add([1], to: digest, in: "shop/cart")
        try folder.add([2], to: digest, in: "shop/cart")
        #expect(try folder.all(of: digest, in: "shop/cart") == [[1], [2]])
        #expect(Files.exists("\(path)/shop/cart@sha256=\(digest.hex)/signature-2"))
        #expect(throws: WaybillError.self) { try folder.add([3], to: digest, in: "../cart") }
    }
}
