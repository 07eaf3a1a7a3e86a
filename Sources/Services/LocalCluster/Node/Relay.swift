import Foundation

/// Carries bytes between two sockets until both directions have ended.
enum Relay {
    private static let bufferBytes = 64 << 10

    /// Blocks; takes over both descriptors.
    static func run(_ left: Int32, _ right: Int32) {
        defer {
            close(left)
            close(right)
        }
        var buffer = [UInt8](repeating: 0, count: bufferBytes)
        var isOpen = [true, true]
        while isOpen[0] || isOpen[1] {
            var watched = [
                pollfd(fd: isOpen[0] ? left : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isOpen[1] ? right : -1, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&watched, 2, -1) > 0 || errno == EINTR else { return }
            for side in 0..<2 where watched[side].revents != 0 {
                let (from, to) = side == 0 ? (left, right) : (right, left)
                let count = read(from, &buffer, buffer.count)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else {
                    isOpen[side] = false
                    shutdown(to, Int32(SHUT_WR))
                    continue
                }
                guard writeAll(to, buffer[..<count]) else { return }
            }
        }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            // Without the flag a peer that has gone would end the whole process.
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Starts a thread for blocking work.
    static func inThread(_ work: @escaping @Sendable () -> Void) {
        let thread = Thread(block: work)
        thread.stackSize = 256 << 10
        thread.start()
    }
}
