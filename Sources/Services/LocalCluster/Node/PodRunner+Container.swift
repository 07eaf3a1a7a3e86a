import Documents
import Files
import Foundation
import Processes
import WaybillCore

extension PodRunner {
    /// One run of a container. Its exit status; nil when it could not be started.
    func runOnce(_ container: Value, isInitial: Bool, _ index: Int) async -> Int? {
        let name = container["name"]?.string ?? ""
        let reference = container["image"]?.string ?? ""
        guard let puller = around.puller else {
            return await fail(
                isInitial, index, "ErrImagePull", "the local cluster was started without a source of images")
        }
        let image: ContainerImage
        do {
            image = try await puller.image(reference)
        } catch {
            return await fail(isInitial, index, "ErrImagePull", "Failed to pull image \"\(reference)\": \(error)")
        }
        let attempt = state(isInitial, index).restarts
        let id = "\(pod.uid)-\(name)-\(attempt)"
        let bundle = "\(folder)/containers/\(name)-\(attempt)"
        do {
            let specification = try await specification(container, image, bundle)
            guard !specification.arguments.isEmpty else {
                return await fail(isInitial, index, "CreateContainerError", "no command specified")
            }
            try Files.write(JSONWriter.bytes(specification.document), to: "\(bundle)/config.json", mode: 0o600)
        } catch let failure as PodVolumes.Failure {
            return await fail(isInitial, index, failure.reason, failure.message)
        } catch let failure as ContainerUser.Failure {
            return await fail(isInitial, index, "CreateContainerConfigError", failure.message)
        } catch {
            return await fail(isInitial, index, "CreateContainerError", "\(error)")
        }
        guard !isEnding else { return nil }
        let log = around.folders.log(pod.uid, name, attempt)
        let child: ChildProcess
        do {
            try Files.makeFolder("\(around.folders.logs)/\(pod.uid)/\(name)", mode: 0o700)
            child = try around.runtime.run(id, bundle: bundle, log: log)
        } catch {
            return await fail(isInitial, index, "RunContainerError", "\(error)")
        }
        let startedAt = APITime.now
        let repository = reference.split(separator: "@").first.map(String.init) ?? reference
        update(isInitial, index) { state in
            state.phase = .running(since: startedAt)
            state.containerID = id
            state.imageID = "\(Self.withoutTag(repository))@\(image.digest)"
            state.hasStarted = container["startupProbe"] == nil
            state.isReady = !isInitial && container["readinessProbe"] == nil && state.hasStarted
        }
        await around.client.event(
            pod, type: "Normal", reason: "Started", message: "Started container \(name)", as: Self.manager)
        await report()
        let probes = Task { await watch(container, id, isInitial: isInitial, index) }
        let code = Int(await child.wait())
        probes.cancel()
        await probes.value
        await around.runtime.delete(id)
        await around.folders.remove(bundle)
        let problem = code == 0 ? "" : Self.startProblem(log)
        update(isInitial, index) { state in
            let ending = ContainerState.Ending(
                code: code, reason: code == 0 ? "Completed" : problem.isEmpty ? "Error" : "StartError",
                message: problem,
                startedAt: startedAt, finishedAt: APITime.now)
            state.phase = .terminated(ending)
            state.isReady = false
            state.hasStarted = false
        }
        return code
    }

    private func fail(_ isInitial: Bool, _ index: Int, _ reason: String, _ message: String) async -> Int? {
        update(isInitial, index) { $0.phase = .waiting(reason: reason, message: message) }
        await around.client.event(pod, type: "Warning", reason: "Failed", message: message, as: Self.manager)
        await report()
        return nil
    }

    /// What the runtime itself had to say, when the container never came up.
    private static func startProblem(_ log: String) -> String {
        guard let text = try? Files.text(log) else { return "" }
        let line = text.split(separator: "\n").last { $0.contains("runc run failed") || $0.contains("crun: ") }
        guard let line else { return "" }
        return LogLine(Array(line.utf8)[...]).map { String(decoding: $0.text, as: UTF8.self) } ?? String(line)
    }

    static func withoutTag(_ reference: String) -> String {
        guard let colon = reference.lastIndex(of: ":"), !reference[colon...].contains("/") else { return reference }
        return String(reference[..<colon])
    }

    private func specification(_ container: Value, _ image: ContainerImage, _ bundle: String) async throws
        -> ContainerSpecification
    {
        let volumes = PodVolumes(client: around.client, pod: pod, folder: folder)
        let folders = try await volumes.prepare()
        let environment = try await volumes.environment(of: container, podIP: podIP)
        let user = try ContainerUser(container: container, pod: pod, image: image) { path in
            RootFile.text(path, in: image.rootFolder)
        }
        try await mountRoot(image, bundle)
        var mounts = try ownFiles(bundle)
        for mount in container["volumeMounts"]?.array ?? [] {
            guard let name = mount["name"]?.string, let path = mount["mountPath"]?.string, let source = folders[name]
            else { continue }
            mounts.append(
                .init(
                    source: source.path, destination: path,
                    isReadOnly: source.isReadOnly || mount["readOnly"]?.bool == true))
        }
        return ContainerSpecification(
            pod: pod, container: container, image: image, environment: environment, mounts: mounts, user: user,
            sandboxID: sandboxID, rootPath: "\(bundle)/root")
    }

    /// The image's files with a layer of the container's own above them.
    private func mountRoot(_ image: ContainerImage, _ bundle: String) async throws(WaybillError) {
        for part in ["upper", "work", "root"] { try Files.makeFolder("\(bundle)/\(part)") }
        let owner = uid_t(ContainerSpecification.hostUserFirst)
        chown("\(bundle)/upper", owner, owner)
        let options = "lowerdir=\(image.rootFolder),upperdir=\(bundle)/upper,workdir=\(bundle)/work"
        let mounted = try await ProcessRunner.run(
            Command("mount", ["-t", "overlay", "overlay", "-o", options, "\(bundle)/root"], timeout: .seconds(20)))
        guard !mounted.isSuccess else { return }
        // File systems that cannot be an upper layer get a copy.
        try await ProcessRunner.output(
            of: Command(
                "cp", ["-a", "--reflink=auto", "\(image.rootFolder)/.", "\(bundle)/root"], timeout: .seconds(300)))
    }

    /// `/etc/hosts` and its like, which belong to the pod rather than to the image.
    private func ownFiles(_ bundle: String) throws(WaybillError) -> [ContainerSpecification.Mount] {
        let name = pod[path: "spec", "hostname"]?.string ?? pod.name
        let contents = [
            ("hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.0.1\t\(name)\n"), ("hostname", "\(name)\n"),
            // There is no name service in a pod: its network ends at its loopback.
            ("resolv.conf", "# no name service\n"),
        ]
        var mounts: [ContainerSpecification.Mount] = []
        for (file, text) in contents {
            let path = "\(bundle)/\(file)"
            try Files.write(Array(text.utf8), to: path)
            chown(path, uid_t(ContainerSpecification.hostUserFirst), gid_t(ContainerSpecification.hostUserFirst))
            mounts.append(.init(source: path, destination: "/etc/\(file)", isReadOnly: false))
        }
        return mounts
    }

    /// Asks the container's probes until it ends.
    private func watch(_ container: Value, _ id: String, isInitial: Bool, _ index: Int) async {
        guard !isInitial else { return }
        func probe(_ key: String) -> Probe? {
            container[key].map {
                Probe(value: $0, container: container, tunnel: tunnel, runtime: around.runtime, containerID: id)
            }
        }
        if let startup = probe("startupProbe") {
            guard await passes(startup, "Startup") else { return await kill(id, container, "startup") }
            update(isInitial, index) { state in
                state.hasStarted = true
                if container["readinessProbe"] == nil { state.isReady = true }
            }
            await report()
        }
        await withTaskGroup(of: Void.self) { group in
            if let readiness = probe("readinessProbe") {
                group.addTask { await self.followReadiness(readiness, index) }
            }
            if let liveness = probe("livenessProbe") {
                group.addTask { await self.followLiveness(liveness, id, container) }
            }
        }
    }

    private func pause(_ seconds: Int) async -> Bool {
        do { try await Task.sleep(for: .seconds(seconds)) } catch { return false }
        return !Task.isCancelled
    }

    /// True once the probe succeeds, false after too many failures.
    private func passes(_ probe: Probe, _ name: String) async -> Bool {
        guard await pause(probe.initialDelaySeconds) else { return true }
        var failures = 0
        while !Task.isCancelled {
            guard let problem = await probe.check() else { return true }
            failures += 1
            await unhealthy(name, problem)
            if failures >= probe.failureThreshold { return false }
            guard await pause(probe.periodSeconds) else { return true }
        }
        return true
    }

    private func followReadiness(_ probe: Probe, _ index: Int) async {
        guard await pause(probe.initialDelaySeconds) else { return }
        var (successes, failures) = (0, 0)
        while !Task.isCancelled {
            let problem = await probe.check()
            guard !Task.isCancelled, main[index].isRunning, !isEnding else { return }
            successes = problem == nil ? successes + 1 : 0
            failures = problem == nil ? 0 : failures + 1
            if let problem { await unhealthy("Readiness", problem) }
            let isReady = main[index].isReady ? failures < probe.failureThreshold : successes >= probe.successThreshold
            if isReady != main[index].isReady {
                main[index].isReady = isReady
                await report()
            }
            // A container that has just come up is asked more often, so that traffic need not wait.
            let wait: Duration =
                isReady ? .seconds(probe.periodSeconds) : min(.seconds(probe.periodSeconds), .seconds(1))
            do { try await Task.sleep(for: wait) } catch { return }
        }
    }

    private func followLiveness(_ probe: Probe, _ id: String, _ container: Value) async {
        guard await pause(probe.initialDelaySeconds) else { return }
        var failures = 0
        while !Task.isCancelled {
            if let problem = await probe.check(), !Task.isCancelled {
                failures += 1
                await unhealthy("Liveness", problem)
                if failures >= probe.failureThreshold { return await kill(id, container, "liveness") }
            } else {
                failures = 0
            }
            guard await pause(probe.periodSeconds) else { return }
        }
    }

    private func unhealthy(_ name: String, _ problem: String) async {
        await around.client.event(
            pod, type: "Warning", reason: "Unhealthy", message: "\(name) probe failed: \(problem)", as: Self.manager)
    }

    private func kill(_ id: String, _ container: Value, _ probe: String) async {
        await around.client.event(
            pod, type: "Normal", reason: "Killing",
            message: "Container \(container["name"]?.string ?? "") failed \(probe) probe, will be restarted",
            as: Self.manager)
        await around.runtime.signal(id, "TERM")
        if await pause(pod[path: "spec", "terminationGracePeriodSeconds"]?.integer ?? 30) {
            await around.runtime.signal(id, "KILL")
        }
    }
}

/// Reads a file of an unpacked image without being led out of it by links.
enum RootFile {
    private static let bytesMax = 1 << 20

    static func text(_ path: String, in root: String) -> String? {
        var current = root
        for part in path.split(separator: "/") {
            current += "/\(part)"
            guard part != "..", let status = FileStatus(of: current), status.kind != .symbolicLink else { return nil }
        }
        return (try? Files.read(current, bytesMax: bytesMax)).map { String(decoding: $0, as: UTF8.self) }
    }
}
