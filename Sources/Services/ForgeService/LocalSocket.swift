import Foundation
import WaybillCore

/// Unix sockets with blocking calls, each bounded in time and size.
enum LocalSocket {
    /// `sun_path` holds 108 bytes with its final zero.
    static let pathBytesMax = 100

    /// Opens a socket and calls `bind` or `connect` with the address.
    static func open(
        _ path: String, _ act: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(WaybillError) -> Int32 {
        guard path.utf8.count <= pathBytesMax else {
            throw WaybillError(.invalidInput, "the path is longer than \(pathBytesMax) bytes", subject: path)
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("no socket", path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { act(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard status == 0 else {
            let error = failure("cannot be reached", path)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Everything until the other side closes.
    static func readAll(_ descriptor: Int32, bytesMax: Int, seconds: Int32) throws(WaybillError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            try awaitReady(descriptor, POLLIN, seconds)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("cannot be read", "socket") }
            bytes += buffer[..<count]
            guard bytes.count <= bytesMax else {
                throw WaybillError(.limitExceeded, "the message is larger than \(bytesMax) bytes", subject: "socket")
            }
        }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], seconds: Int32) throws(WaybillError) {
        var start = 0
        while start < bytes.count {
            try awaitReady(descriptor, POLLOUT, seconds)
            let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
            let count = bytes[start...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw failure("cannot be written", "socket") }
            start += count
        }
    }

    private static func awaitReady(_ descriptor: Int32, _ events: Int32, _ seconds: Int32) throws(WaybillError) {
        while true {
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let ready = poll(&request, 1, seconds * 1000)
            if ready > 0 { return }
            if ready < 0, errno == EINTR { continue }
            throw WaybillError(.timeout, "no answer within \(seconds) seconds", subject: "socket")
        }
    }

    static func failure(_ what: String, _ path: String) -> WaybillError {
        WaybillError(.unavailable, "\(what): \(String(cString: strerror(errno)))", subject: path)
    }
}
