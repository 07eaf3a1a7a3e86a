import Foundation
import Synchronization

/// One line of a container's log file, in the form that container runtimes agreed on: time, stream, whether the line is
/// whole, text.
struct LogLine: Equatable {
    /// RFC 3339 with nanoseconds: compares as text.
    var time: String
    var stream: String
    var isWhole: Bool
    var text: ArraySlice<UInt8>

    init?(_ bytes: ArraySlice<UInt8>) {
        let parts = bytes.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        time = String(decoding: parts[0], as: UTF8.self)
        stream = String(decoding: parts[1], as: UTF8.self)
        isWhole = parts[2].first == UInt8(ascii: "F")
        text = parts[3]
    }
}

/// Writes what a container says into its log file.
final class ContainerLog: Sendable {
    /// A line that is longer is written in parts.
    private static let lineBytesMax = 16 << 10
    /// What more is said is lost: a container must not fill the disk.
    static let fileBytesMax = 256 << 20

    /// The name of the file that says that a log will not grow any more.
    static func endMark(_ path: String) -> String { path + ".end" }

    private let file: Descriptor
    private let path: String
    private let sources: [(name: String, descriptor: Descriptor)]

    /// Nil where the file cannot be written.
    private init?(_ path: String, output: Descriptor, errors: Descriptor) {
        let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { return nil }
        file = Descriptor(number)
        self.path = path
        sources = [("stdout", output), ("stderr", errors)]
    }

    /// Reads both until they end, in a thread of its own. False where the file cannot be written.
    static func record(output: Descriptor, errors: Descriptor, to path: String) -> Bool {
        guard let log = ContainerLog(path, output: output, errors: errors) else { return false }
        Relay.inThread { log.run() }
        return true
    }

    private func run() {
        var pending: [[UInt8]] = [[], []]
        var isOpen = [true, true]
        var buffer = [UInt8](repeating: 0, count: 32 << 10)
        var written = 0
        while isOpen.contains(true) {
            var watched = (0..<2).map { index in
                pollfd(fd: isOpen[index] ? sources[index].descriptor.number : -1, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&watched, 2, -1) > 0 || errno == EINTR else { break }
            for index in 0..<2 where watched[index].revents != 0 {
                let count = read(sources[index].descriptor.number, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                let isEnd = count <= 0
                if isEnd { isOpen[index] = false } else { pending[index] += buffer[..<count] }
                let lines = Self.lines(&pending[index], stream: sources[index].name, isEnd: isEnd, time: Self.now)
                if written < Self.fileBytesMax { written += put(lines) }
            }
        }
        let mark = open(Self.endMark(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if mark >= 0 { close(mark) }
    }

    private func put(_ bytes: [UInt8]) -> Int {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        return bytes.count
    }

    /// Takes the lines that are complete out of what has come.
    static func lines(_ pending: inout [UInt8], stream: String, isEnd: Bool, time: String) -> [UInt8] {
        var output: [UInt8] = []
        func emit(_ text: ArraySlice<UInt8>, _ mark: String) {
            output += "\(time) \(stream) \(mark) ".utf8
            output += text
            output.append(0x0A)
        }
        var start = 0
        while let end = pending[start...].firstIndex(of: 0x0A) {
            var from = start
            while end - from > lineBytesMax {
                emit(pending[from..<(from + lineBytesMax)], "P")
                from += lineBytesMax
            }
            emit(pending[from..<end], "F")
            start = end + 1
        }
        while pending.count - start > lineBytesMax {
            emit(pending[start..<(start + lineBytesMax)], "P")
            start += lineBytesMax
        }
        if isEnd, start < pending.count {
            emit(pending[start...], "P")
            start = pending.count
        }
        pending.removeFirst(start)
        return output
    }

    private static var now: String {
        let seconds = Date().timeIntervalSince1970, whole = seconds.rounded(.down)
        return APITime.text(Int(whole), nanoseconds: Int((seconds - whole) * 1e9))
    }
}
