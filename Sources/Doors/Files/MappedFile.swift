import Foundation
public import WaybillCore

/// A file's bytes as the system maps them into memory: opening costs nothing, reading costs what is read.
///
/// The file must be one that is replaced as a whole and never changed in place, as `Files.write` does it.
public final class MappedFile: @unchecked Sendable {
    // Sendable: nobody writes through the address, and it is valid as long as this lives.
    private let address: UnsafeMutableRawPointer?
    public let count: Int

    public init(_ path: String) throws(WaybillError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code: WaybillError.Code = errno == ENOENT ? .notFound : .failed
            throw WaybillError(code, "cannot be opened: \(String(cString: strerror(errno)))", subject: path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw WaybillError(.failed, "is no regular file", subject: path)
        }
        count = Int(status.st_size)
        guard count > 0 else {
            address = nil
            return
        }
        let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw WaybillError(.failed, "cannot be mapped: \(String(cString: strerror(errno)))", subject: path)
        }
        address = mapped
    }

    deinit { if let address { munmap(address, count) } }

    /// Valid as long as this object.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: address, count: count) }
}
