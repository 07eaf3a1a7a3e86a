import Foundation
public import WaybillCore

/// Files that survive a crash: written beside, synced, renamed, and the folder synced.
public enum Files {
    /// The file's bytes. Throws `.notFound` where there is none and `.limitExceeded` past `bytesMax`.
    public static func read(_ path: String, bytesMax: Int = 1 << 30) throws(WaybillError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be opened", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be read", path) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw WaybillError(.invalidInput, "is a folder, expected a file", subject: path)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(Int(status.st_size), bytesMax) + 1)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot be read", path)
            }
            guard bytes.count + count <= bytesMax else {
                throw WaybillError(.limitExceeded, "is larger than \(bytesMax) bytes", subject: path)
            }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    public static func text(_ path: String) throws(WaybillError) -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw WaybillError(.invalidInput, "is not UTF-8 text", subject: path)
        }
        return text
    }

    /// Replaces the file as one step: a reader sees the old bytes or the new ones, also after a crash.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(WaybillError) {
        let temporary = "\(path).\(UInt64.random(in: .min ... .max)).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("cannot be created", path) }
        var isRenamed = false
        defer { if !isRenamed { unlink(temporary) } }
        try writeAndSync(bytes, to: descriptor, path)
        guard rename(temporary, path) == 0 else { throw failure("cannot be renamed", path) }
        isRenamed = true
        try syncFolder(of: path)
    }

    /// Appends the bytes and syncs them.
    public static func append(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(WaybillError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("cannot be opened", path) }
        try writeAndSync(bytes, to: descriptor, path)
    }

    /// Makes the folder and those above it; one that is there already is no error.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(WaybillError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: Int(mode)])
        } catch {
            throw WaybillError(.failed, "the folder cannot be made", subject: path, cause: error)
        }
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes a file or a whole folder; one that is not there is no error.
    public static func remove(_ path: String) throws(WaybillError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw WaybillError(.failed, "cannot be removed", subject: path, cause: error)
        }
    }

    /// The names in a folder, ordered by bytes.
    public static func names(in path: String) throws(WaybillError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw WaybillError(.notFound, "the folder cannot be read", subject: path, cause: error)
        }
    }

    /// Writes all bytes, syncs and closes.
    private static func writeAndSync(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(WaybillError) {
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path)
        guard fsync(descriptor) == 0 else { throw failure("cannot be synced", path) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(WaybillError) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("cannot be written", path) }
            start += count
        }
    }

    private static func syncFolder(of path: String) throws(WaybillError) {
        let folder = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) : "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("the folder cannot be opened", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("the folder cannot be synced", folder) }
    }

    private static func failure(_ what: String, _ path: String) -> WaybillError {
        let number = errno
        let code: WaybillError.Code = number == ENOENT ? .notFound : number == EACCES ? .forbidden : .failed
        return WaybillError(code, "\(what): \(String(cString: strerror(number)))", subject: path)
    }
}

extension Files {
    /// Creates a file that must not exist, without syncing: for files that can be made again.
    public static func create(_ bytes: [UInt8], at path: String, mode: UInt32 = 0o644) throws(WaybillError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("cannot be created", path) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path)
        // The mode counts, whatever the user's mask.
        guard fchmod(descriptor, mode) == 0 else { throw failure("cannot be given its mode", path) }
    }
}
