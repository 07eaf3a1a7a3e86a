import Files
import Foundation
public import WaybillCore

/// What a process that was killed leaves: builds that still run, their control groups and their folders.
extension BuildahSandbox {
    /// Ends and removes the builds of an earlier process. Nobody may be building below the folder.
    public static func clear(_ stateFolder: String) throws(WaybillError) {
        let folder = "\(stateFolder)/builds"
        guard Files.exists(folder) else { return }
        let names = try Files.names(in: folder)
        guard !names.isEmpty else { return }
        for process in try processes(naming: folder + "/") { kill(process, SIGKILL) }
        for name in names {
            ControlGroup.existing("waybill-\(name)").remove()
            try Files.remove("\(folder)/\(name)")
        }
    }

    /// Throws what an ordinary user lacks for builds.
    public static func requireOrdinaryUser() throws(WaybillError) { try IsolationProbe.requireSubordinateRange() }

    /// A room's first process names the build's folder among its arguments; the others end with it.
    private static func processes(naming folder: String) throws(WaybillError) -> [pid_t] {
        let pattern = Array(folder.utf8)
        return try Files.names(in: "/proc").compactMap { pid_t($0) }.filter { id in
            // A process may end while we look.
            guard id != getpid(), let line = try? Files.read("/proc/\(id)/cmdline") else { return false }
            return line.split(separator: 0).contains { $0.starts(with: pattern) }
        }
    }
}

extension ControlGroup {
    /// The folders of a group that some process made.
    static func existing(_ name: String) -> ControlGroup {
        let places = hierarchy == .unified ? [root] : ["memory", "pids", "cpu"].map { "\(root)/\($0)" }
        return ControlGroup(folders: places.map { "\($0)/\(name)" }.filter { Files.isFolder($0) })
    }
}
