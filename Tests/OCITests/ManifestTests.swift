import Documents
import OCI
import Testing
import WaybillCore

@Suite struct ManifestTests {
    static let digest = "sha256:" + String(repeating: "ab", count: 32)
    static let descriptor = #"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(digest)","size":2}"#

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a manifest's digest is that of its bytes, spaces and all`() throws {
        let text = "{ \"schemaVersion\": 2,\n \"config\": \(Self.descriptor), \"layers\": [], \"unknown\": 1 }"
        let manifest = try Manifest(parsing: bytes(text))
        #expect(manifest.digest == .sha256(of: text.utf8))
        #expect(manifest.bytes == bytes(text))
        #expect(manifest.mediaType == .imageManifest)
    }

    @Test(arguments: [
        #"{"schemaVersion":2,"config":D,"layers":[],"manifests":[]}"#,
        #"{"schemaVersion":2}"#,
        #"{"schemaVersion":1,"config":D,"layers":[]}"#,
        #"{"config":D,"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:00","size":1},"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"DIGEST","size":-1},"layers":[]}"#,
        #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"DIGEST"},"layers":[]}"#,
        #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":D,"layers":[]}"#,
        #"{"schemaVersion":2,"schemaVersion":2,"config":D,"layers":[]}"#,
        #"{"schemaVersion":2,"config":D,"layers":[],"annotations":{"a":1}}"#,
        #"{"schemaVersion":2,"config":D,"layers":{}}"#,
        "[]", "", "{",
    ])
    func `a document that is no manifest, or could be two things, is refused`(_ template: String) {
        let text = template.replacing("DIGEST", with: Self.digest).replacing("D,", with: Self.descriptor + ",")
        #expect(throws: WaybillError.self) { try ManifestDocument(parsing: Array(text.utf8)) }
    }

    @Test func `the transport's media type must agree with the manifest's own`() throws {
        let manifest = Manifest(configuration: try Self.configuration(), layers: [])
        #expect(throws: WaybillError.self) { try ManifestDocument(parsing: manifest.bytes, mediaType: .dockerManifest) }
        #expect(try Manifest(parsing: manifest.bytes, mediaType: .imageManifest) == manifest)
    }

    @Test func `an artifact tells its type, a subject and its annotations`() throws {
        let empty = Descriptor(of: Array("{}".utf8), mediaType: .empty)
        let subject = Manifest(configuration: try Self.configuration(), layers: []).descriptor
        let artifact = Manifest(
            configuration: empty, layers: [empty], artifactType: "application/vnd.in-toto+json", subject: subject,
            annotations: ["b": "2", "a": "1"])
        let read = try Manifest(parsing: artifact.bytes)
        #expect(read == artifact)
        #expect(read.subject?.digest == subject.digest)
        #expect(read.effectiveArtifactType == "application/vnd.in-toto+json")
        #expect(!read.isContainerImage)
        let old = Manifest(configuration: Descriptor(of: [], mediaType: "application/x.config"), layers: [])
        #expect(old.effectiveArtifactType == "application/x.config")
    }

    @Test func `an index finds the manifest of a platform`() throws {
        let one = Manifest(configuration: try Self.configuration(), layers: []).descriptor
        var arm = one
        arm.platform = Platform(architecture: "arm64", variant: "v8")
        let index = try Index(parsing: Index(manifests: [one, arm]).bytes)
        #expect(index.manifest(for: Platform(architecture: "arm64")) == index.manifests[1])
        #expect(index.manifest(for: Platform(architecture: "amd64")) == nil)
    }

    @Test func `embedded data must be what the digest names`() {
        let text =
            #"{"schemaVersion":2,"config":{"mediaType":"x","digest":"\#(Self.digest)","size":2,"data":"e30="},"layers":[]}"#
        #expect(throws: WaybillError.self) { try Manifest(parsing: Array(text.utf8)) }
    }

    @Test func `a configuration keeps what a container starts with`() throws {
        var process = ImageConfiguration.Process()
        process.user = "1000:1000"
        process.environment = ["PATH=/bin", "A=1", "A=2"]
        process.entrypoint = ["/cart"]
        process.exposedPorts = ["8080/tcp"]
        process.labels = ["b": "2", "a": "1"]
        let written = ImageConfiguration(
            platform: Platform(architecture: "amd64"), process: process, layerDigests: [.sha256(of: [1])],
            history: [ImageConfiguration.Step(createdBy: "COPY cart /", isEmptyLayer: false)])
        let read = try ImageConfiguration(parsing: written.bytes)
        #expect(read == written)
        #expect(read.environmentValue("A") == "2")
        #expect(read.environmentValue("B") == nil)
    }

    @Test(arguments: [
        "{}", #"{"architecture":"a","os":"l"}"#,
        #"{"architecture":"a","os":"l","rootfs":{"type":"layers","diff_ids":["x"]}}"#,
        #"{"architecture":"a","os":"l","rootfs":{"type":"squash","diff_ids":[]}}"#,
        #"{"architecture":"a","os":"l","rootfs":{"type":"layers","diff_ids":[]},"config":{"Env":"A=1"}}"#,
    ])
    func `a configuration with a wrong member is refused`(_ text: String) {
        #expect(throws: WaybillError.self) { try ImageConfiguration(parsing: Array(text.utf8)) }
    }

    static func configuration() throws -> Descriptor {
        Descriptor(mediaType: .imageConfiguration, digest: try #require(Digest(digest)), size: 2)
    }
}
