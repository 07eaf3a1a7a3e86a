import Foundation
import WaybillCore

/// A child's standard input as a file without a name.
///
/// The child reads as much of it as it likes: a pipe whose reader leaves early would be an error to handle, and a
/// writer that is cancelled in between would leave its end open.
enum InputFile {
    /// A descriptor that the caller closes. Empty input is `/dev/null`.
    static func open(_ bytes: [UInt8], subject: String) throws(WaybillError) -> Int32 {
        func fail(_ what: String) -> WaybillError {
            WaybillError(.failed, "\(what): \(String(cString: strerror(errno)))", subject: subject)
        }
        guard !bytes.isEmpty else {
            let descriptor = Foundation.open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw fail("no input") }
            return descriptor
        }
        let path = "\(NSTemporaryDirectory())/waybill-\(UInt64.random(in: .min ... .max)).in"
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fail("no input file") }
        unlink(path)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = fail("the input file cannot be written")
                close(descriptor)
                throw error
            }
            start += count
        }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else {
            let error = fail("the input file cannot be rewound")
            close(descriptor)
            throw error
        }
        return descriptor
    }
}
