import Documents
import Foundation
import WaybillCore

/// An append-only file of JSON lines, each naming the digest of the one before. One process at a time holds it.
final class FileSignatureLog: SignatureLog {
    /// The largest line; a record holds digests and names only.
    static let lineBytesMax = 1 << 20

    private let path: String
    private let descriptor: Int32
    private(set) var head: (count: Int, digest: Digest)
    private var isBroken = false

    /// Opens the log, checks its chain and removes a line that a crash left half written: its signature was never given
    /// out. Throws `.corrupted` for a chain that does not hold, `.conflict` when another process has the log.
    init(_ path: String) throws(WaybillError) {
        self.path = path
        let file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Self.failure("cannot be opened", path) }
        do throws(WaybillError) {
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                throw WaybillError(.conflict, "another signer writes this log", subject: path, remedy: "stop the other signer")
            }
            let (count, digest, end) = try Self.check(file, path)
            guard ftruncate(file, off_t(end)) == 0, fsync(file) == 0 else { throw Self.failure("cannot be repaired", path) }
            head = (count, digest)
        } catch {
            close(file)
            throw error
        }
        descriptor = file
    }

    deinit { close(descriptor) }

    func append(_ line: [UInt8]) throws(WaybillError) {
        guard !isBroken else { throw WaybillError(.failed, "an earlier line could not be kept; nothing more is signed", subject: path) }
        // Whatever fails below leaves the file in a state that only a new start can judge.
        isBroken = true
        let bytes = line + [0x0A]
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("cannot be written", path) }
            start += count
        }
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot be synced", path) }
        head = (head.count + 1, Digest.sha256(of: line))
        isBroken = false
    }

    /// Reads the whole log in pieces: the number of lines, the digest of the last, and where it ends.
    private static func check(_ file: Int32, _ path: String) throws(WaybillError) -> (count: Int, digest: Digest, end: Int) {
        var count = 0
        var digest = SignatureRecord.beginning
        var end = 0
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var offset = 0
        while true {
            let read = pread(file, &buffer, buffer.count, off_t(offset))
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw failure("cannot be read", path) }
            if read == 0 { return (count, digest, end) }
            offset += read
            for byte in buffer[..<read] {
                guard byte == 0x0A else {
                    line.append(byte)
                    guard line.count <= lineBytesMax else { throw broken(path, count + 1, "is too long") }
                    continue
                }
                count += 1
                try check(line, number: count, previous: digest, path)
                digest = .sha256(of: line)
                end += line.count + 1
                line.removeAll(keepingCapacity: true)
            }
        }
    }

    private static func check(_ line: [UInt8], number: Int, previous: Digest, _ path: String) throws(WaybillError) {
        let value: Value
        do { value = try JSONReader.value(from: line) } catch { throw broken(path, number, "is not JSON: \(error)") }
        guard value["number"]?.integer == number, value["previous"]?.string == previous.description else {
            throw broken(path, number, "does not follow from the line before")
        }
    }

    private static func broken(_ path: String, _ number: Int, _ message: String) -> WaybillError {
        WaybillError(
            .corrupted, "the line \(message): somebody changed the log", subject: "\(path):\(number)",
            remedy: "keep the file as evidence and start a new log")
    }

    private static func failure(_ what: String, _ path: String) -> WaybillError {
        WaybillError(.failed, "\(what): \(String(cString: strerror(errno)))", subject: path)
    }
}
