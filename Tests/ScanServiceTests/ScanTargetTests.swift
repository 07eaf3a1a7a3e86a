import Files
import Foundation
import Inventory
import OCI
import Packages
import Processes
import Registries
import ScanService
import Testing
import WaybillCore

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "waybill-scan-\(UInt64.random(in: .min ... .max))"
        try Files.makeFolder(path)
    }

    deinit { _ = try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let folder = name.split(separator: "/").dropLast().joined(separator: "/")
        if !folder.isEmpty { try Files.makeFolder("\(path)/\(folder)") }
        try Files.write(bytes, to: "\(path)/\(name)")
    }
}

/// An image of two layers, in every form in which images come.
struct SampleImage {
    let layers: [(packed: [UInt8], plain: [UInt8])]
    let configuration: ImageConfiguration
    let manifest: Manifest

    static let secret = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"

    init() throws {
        var base = TarWriter(), upper = TarWriter()
        base.add(TarEntry(name: "etc/os-release"), contents: Array("ID=alpine\nVERSION_ID=3.10.2\n".utf8))
        base.add(
            TarEntry(name: "lib/apk/db/installed"), contents: Array("P:musl\nV:1.1.22-r3\no:musl\nA:x86_64\n".utf8))
        base.add(TarEntry(name: "app/.env"), contents: Array("TOKEN=\(Self.secret)\n".utf8))
        upper.add(TarEntry(name: "app/.wh..env"))
        upper.add(
            TarEntry(name: "app/node_modules/a/package.json"),
            contents: Array(#"{"name": "a", "version": "1.0.0"}"#.utf8))
        let plain = [base.finish(), upper.finish()]
        layers = try plain.map { (try Gzip.compress($0), $0) }
        var process = ImageConfiguration.Process()
        process.environment = ["PATH=/bin"]
        configuration = ImageConfiguration(
            platform: Platform(architecture: "amd64"), process: process, layerDigests: plain.map { .sha256(of: $0) })
        manifest = Manifest(
            configuration: Descriptor(of: configuration.bytes, mediaType: .imageConfiguration),
            layers: layers.map { Descriptor(of: $0.packed, mediaType: .layerGzip) })
    }

    func writeLayout(_ folder: TemporaryFolder) throws {
        try folder.write("oci-layout", Array(#"{"imageLayoutVersion": "1.0.0"}"#.utf8))
        try folder.write("index.json", Index(manifests: [manifest.descriptor]).bytes)
        for blob in [manifest.bytes, configuration.bytes] + layers.map(\.packed) {
            try folder.write(ImageLayout.path(of: .sha256(of: blob)), blob)
        }
    }

    /// As `docker save` writes it, with one layer linked from the folder of the other.
    func archive() -> [UInt8] {
        var writer = TarWriter()
        writer.add(TarEntry(name: "a/layer.tar"), contents: layers[0].plain)
        writer.add(TarEntry(name: "b/real.tar"), contents: layers[1].plain)
        writer.add(TarEntry(name: "b/layer.tar", kind: .symbolicLink, linkName: "../b/real.tar"))
        writer.add(TarEntry(name: "c.json"), contents: configuration.bytes)
        let list = #"[{"Config": "c.json", "RepoTags": ["shop/cart:1"], "Layers": ["a/layer.tar", "b/layer.tar"]}]"#
        writer.add(TarEntry(name: "manifest.json"), contents: Array(list.utf8))
        return writer.finish()
    }

    func registry() async throws -> MemoryRegistry {
        let registry = MemoryRegistry()
        for blob in [configuration.bytes] + layers.map(\.packed) {
            try registry.push(blob: blob, as: .sha256(of: blob), to: "shop/cart")
        }
        try registry.push(.image(manifest), tag: "1", to: "shop/cart")
        return registry
    }
}

struct ScanTargetTests {
    private func scanner(
        _ options: ScanOptions = ScanOptions(), registry: (any Registry)? = nil
    ) -> TargetScanner {
        TargetScanner(options: options) { (reference) throws(WaybillError) in
            guard let registry else { throw WaybillError(.unavailable, "no registry here", subject: "\(reference)") }
            return registry
        }
    }

    private func names(_ found: TargetInventory) -> [String] {
        found.inventory.packages.map { "\($0.name) \($0.version)" }
    }

    @Test func `an image is the same in a layout, an archive, a packed archive and a registry`() async throws {
        let image = try SampleImage(), folder = try TemporaryFolder()
        try image.writeLayout(folder)
        try folder.write("image.tar", image.archive())
        try folder.write("image.tar.gz", try Gzip.compress(image.archive()))
        let registry = try await image.registry()
        let reference = try ImageReference(parsing: "127.0.0.1:5000/shop/cart:1")
        let targets: [ScanTarget] = [
            .layout(folder.path, tag: nil), .archive("\(folder.path)/image.tar"),
            .archive("\(folder.path)/image.tar.gz"), .registry(reference),
        ]
        for target in targets {
            let found = try await scanner(registry: registry).scan(target)
            #expect(names(found) == ["musl 1.1.22-r3", "a 1.0.0"], "\(target)")
            #expect(found.inventory.packages[0].ecosystem == .alpine("v3.10"))
            #expect(found.secrets.map(\.rule) == ["WB-SECRET-github-token"])
            #expect(found.examined.layers == 2 && found.examined.rememberedLayers == 0)
            #expect(found.unpackedLayers == image.configuration.layerDigests)
        }
    }

    @Test func `a layer is read once and then remembered, and a damaged record only costs time`() async throws {
        let image = try SampleImage(), folder = try TemporaryFolder(), cache = try TemporaryFolder()
        try image.writeLayout(folder)
        let options = ScanOptions(cacheFolder: cache.path)
        let first = try await scanner(options).scan(.layout(folder.path, tag: nil))
        let second = try await scanner(options).scan(.layout(folder.path, tag: nil))
        #expect(second.examined.rememberedLayers == 2)
        #expect(second.inventory == first.inventory && second.secrets == first.secrets)
        let records = try Files.names(in: cache.path).flatMap { name in
            try Files.names(in: "\(cache.path)/\(name)").map { "\(cache.path)/\(name)/\($0)" }
        }
        #expect(records.count == 2)
        for record in records { try Files.write(Array("{".utf8), to: record) }
        let third = try await scanner(options).scan(.layout(folder.path, tag: nil))
        #expect(third.examined.rememberedLayers == 0 && third.inventory == first.inventory)
    }

    @Test func `a layer with other bytes than its digest is refused`() async throws {
        let image = try SampleImage(), folder = try TemporaryFolder()
        try image.writeLayout(folder)
        try folder.write(ImageLayout.path(of: image.manifest.layers[1].digest), try Gzip.compress(Array("x".utf8)))
        await #expect(throws: WaybillError.self) { try await scanner().scan(.layout(folder.path, tag: nil)) }
    }

    @Test func `a root file system shows what is installed, a project what is locked`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("etc/os-release", Array("ID=debian\nVERSION_ID=12\n".utf8))
        try folder.write("var/lib/dpkg/status.d/libc6", Array("Package: libc6\nVersion: 2.36-9\n".utf8))
        try folder.write("app/node_modules/a/package.json", Array(#"{"name": "a", "version": "1.0.0"}"#.utf8))
        try folder.write(
            "app/package-lock.json",
            Array(
                #"{"packages": {"node_modules/a": {"version": "1.0.1"}, "node_modules/t": {"version": "2.0.0", "dev": true}}}"#
                    .utf8))
        try folder.write("proc/fake/package-lock.json", Array("{".utf8))
        #expect(names(try await scanner().scan(.root(folder.path))) == ["libc6 2.36-9", "a 1.0.0"])
        let project = try await scanner(ScanOptions(skipped: ["proc"])).scan(.folder("\(folder.path)/app"))
        #expect(names(project) == ["a 1.0.1"])
        let all = try await scanner(ScanOptions(includesDevelopment: true)).scan(.folder("\(folder.path)/app"))
        #expect(names(all) == ["a 1.0.1", "t 2.0.0"])
    }

    @Test func `an archive or a file that is none is refused by its name`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("x.tar", Array(repeating: 7, count: 4096))
        try folder.write("empty.tar", [UInt8](repeating: 0, count: 1024))
        try folder.write("x.cdx.json", Array(#"{"bomFormat": "Other"}"#.utf8))
        for name in ["x.tar", "empty.tar", "x.cdx.json", "absent"] {
            await #expect(throws: WaybillError.self) {
                try await scanner().scan(try ScanTarget(parsing: "\(folder.path)/\(name)"))
            }
        }
    }

    @Test func `what a path is decides how it is read`() throws {
        let folder = try TemporaryFolder()
        try folder.write("layout/oci-layout", Array("{}".utf8))
        try folder.write("image.tar", [1, 2, 3])
        try folder.write("sbom", Array("\n {".utf8))
        #expect(try ScanTarget(parsing: "\(folder.path)/layout") == .layout("\(folder.path)/layout", tag: nil))
        #expect(try ScanTarget(parsing: "\(folder.path)/image.tar") == .archive("\(folder.path)/image.tar"))
        #expect(try ScanTarget(parsing: "\(folder.path)/sbom") == .sbom("\(folder.path)/sbom"))
        #expect(try ScanTarget(parsing: folder.path) == .folder(folder.path))
        #expect(try ScanTarget(parsing: "git:/x#main") == .revision(repository: "/x", revision: "main"))
        #expect(try ScanTarget(parsing: "rootfs:/") == .root("/"))
        let image = try ScanTarget(parsing: "registry.example/shop/cart:1.5")
        #expect(image == .registry(try ImageReference(parsing: "registry.example/shop/cart:1.5")))
        #expect(throws: WaybillError.self) { try ScanTarget(parsing: "nothing-of-the-kind") }
    }
}

struct HistoryTests {
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/git"), "git is not installed"))
    func `a secret that was removed is found in the commit that brought it`() async throws {
        let folder = try TemporaryFolder()
        func git(_ arguments: String...) async throws {
            let outcome = try await ProcessRunner.run(
                Command(
                    "/usr/bin/git",
                    ["-C", folder.path, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
                        + arguments))
            try #require(outcome.isSuccess, "\(outcome.errorText)")
        }
        try await git("init", "-q", "-b", "main")
        try folder.write("config.txt", Array("token = \(SampleImage.secret)\n".utf8))
        try folder.write("go.mod", Array("module x\n\nrequire github.com/a/b v1.0.0\n".utf8))
        try await git("add", ".")
        try await git("commit", "-q", "-m", "one")
        try folder.write("config.txt", Array("token = from the environment\n".utf8))
        try await git("commit", "-q", "-a", "-m", "two")
        let scanner = TargetScanner(options: ScanOptions(searchesHistory: true)) { (reference) throws(WaybillError) in
            throw WaybillError(.unavailable, "no registry here", subject: "\(reference)")
        }
        let head = try await scanner.scan(.revision(repository: folder.path, revision: "HEAD"))
        #expect(head.inventory.packages.map(\.name) == ["github.com/a/b"])
        #expect(head.examined.commits == 2)
        #expect(head.secrets.count == 1)
        #expect(head.secrets.first?.place.object?.hasPrefix("commit ") == true)
        #expect(!"\(head.secrets)".contains(SampleImage.secret))
    }
}
