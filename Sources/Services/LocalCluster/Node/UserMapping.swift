import Foundation
import WaybillCore

/// Maps the users of a new user namespace to the range that belongs to containers.
enum UserMapping {
    /// Waits until the process has its own namespace, then writes both maps.
    static func write(for id: pid_t) async throws(WaybillError) {
        let own = link("/proc/self/ns/user")
        for _ in 0..<500 {
            if let other = link("/proc/\(id)/ns/user"), other != own {
                let line = "0 \(ContainerSpecification.hostUserFirst) \(ContainerSpecification.hostUsers)\n"
                for map in ["uid_map", "gid_map"] { try write(line, to: "/proc/\(id)/\(map)") }
                return
            }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        throw WaybillError(.timeout, "the pod's user namespace did not come up", subject: "process \(id)")
    }

    private static func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    /// One write: the kernel takes a map as a whole.
    private static func write(_ text: String, to path: String) throws(WaybillError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw WaybillError(.failed, "cannot be opened", subject: path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw WaybillError(.failed, "users cannot be mapped: \(String(cString: strerror(errno)))", subject: path)
        }
    }
}
