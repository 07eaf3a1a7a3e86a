import Files
import Foundation
import WaybillCore

/// The right to run services on a state folder: one process at a time has it, and it ends with the process.
final class StateLock: Sendable {
    private let descriptor: Int32

    /// Throws `.conflict`, naming the other process, where services run on the folder already.
    init(_ state: StateFolder) throws(WaybillError) {
        let path = state.path + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw WaybillError(.forbidden, "cannot be opened: \(String(cString: strerror(errno)))", subject: path)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? Files.text(path)).flatMap { Int($0.prefix { !$0.isNewline }) }
            close(descriptor)
            throw WaybillError(
                .conflict, "services run on this state folder already" + (holder.map { " (process \($0))" } ?? ""),
                subject: state.path, remedy: "end them first, or name another folder with --state")
        }
        // In place: a renamed file would be another lock.
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            close(descriptor)
            throw WaybillError(.failed, "cannot be written", subject: path)
        }
    }

    deinit { close(descriptor) }
}
