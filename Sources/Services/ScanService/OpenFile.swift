import Files
import Foundation
import WaybillCore

/// A file that is read in pieces, from anywhere in it.
final class OpenFile: Sendable {
    let path: String
    let size: Int
    private let descriptor: Int32

    init(_ path: String) throws(WaybillError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("cannot be opened", path) }
        guard let status = FileStatus(descriptor: descriptor), status.kind == .file else {
            close(descriptor)
            throw WaybillError(.invalidInput, "is no file", subject: path)
        }
        size = status.size
    }

    deinit { close(descriptor) }

    /// Fewer bytes only at the file's end.
    func read(at offset: Int, count: Int) throws(WaybillError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                if got <= 0 { return }
                filled += got
            }
        }
        if failed { throw Self.failure("cannot be read", path) }
        return bytes
    }

    /// Piece by piece from an offset on.
    func readAll(
        from start: Int = 0, count: Int? = nil, pieceBytes: Int = 1 << 18,
        _ use: ([UInt8]) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        var offset = start
        let end = count.map { start + $0 } ?? size
        while offset < end {
            let piece = try read(at: offset, count: min(pieceBytes, end - offset))
            guard !piece.isEmpty else {
                throw WaybillError(.corrupted, "ended while it was read", subject: path)
            }
            try use(piece)
            offset += piece.count
        }
    }

    private static func failure(_ what: String, _ path: String) -> WaybillError {
        let number = errno
        let code: WaybillError.Code = number == ENOENT ? .notFound : number == EACCES ? .forbidden : .failed
        return WaybillError(code, "\(what): \(String(cString: strerror(number)))", subject: path)
    }
}
