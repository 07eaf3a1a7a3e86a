import Dispatch
import Processes
import Synchronization
import WaybillCore

/// Reads objects through one long-lived `git cat-file --batch`, one question at a time, on a thread of its own.
/// A reader that has died is started again; one that breaks the protocol is ended and the error told.
final class ObjectReader: Sendable {
    struct Found: Sendable {
        var id: ObjectID
        var type: String
        var bytes: [UInt8]
    }

    /// The child with the bytes that it has sent and nobody has read.
    private struct Conversation {
        let process: RunningProcess
        var pending: [UInt8] = []
    }

    /// The longest first line of an answer: it repeats the question.
    private static let headerBytesMax = 8192

    private let command: Command
    private let objectBytesMax: Int
    private let queue = DispatchQueue(label: "waybill.git.objects")
    private let conversation = Mutex<Conversation?>(nil)

    init(_ command: Command, objectBytesMax: Int) {
        self.command = command
        self.objectBytesMax = objectBytesMax
    }

    /// The object that a name stands for (`main:docs/a.txt`, an id), nil where there is none.
    func find(_ name: String) async throws(WaybillError) -> Found? {
        guard name.utf8.count < Self.headerBytesMax / 2, name.utf8.allSatisfy({ $0 != 0x0A && $0 != 0 }) else {
            throw WaybillError(
                .invalidInput, "not an object's name: \(Redaction.excerpt(name))", subject: "git cat-file")
        }
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Found?, WaybillError>, Never>) in
            queue.async {
                continuation.resume(returning: Result { () throws(WaybillError) in try self.ask(name) })
            }
        }
        return try result.get()
    }

    private func ask(_ name: String) throws(WaybillError) -> Found? {
        try conversation.withLock { (current) throws(WaybillError) -> Found? in
            let isFresh = current == nil
            do throws(WaybillError) {
                return try Self.exchange(name, command, objectBytesMax, &current)
            } catch {
                // The child that we had is gone; a fresh one gets one try.
                guard !isFresh, error.code == .failed else { throw error }
                return try Self.exchange(name, command, objectBytesMax, &current)
            }
        }
    }

    private static func exchange(
        _ name: String, _ command: Command, _ objectBytesMax: Int, _ current: inout Conversation?
    ) throws(WaybillError) -> Found? {
        var talk = if let current { current } else { Conversation(process: try RunningProcess.start(command)) }
        // Put back only when the answer was read to its end.
        current = nil
        try talk.process.writeBlocking(Array("\(name)\n".utf8))
        let header = String(decoding: try line(&talk), as: UTF8.self)
        if header == "\(name) missing" || header == "\(name) ambiguous" {
            current = talk
            return nil
        }
        let parts = header.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let id = ObjectID(parts[0]), let size = Int(parts[2]), size >= 0 else {
            throw WaybillError(.corrupted, "answered \(Redaction.excerpt(header))", subject: "git cat-file")
        }
        guard size <= objectBytesMax else {
            throw WaybillError(
                .limitExceeded, "has \(size) bytes, more than \(objectBytesMax)", subject: "Git object \(id)")
        }
        var bytes = try take(size + 1, &talk)
        guard bytes.popLast() == 0x0A else {
            throw WaybillError(.corrupted, "is not as long as it says", subject: "Git object \(id)")
        }
        let type = String(parts[1])
        guard ObjectID(type: type, bytes: bytes, hexLength: id.hex.utf8.count) == id else {
            throw WaybillError(.corrupted, "has other content than its name says", subject: "Git object \(id)")
        }
        current = talk
        return Found(id: id, type: type, bytes: bytes)
    }

    private static func line(_ talk: inout Conversation) throws(WaybillError) -> [UInt8] {
        while true {
            if let end = talk.pending.firstIndex(of: 0x0A) {
                let line = Array(talk.pending[..<end])
                talk.pending.removeSubrange(...end)
                return line
            }
            guard talk.pending.count < headerBytesMax else {
                throw WaybillError(.corrupted, "its answer has no end", subject: "git cat-file")
            }
            try fill(&talk)
        }
    }

    private static func take(_ count: Int, _ talk: inout Conversation) throws(WaybillError) -> [UInt8] {
        talk.pending.reserveCapacity(count)
        while talk.pending.count < count { try fill(&talk) }
        let bytes = Array(talk.pending[..<count])
        talk.pending.removeSubrange(..<count)
        return bytes
    }

    private static func fill(_ talk: inout Conversation) throws(WaybillError) {
        let bytes = try talk.process.readBlocking()
        guard !bytes.isEmpty else { throw WaybillError(.failed, "ended without an answer", subject: "git cat-file") }
        talk.pending += bytes
    }
}
