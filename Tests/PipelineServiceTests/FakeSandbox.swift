import Files
import OCI
import Synchronization
import WaybillCore

@testable import Sandboxes

/// Builds an image of the files that it is given, without running anything.
final class FakeSandbox: Sandbox {
    let image: BuiltImage
    /// Why the build fails, where it does.
    let failure: String?
    private let seen = Mutex<[BuildRequest]>([])

    var requests: [BuildRequest] { seen.withLock { $0 } }

    init(image: BuiltImage, failure: String? = nil) {
        self.image = image
        self.failure = failure
    }

    let isolation = IsolationReport(
        kind: .userNamespace, userNamespace: true, networkNamespace: true, processNamespace: true,
        memoryLimit: .controlGroup, runtime: "none 1", builder: "fake 1", storageDriver: "none", refused: [])

    func build(_ request: BuildRequest) async throws(WaybillError) -> BuildOutcome {
        seen.withLock { $0.append(request) }
        guard Files.exists("\(request.context)/\(request.containerfile)") else {
            throw WaybillError(.notFound, "the build file is not in the context", subject: request.containerfile)
        }
        if failure == nil {
            for (path, bytes) in image.layout() {
                let full = "\(request.output)/\(path)"
                try Files.makeFolder(String(full.prefix(upTo: full.lastIndex(of: "/") ?? full.startIndex)))
                try Files.write(bytes, to: full)
            }
        }
        return BuildOutcome(
            result: failure.map { .failed(reason: $0) }
                ?? .built(LocalImage(path: request.output, digest: image.digest)),
            baseImages: request.baseImages, isolation: isolation, started: 1_795_219_200, finished: 1_795_219_201,
            log: "STEP 1\n")
    }

    func open(_ image: LocalImage, limits: ResourceLimits) async throws(WaybillError) -> any OpenImage {
        FakeOpenImage()
    }
}

/// An image in which every command succeeds and says what it was.
struct FakeOpenImage: OpenImage {
    func run(_ command: ImageCommand) async throws(WaybillError) -> ImageCommandOutcome {
        ImageCommandOutcome(
            exitStatus: 0, output: Array(command.arguments.joined(separator: " ").utf8), errorOutput: [])
    }
    func close() async throws(WaybillError) {}
}
