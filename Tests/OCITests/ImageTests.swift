import OCI
import Testing
import WaybillCore

@Suite struct ImageTests {
    static func image() throws -> BuiltImage {
        var builder = ImageBuilder()
        builder.process.command = ["/bin/sh"]
        builder.addLayer(
            [FileEntry(path: "etc/os-release", kind: .file, contents: Array("ID=test\n".utf8))], createdBy: "base")
        builder.addLayer([
            FileEntry(path: "bin", kind: .folder, mode: 0o755),
            FileEntry(path: "bin/sh", kind: .file, mode: 0o755, contents: Array("#!".utf8)),
        ])
        return try builder.build()
    }

    @Test func `an image built twice has one digest`() throws {
        #expect(try Self.image() == Self.image())
    }

    @Test func `an image written as a layout reads back whole`() throws {
        let image = try Self.image()
        let layout = try ImageLayout(files: image.layout(tag: "1.0"))
        let manifest = try layout.manifest(tag: "1.0")
        #expect(manifest == image.manifest)
        let system = try layout.fileSystem(of: manifest) { $0.path.hasPrefix("etc/") }
        #expect(system.files.sorted.map(\.path) == ["bin", "bin/sh", "etc", "etc/os-release"])
        #expect(system.files.contents(of: "etc/os-release") == Array("ID=test\n".utf8))
        #expect(system.files["bin/sh"]?.layer == manifest.layers[1].digest)
        #expect(system.configuration.process.command == ["/bin/sh"])
    }

    @Test func `an unknown tag, a damaged blob and a missing file are errors`() throws {
        let image = try Self.image()
        var files = image.layout(tag: "1.0")
        #expect(throws: WaybillError.self) { try ImageLayout(files: files).manifest(tag: "2.0") }
        files["blobs/sha256/\(image.manifest.layers[0].digest.hex)"]?[20] ^= 1
        let layout = try ImageLayout(files: files)
        let error = #expect(throws: WaybillError.self) {
            try layout.fileSystem(of: image.manifest) { _ in true }
        }
        #expect(error?.code == .corrupted)
        files["oci-layout"] = nil
        #expect(throws: WaybillError.self) { try ImageLayout(files: files) }
    }

    @Test func `an image whose configuration names other layers is refused`() throws {
        let image = try Self.image()
        let other = ImageConfiguration(
            platform: image.configuration.platform, layerDigests: image.configuration.layerDigests.reversed())
        let manifest = Manifest(
            configuration: Descriptor(of: other.bytes, mediaType: .imageConfiguration), layers: image.manifest.layers)
        #expect(throws: WaybillError.self) {
            try ImageFileSystem(reading: manifest, keeping: { _ in false }) { (descriptor) throws(WaybillError) in
                image.blobs[descriptor.digest] ?? other.bytes
            }
        }
    }

    @Test func `an artifact has no file system`() throws {
        let empty = Descriptor(of: Array("{}".utf8), mediaType: .empty)
        let error = #expect(throws: WaybillError.self) {
            try ImageFileSystem.check(Manifest(configuration: empty, layers: [empty], artifactType: "a/b"))
        }
        #expect(error?.code == .unsupported)
    }
}
