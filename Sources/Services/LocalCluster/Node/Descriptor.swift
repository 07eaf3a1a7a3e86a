import Foundation
import Synchronization

/// An open file of ours, closed with the last reference. Reading and writing block, so each has a thread of its own.
final class Descriptor: Sendable {
    private static let pieceBytes = 32 << 10

    let number: Int32

    init(_ number: Int32) { self.number = number }
    deinit { Foundation.close(number) }

    /// Both ends of a pipe.
    static func pipe() -> (reading: Descriptor, writing: Descriptor)? {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { return nil }
        // Whoever starts a program closes what it does not give; this is for those who forget.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    /// A new terminal: our end, and the path of the other.
    static func terminal() -> (own: Descriptor, path: String)? {
        let number = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let own = Descriptor(number)
        // Linux: unlocks the other end (TIOCSPTLCK) and tells its number (TIOCGPTN).
        var unlocked: Int32 = 0
        var index: UInt32 = 0
        guard ioctl(number, 0x4004_5431, &unlocked) == 0, ioctl(number, 0x8004_5430, &index) == 0 else { return nil }
        return (own, "/dev/pts/\(index)")
    }

    /// The next bytes; nil at the end, and when `isOver` says so while nothing comes.
    func read(until isOver: @escaping @Sendable () -> Bool = { false }) async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            Relay.inThread { continuation.resume(returning: self.readNow(isOver)) }
        }
    }

    private func readNow(_ isOver: () -> Bool) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            // Asked first: what was written before the end must still be found.
            let over = isOver()
            var watched = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            let ready = poll(&watched, 1, over ? 0 : 100)
            if ready < 0, errno == EINTR { continue }
            if ready == 0 {
                if over { return nil }
                continue
            }
            let count = Foundation.read(number, &buffer, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }

    /// False when the other end takes no more.
    func write(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            Relay.inThread { continuation.resume(returning: self.writeNow(bytes)) }
        }
    }

    private func writeNow(_ bytes: [UInt8]) -> Bool {
        // A pipe without a reader would end the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
