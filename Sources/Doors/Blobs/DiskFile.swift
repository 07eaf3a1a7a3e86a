import Files
import Foundation
import WaybillCore

/// An open file, closed when it goes out of scope.
struct DiskFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Nil where there is no such file.
    init?(reading path: String) throws(WaybillError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        try self.init(descriptor, path)
    }

    /// Nil where there is no such file.
    init?(appendingTo path: String) throws(WaybillError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        try self.init(descriptor, path)
    }

    init(creating path: String) throws(WaybillError) {
        try self.init(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644), path)
    }

    init(folder path: String) throws(WaybillError) {
        try self.init(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path)
    }

    private init(_ descriptor: Int32, _ path: String) throws(WaybillError) {
        guard descriptor >= 0 else { throw Self.failure("cannot be opened", path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func size() throws(WaybillError) -> Int {
        guard let status = FileStatus(descriptor: descriptor) else { throw Self.failure("cannot be read", path) }
        return status.size
    }

    /// At most `count` bytes from `offset`; fewer only at the end.
    func read(from offset: Int, count: Int) throws(WaybillError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure("cannot be read", path) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(WaybillError) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("cannot be written", path) }
            start += count
        }
    }

    /// Appends to a file that holds `size` bytes: all of the bytes or, after an error, none of them.
    func write(_ bytes: [UInt8], after size: Int) throws(WaybillError) {
        do {
            try write(bytes)
        } catch {
            // Half a piece would shift all that follow.
            guard ftruncate(descriptor, off_t(size)) == 0 else { throw Self.failure("cannot be shortened", path) }
            throw error
        }
    }

    func sync() throws(WaybillError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot be synced", path) }
    }

    static func failure(_ what: String, _ path: String) -> WaybillError {
        let number = errno
        return WaybillError(
            number == ENOENT ? .notFound : .failed, "\(what): \(String(cString: strerror(number)))", subject: path,
            remedy: number == ENOSPC ? "make room on the disk" : nil)
    }
}
