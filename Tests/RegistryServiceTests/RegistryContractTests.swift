import OCI
import Registries
import Testing
import WaybillCore

/// The same behaviour of the registry in memory and of the client that speaks to our service.
@Suite struct RegistryContractTests {
    enum Kind: String, CaseIterable, Sendable { case memory, service }

    private func with(_ kind: Kind, _ body: (any Registry) async throws -> Void) async throws {
        switch kind {
        case .memory: try await body(MemoryRegistry())
        case .service: try await RunningRegistry.with { try await body(try $0.client()) }
        }
    }

    private func expectAbsent(_ body: () async throws -> Void) async {
        let error = await #expect(throws: WaybillError.self) { try await body() }
        #expect(error?.code == .notFound)
    }

    @Test(arguments: Kind.allCases)
    func `an image that was pushed is read back whole, with the same digest`(_ kind: Kind) async throws {
        let image = try RunningRegistry.image()
        try await with(kind) { (registry: any Registry) async throws -> Void in
            let digest = try await registry.push(image, tag: "1.0", to: "shop/cart")
            #expect(digest == image.digest)
            let found = try await registry.resolve("1.0", in: "shop/cart")
            #expect(
                found.digest == digest && found.size == image.manifest.bytes.count && found.mediaType == .imageManifest)
            #expect(try await registry.resolve(digest.description, in: "shop/cart").digest == digest)
            let manifest = try await registry.image("1.0", in: "shop/cart")
            #expect(manifest == image.manifest)
            let system = try await registry.fileSystem(of: manifest, in: "shop/cart") { $0.path == "etc/motd" }
            #expect(system.files.contents(of: "etc/motd") == Array("papers".utf8))
            #expect(system.configuration == image.configuration)
            #expect(try await registry.tags(in: "shop/cart") == ["1.0"])
        }
    }

    @Test(arguments: Kind.allCases)
    func `a layout is pushed with its index and all platforms`(_ kind: Kind) async throws {
        let image = try RunningRegistry.image()
        try await with(kind) { (registry: any Registry) async throws -> Void in
            let layout = try ImageLayout(files: image.layout(tag: "x"))
            #expect(try await registry.push(layout, tag: "2", to: "a/b") == image.digest)
            var entry = image.manifest.descriptor
            entry.platform = image.configuration.platform
            let index = Index(manifests: [entry])
            try await registry.push(.index(index), tag: "multi", to: "a/b")
            #expect(try await registry.image("multi", in: "a/b") == image.manifest)
            #expect(try await registry.tags(in: "a/b") == ["2", "multi"])
        }
    }

    @Test(arguments: Kind.allCases)
    func `what is absent is said to be`(_ kind: Kind) async throws {
        try await with(kind) { (registry: any Registry) async throws -> Void in
            let digest = Digest.sha256(of: [1])
            #expect(try await registry.hasBlob(digest, in: "a") == false)
            #expect(try await registry.referrers(of: digest, artifactType: nil, in: "a").isEmpty)
            await expectAbsent { _ = try await registry.resolve("latest", in: "a") }
            await expectAbsent { _ = try await registry.manifest(digest, in: "a") }
            await expectAbsent { _ = try await registry.tags(in: "a") }
            await expectAbsent {
                _ = try await registry.blob(Descriptor(mediaType: .layer, digest: digest, size: 1), in: "a")
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `a manifest that names an absent blob is refused`(_ kind: Kind) async throws {
        let image = try RunningRegistry.image()
        try await with(kind) { (registry: any Registry) async throws -> Void in
            let error = await #expect(throws: WaybillError.self) {
                try await registry.push(.image(image.manifest), tag: "1", to: "a")
            }
            #expect(error?.code == .notFound)
            await #expect(throws: WaybillError.self) {
                try await registry.push(blob: [1], as: .sha256(of: [2]), to: "a")
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func `papers are found by their subject and their type`(_ kind: Kind) async throws {
        let image = try RunningRegistry.image()
        try await with(kind) { (registry: any Registry) async throws -> Void in
            try await registry.push(image, tag: "1", to: "a")
            let one = try await registry.attach(
                Array("{}".utf8), mediaType: "application/vnd.dsse.envelope.v1+json",
                artifactType: "application/vnd.in-toto+json",
                to: image.manifest.descriptor, in: "a", annotations: ["k": "v"])
            let two = try await registry.attach(
                Array("bom".utf8), mediaType: "application/x", artifactType: "application/x+bom",
                to: image.manifest.descriptor, in: "a")
            let all = try await registry.referrers(of: image.digest, artifactType: nil, in: "a")
            #expect(all.map(\.digest) == [one.digest, two.digest].sorted())
            let some = try await registry.referrers(
                of: image.digest, artifactType: "application/vnd.in-toto+json", in: "a")
            #expect(some.map(\.digest) == [one.digest])
            #expect(some.first?.annotations == ["k": "v"])
            guard case .image(let manifest) = try await registry.manifest(one.digest, in: "a") else {
                Issue.record("a paper is no index")
                return
            }
            #expect(try await registry.blob(manifest.layers[0], in: "a") == Array("{}".utf8))
        }
    }
}
