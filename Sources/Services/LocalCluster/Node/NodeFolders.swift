import Files
import Foundation
import Processes
import WaybillCore

/// Where the node keeps pods and logs on this machine, and how it clears what an earlier process left.
struct NodeFolders: Sendable {
    /// Reachable for the mapped users of containers.
    var pods: String
    var logs: String

    init(folder: String) throws(WaybillError) {
        logs = "\(folder)/logs"
        let isReachable = Self.ancestors(of: folder).allSatisfy { path in
            FileStatus(of: path, followingLinks: true)?.isOpenToAll ?? true
        }
        pods = isReachable ? "\(folder)/pods" : Self.folderElsewhere(folder)
        try Files.makeFolder(logs, mode: 0o700)
        try Files.makeFolder(pods, mode: 0o711)
        // Everybody may make a folder beneath /var/tmp: one of another user's could be led elsewhere.
        guard let status = FileStatus(of: pods), status.owner == geteuid(), status.kind == .folder else {
            throw WaybillError(.forbidden, "belongs to another user", subject: pods, remedy: "sudo rm -r \(pods)")
        }
        if isReachable { chmod(folder, 0o711) }
    }

    /// Where the pods are when other users cannot pass through to the folder.
    static func folderElsewhere(_ folder: String) -> String {
        "/var/tmp/waybill-\(Digest.sha256(of: folder.utf8).short)"
    }

    private static func ancestors(of path: String) -> [String] {
        var result: [String] = []
        var parts = path.split(separator: "/").dropLast()
        while !parts.isEmpty {
            result.append("/" + parts.joined(separator: "/"))
            parts = parts.dropLast()
        }
        return result
    }

    func log(_ uid: String, _ container: String, _ attempt: Int) -> String {
        "\(logs)/\(uid)/\(container)/\(attempt).log"
    }

    /// Ends containers, namespaces and mounts that an earlier process left.
    func clear(_ runtime: ContainerRuntime) async {
        for id in runtime.leftovers() { await runtime.delete(id) }
        for uid in (try? Files.names(in: pods)) ?? [] {
            await endSandbox("\(pods)/\(uid)")
            await remove("\(pods)/\(uid)")
        }
    }

    /// Only a process that is still our pod's proxy is ended: the number may be somebody else's by now.
    private func endSandbox(_ folder: String) async {
        guard let text = try? Files.text("\(folder)/sandbox.pid"), let id = pid_t(text.filter(\.isNumber)),
            let line = try? Files.read("/proc/\(id)/cmdline"),
            String(decoding: line, as: UTF8.self).contains("pod-proxy\0\(folder)/")
        else { return }
        kill(id, SIGKILL)
    }

    /// Unmounts whatever is mounted beneath the folder and removes it.
    func remove(_ folder: String) async {
        let mounts = ((try? Files.text("/proc/self/mounts")) ?? "").split(separator: "\n")
            .compactMap { $0.split(separator: " ").dropFirst().first }.filter { $0.hasPrefix(folder + "/") }
        for mount in mounts.reversed() {
            _ = try? await ProcessRunner.run(Command("umount", ["-l", String(mount)], timeout: .seconds(10)))
        }
        try? Files.remove(folder)
    }
}
