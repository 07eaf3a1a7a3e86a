public import WaybillCore

/// Where images are built and commands of images run: without network, without the host's files, within limits.
public protocol Sandbox: Sendable {
    /// What separates the work from the machine, the strongest that works here.
    var isolation: IsolationReport { get }

    /// Builds an image. A build whose steps fail is a result with its log; an error means that we could not find out.
    func build(_ request: BuildRequest) async throws(WaybillError) -> BuildOutcome

    /// Makes an image ready to run commands in; `close()` removes everything again.
    func open(_ image: LocalImage, limits: ResourceLimits) async throws(WaybillError) -> any OpenImage
}

/// An image whose file system is ready for commands. What one command writes, the next one sees.
public protocol OpenImage: Sendable {
    /// Runs a command to its end with the image's user and environment. A time-out is `WaybillError(.timeout)`.
    func run(_ command: ImageCommand) async throws(WaybillError) -> ImageCommandOutcome
    func close() async throws(WaybillError)
}

extension Sandbox {
    /// Runs one command in an image and removes what was needed for it.
    public func run(
        _ command: ImageCommand, in image: LocalImage, limits: ResourceLimits = .standard
    ) async throws(WaybillError) -> ImageCommandOutcome {
        let open = try await open(image, limits: limits)
        let outcome: ImageCommandOutcome
        do throws(WaybillError) {
            outcome = try await open.run(command)
        } catch {
            // The command's own error says more than a failure to tidy up after it.
            do throws(WaybillError) { try await open.close() } catch let second { _ = second }
            throw error
        }
        try await open.close()
        return outcome
    }
}

/// An image in an OCI image layout on disk.
public struct LocalImage: Hashable, Sendable {
    /// The layout's folder.
    public var path: String
    /// The digest of the image's manifest.
    public var digest: Digest

    public init(path: String, digest: Digest) {
        self.path = path
        self.digest = digest
    }
}

/// A command to run in an image.
public struct ImageCommand: Sendable {
    public var arguments: [String]
    public var environment: [String: String]
    /// The image's own user where nil.
    public var user: String?
    public var workingDirectory: String?
    public var timeout: Duration
    public var outputBytesMax: Int

    public init(
        _ arguments: [String], environment: [String: String] = [:], user: String? = nil,
        workingDirectory: String? = nil, timeout: Duration = .seconds(30), outputBytesMax: Int = 1 << 20
    ) {
        self.arguments = arguments
        self.environment = environment
        self.user = user
        self.workingDirectory = workingDirectory
        self.timeout = timeout
        self.outputBytesMax = outputBytesMax
    }
}

/// How a command in an image ended.
public struct ImageCommandOutcome: Sendable {
    /// 127 where the image has no such program, 128 and the signal's number where a signal ended it.
    public var exitStatus: Int
    public var output: [UInt8]
    public var errorOutput: [UInt8]

    public init(exitStatus: Int, output: [UInt8], errorOutput: [UInt8]) {
        self.exitStatus = exitStatus
        self.output = output
        self.errorOutput = errorOutput
    }
}
