import Files
import Foundation
import WaybillCore

/// A control group of the kernel that bounds memory, processors and processes of everything in it.
struct ControlGroup: Sendable {
    /// The group's folders: one for all controllers (version 2) or one for each (version 1).
    var folders: [String]

    enum Hierarchy: String, Sendable { case unified, separate, absent }

    static let root = "/sys/fs/cgroup"

    static var hierarchy: Hierarchy {
        if Files.exists("\(root)/cgroup.controllers") { return .unified }
        return Files.isFolder("\(root)/memory") && Files.isFolder("\(root)/pids") ? .separate : .absent
    }

    /// Makes the group with its limits. Throws where the kernel or our rights do not allow it.
    static func make(_ name: String, _ limits: ResourceLimits) throws(WaybillError) -> ControlGroup {
        var group = ControlGroup(folders: [])
        do throws(WaybillError) {
            switch hierarchy {
            case .unified:
                try group.add("\(root)/\(name)")
                try group.set("memory.max", limits.memoryBytes)
                try group.setIfPresent("memory.swap.max", 0)
                try group.set("pids.max", limits.processes)
                try group.write("\(limits.processorMillis * 100) 100000", "cpu.max")
            case .separate:
                try group.add("\(root)/memory/\(name)")
                try group.set("memory.limit_in_bytes", limits.memoryBytes)
                try group.setIfPresent("memory.memsw.limit_in_bytes", limits.memoryBytes)
                try group.add("\(root)/pids/\(name)")
                try group.set("pids.max", limits.processes)
                if Files.isFolder("\(root)/cpu") {
                    try group.add("\(root)/cpu/\(name)")
                    try group.set("cpu.cfs_period_us", 100_000)
                    try group.set("cpu.cfs_quota_us", limits.processorMillis * 100)
                }
            case .absent:
                throw WaybillError(.unsupported, "the machine has no control groups", subject: root)
            }
        } catch {
            group.remove()
            throw error
        }
        return group
    }

    /// Ends every process that is left in the group and removes it. A group that stays is empty and harmless.
    func remove() {
        for folder in folders {
            // A process may fork while the list is read: look again until the list is empty.
            for _ in 0..<100 {
                // A group that is gone has no list; one that stays for another reason keeps its folder and is found again.
                let text = (try? Files.text("\(folder)/cgroup.procs")) ?? ""
                let processes = text.split(separator: "\n").compactMap { pid_t($0) }
                if processes.isEmpty { break }
                for process in processes where process > 1 { kill(process, SIGKILL) }
                usleep(5_000)
            }
            for _ in 0..<50 where rmdir(folder) != 0 && errno == EBUSY { usleep(5_000) }
        }
    }

    private mutating func add(_ folder: String) throws(WaybillError) {
        guard mkdir(folder, 0o755) == 0 else {
            throw WaybillError(.forbidden, "cannot be made: \(String(cString: strerror(errno)))", subject: folder)
        }
        folders.append(folder)
    }

    private func set(_ file: String, _ value: Int) throws(WaybillError) { try write(String(value), file) }

    private func setIfPresent(_ file: String, _ value: Int) throws(WaybillError) {
        guard let folder = folders.last, Files.exists("\(folder)/\(file)") else { return }
        try set(file, value)
    }

    /// Kernel files take a plain write, no rename.
    private func write(_ text: String, _ file: String) throws(WaybillError) {
        guard let folder = folders.last else { return }
        let path = "\(folder)/\(file)"
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw WaybillError(.forbidden, "cannot be opened", subject: path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw WaybillError(.forbidden, "cannot be set: \(String(cString: strerror(errno)))", subject: path)
        }
    }
}
