import Documents
import Files
import Processes
import WaybillCore

/// A workspace with its jail and its limits, and the few things that are done in there.
struct BuildRoom: Sendable {
    let isolation: IsolationReport
    let limits: ResourceLimits
    private let workspace: Workspace
    private let jail: Jail
    private let ranges: RangePool

    /// Steps that are not the build itself are small.
    static let stepTimeout = Duration.seconds(300)
    static let stepOutputMax = 1 << 20

    init(
        stateFolder: String, isolation: IsolationReport, ranges: RangePool, limits: ResourceLimits
    ) async throws(WaybillError) {
        self.isolation = isolation
        self.limits = limits
        self.ranges = ranges
        var range = isolation.kind == .rootless ? SubordinateRange.nested : nil
        if isolation.kind == .userNamespace {
            range = ranges.take()
            guard range != nil else {
                throw WaybillError(
                    .limitExceeded, "\(RangePool.sizeMax) builds are running already", subject: "sandbox",
                    remedy: "wait until one of them has ended")
            }
        }
        do throws(WaybillError) {
            workspace = try await Workspace(in: stateFolder, range: range)
            let name = "waybill-\(workspace.folder.split(separator: "/").last ?? "build")"
            let group = isolation.memoryLimit == .controlGroup ? try ControlGroup.make(name, limits) : nil
            jail = Jail(kind: isolation.kind, range: range, group: group, folder: workspace.folder)
        } catch {
            if let range, isolation.kind == .userNamespace { ranges.giveBack(range) }
            throw error
        }
    }

    /// Ends what still runs and removes everything. Runs to its end also when the task was cancelled.
    func leave() async {
        jail.group?.remove()
        if isolation.kind == .rootless, jail.range == nil {
            // The subordinate users' files can be removed by their own root alone.
            let command = jail.command(
                ["/bin/rm", "-rf", "\(Jail.home)/storage", "\(Jail.home)/run", "\(Jail.home)/tmp", "\(Jail.home)/xdg"],
                timeout: Self.stepTimeout, outputBytesMax: Self.stepOutputMax)
            // A new task: the caller's cancellation must not keep the files. What stays after a failure is removed at the next start.
            await Task { _ = try? await ProcessRunner.run(command) }.value
        }
        workspace.removeQuietly()
        if let range = jail.range, isolation.kind == .userNamespace { ranges.giveBack(range) }
    }

    // MARK: What goes in

    func bring(context: String, containerfile: String) async throws(WaybillError) {
        guard !containerfile.hasPrefix("/"), !containerfile.split(separator: "/").contains("..") else {
            throw WaybillError(.invalidInput, "the build file must lie in the context", subject: containerfile)
        }
        try await workspace.bring(context, as: "context")
        guard Files.exists("\(workspace.work)/context/\(containerfile)") else {
            throw WaybillError(.notFound, "the build file is not in the context", subject: containerfile)
        }
        try await workspace.giveToBuilder()
    }

    /// Puts an image into the build's storage under the name that the build file uses.
    func add(_ base: BaseImageSource) async throws(WaybillError) {
        let name = try StorageName(base.name, base.image.digest)
        let folder = "bases/\(base.image.digest.hex)"
        if !Files.exists("\(workspace.work)/\(folder)") {
            try await workspace.bring(base.image.path, as: folder)
            try ImageIndex.reduce("\(workspace.work)/\(folder)", to: base.image.digest)
            try await workspace.giveToBuilder()
        }
        try await step([
            "skopeo", "--policy", "\(Jail.home)/conf/policy.json", "copy", "--quiet", "oci:\(Jail.home)/\(folder)",
            "containers-storage:[\(isolation.storageDriver)@\(Jail.home)/storage+\(Jail.home)/run\(storageOptions)]\(name.text)",
        ])
    }

    // MARK: What happens inside

    /// Runs the build file. Both outputs come as one, as they were printed.
    func build(_ request: BuildRequest) async throws(WaybillError) -> (Outcome.Exit, log: [UInt8]) {
        var arguments =
            buildah("build") + runFlags + [
                "--pull-never", "--no-cache", "--timestamp", "0", "--format", "oci", "--tag", Self.resultName,
                "--file", "\(Jail.home)/context/\(request.containerfile)",
            ]
        if let target = request.target { arguments += ["--target", target] }
        for (key, value) in request.arguments.sorted(by: { $0.key < $1.key }) {
            arguments += ["--build-arg", "\(key)=\(value)"]
        }
        for (key, value) in request.labels.sorted(by: { $0.key < $1.key }) {
            arguments += ["--label", "\(key)=\(value)"]
        }
        arguments.append("\(Jail.home)/context")
        let outcome = try await ProcessRunner.run(
            jail.command(
                ["/bin/sh", "-c", "exec \"$@\" 2>&1", "build"] + arguments, environment: Workspace.environment,
                timeout: limits.timeout, outputBytesMax: limits.logBytesMax))
        return (outcome.exit, outcome.output + outcome.errorOutput)
    }

    /// Writes the built image as an OCI layout and returns its digest.
    func export(to destination: String) async throws(WaybillError) -> Digest {
        try await step(buildah("push") + ["--quiet", Self.resultName, "oci:\(Jail.home)/out"])
        let digest = try ImageIndex.onlyDigest(in: "\(workspace.work)/out")
        try await workspace.take("out", to: destination)
        return digest
    }

    /// Makes a container of an image in which commands can be run.
    func prepare(_ image: LocalImage) async throws(WaybillError) {
        try await add(BaseImageSource(name: Self.resultName, image: image))
        var flags = runFlags.filter { !$0.hasPrefix("--runtime") }
        flags += ["--cap-drop=all", "--pull-never", "--name", Self.containerName, Self.resultName]
        try await step(buildah("from") + flags)
    }

    func run(_ command: ImageCommand) async throws(WaybillError) -> Outcome {
        var arguments = buildah("run", hasPolicy: false)
        arguments += runFlags.filter { !$0.hasPrefix("--ulimit") }
        if let user = command.user { arguments.append("--user=\(user)") }
        if let folder = command.workingDirectory { arguments.append("--workingdir=\(folder)") }
        for (key, value) in command.environment.sorted(by: { $0.key < $1.key }) {
            arguments.append("--env=\(key)=\(value)")
        }
        return try await ProcessRunner.run(
            jail.command(
                arguments + [Self.containerName, "--"] + command.arguments, environment: Workspace.environment,
                timeout: command.timeout, outputBytesMax: command.outputBytesMax))
    }

    private static let resultName = "localhost/waybill-image:1"
    private static let containerName = "waybill"

    private var storageOptions: String {
        isolation.storageDriver == "overlay" ? ":overlay.skip_mount_home=true" : ""
    }

    private func buildah(_ verb: String, hasPolicy: Bool = true) -> [String] {
        var words = [
            "buildah", "--root", "\(Jail.home)/storage", "--runroot", "\(Jail.home)/run", "--storage-driver",
            isolation.storageDriver,
        ]
        // Without it the storage stays mounted on itself after the command.
        if isolation.storageDriver == "overlay" { words += ["--storage-opt", "overlay.skip_mount_home=true"] }
        words.append(verb)
        if hasPolicy { words += ["--signature-policy", "\(Jail.home)/conf/policy.json"] }
        return words
    }

    private var runFlags: [String] {
        switch isolation.kind {
        case .userNamespace, .rootless: ["--isolation=rootless", runtimeFlag, "--network=none"] + perProcessLimits
        case .namespaces: ["--isolation=oci", runtimeFlag, "--network=none"] + perProcessLimits
        // This buildah refuses --network together with chroot; the jail has no network anyway.
        case .chroot: ["--isolation=chroot"] + perProcessLimits
        }
    }

    private var runtimeFlag: String { "--runtime=\(isolation.runtime.split(separator: " ").first ?? "runc")" }

    private var perProcessLimits: [String] {
        guard isolation.memoryLimit == .perProcess else { return [] }
        return [
            "--ulimit=data=\(limits.memoryBytes):\(limits.memoryBytes)",
            "--ulimit=nproc=\(limits.processes):\(limits.processes)",
        ]
    }

    private func step(_ arguments: [String]) async throws(WaybillError) {
        try await ProcessRunner.output(
            of: jail.command(
                arguments, environment: Workspace.environment, timeout: Self.stepTimeout,
                outputBytesMax: Self.stepOutputMax))
    }
}
