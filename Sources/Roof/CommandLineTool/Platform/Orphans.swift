import Files
import Foundation
import LocalCluster
import WaybillCore

/// Pods and builds of an ordinary user's process that was killed. They live in that process's user namespace, and from a
/// new one they cannot be reached: the user must end them before it enters its own.
enum Orphans {
    /// Ends them, children included. Nothing is done while services run on the folder: then they are no orphans.
    static func end(of state: StateFolder) throws(WaybillError) {
        guard Files.isFolder(state.path) else { return }
        let lock = try StateLock(state)
        defer { withExtendedLifetime(lock) {} }
        let places = LocalCluster.processFolders(of: state.cluster) + [state.builds + "/builds/"]
        let processes = try all()
        var marked = Set(
            processes.filter { process in
                process.words.contains { word in places.contains { word.hasPrefix($0) } }
            }.map(\.id))
        // A container's own processes name nothing of ours: they are known by their parents.
        var size = 0
        while size != marked.count {
            size = marked.count
            for process in processes where marked.contains(process.parent) { marked.insert(process.id) }
        }
        for id in marked where id != getpid() { kill(id, SIGKILL) }
    }

    private static func all() throws(WaybillError) -> [(id: pid_t, parent: pid_t, words: [String])] {
        try Files.names(in: "/proc").compactMap { pid_t($0) }.compactMap { id in
            // A process may end while we look.
            guard let line = try? Files.read("/proc/\(id)/cmdline"), let status = try? Files.text("/proc/\(id)/status"),
                let parent = status.split(separator: "\n").first(where: { $0.hasPrefix("PPid:") })?.dropFirst(5)
                    .trimmingCharacters(in: .whitespaces)
            else { return nil }
            return (id, pid_t(parent) ?? 0, line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
        }
    }
}
