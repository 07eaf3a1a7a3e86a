import Documents
import Files
import Foundation

/// Reads what containers wrote.
struct PodLogs: Sendable {
    let folders: NodeFolders
    /// The most that one request gets; the end of the log counts.
    private static let bytesMax = 16 << 20

    func read(_ request: LogRequest) throws(APIError) -> APIResponse {
        let containers =
            ((request.pod[path: "spec", "containers"]?.array ?? [])
            + (request.pod[path: "spec", "initContainers"]?.array ?? []))
            .compactMap { $0["name"]?.string }
        let name: String
        if let asked = request.container {
            guard containers.contains(asked) else {
                throw .badRequest("container \(asked) is not valid for pod \(request.pod.name)")
            }
            name = asked
        } else {
            let main = (request.pod[path: "spec", "containers"]?.array ?? []).compactMap { $0["name"]?.string }
            guard main.count == 1 else {
                throw .badRequest(
                    "a container name must be specified for pod \(request.pod.name), choose one of: [\(main.joined(separator: " "))]"
                )
            }
            name = main[0]
        }
        let folder = "\(folders.logs)/\(request.pod.uid)/\(name)"
        let attempts = Self.attempts(in: folder)
        guard let attempt = request.previous ? attempts.dropLast().last : attempts.last else {
            if request.previous {
                throw .badRequest("previous terminated container \"\(name)\" in pod \"\(request.pod.name)\" not found")
            }
            // Where no node has the pod yet, there is nothing to ask.
            if (request.pod[path: "spec", "nodeName"]?.string ?? "").isEmpty { return .nothing }
            throw .badRequest(
                "container \"\(name)\" in pod \"\(request.pod.name)\" is waiting to start: ContainerCreating")
        }
        let path = "\(folder)/\(attempt).log"
        var filter = LogFilter(since: request.since, withTimestamps: request.withTimestamps, bytesMax: request.bytesMax)
        let (bytes, end) = Self.tail(path, request.tailLines)
        let first = filter.shown(bytes)
        guard request.follows, !filter.isFull else {
            return APIResponse(
                lines: AsyncStream { continuation in
                    continuation.yield(first)
                    continuation.finish()
                })
        }
        return APIResponse(lines: Self.follow(path, folder, attempt, from: end, first, filter))
    }

    static func attempts(in folder: String) -> [Int] {
        ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".log") }.compactMap { Int($0.dropLast(4)) }
            .sorted()
    }

    /// The last lines of a file, whole ones only, and where they end.
    private static func tail(_ path: String, _ lines: Int?) -> (bytes: ArraySlice<UInt8>, end: Int) {
        guard let file = fopen(path, "re") else { return ([], 0) }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        let start = max(0, size - bytesMax)
        fseek(file, start, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: min(size, bytesMax))
        let count = fread(&bytes, 1, bytes.count, file)
        var found = bytes[..<count]
        // A line that is just being written is left to whoever follows; one that was cut is left out.
        guard let last = found.lastIndex(of: 0x0A) else { return ([], start) }
        found = found[...last]
        let end = start + last + 1
        if start > 0, let first = found.firstIndex(of: 0x0A) { found = found[(first + 1)...] }
        guard let lines else { return (found, end) }
        guard lines > 0 else { return ([], end) }
        var seen = 0
        for index in found.indices.reversed().dropFirst() where found[index] == 0x0A {
            seen += 1
            if seen == lines { return (found[(index + 1)...], end) }
        }
        return (found, end)
    }

    /// New lines as they come, until the container has ended or its log is gone.
    private static func follow(
        _ path: String, _ folder: String, _ attempt: Int, from start: Int, _ first: [UInt8], _ filter: LogFilter
    ) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            continuation.yield(first)
            let work = Task {
                var (offset, shown) = (start, filter)
                while !Task.isCancelled, !shown.isFull {
                    // Asked first: what was written before the end must still be found.
                    let isOver =
                        FileStatus(of: ContainerLog.endMark(path)) != nil || Self.attempts(in: folder).last != attempt
                    let bytes = Self.piece(path, from: offset)
                    if let last = bytes.lastIndex(of: 0x0A) {
                        offset += last + 1
                        continuation.yield(shown.shown(bytes[...last]))
                        continue
                    }
                    guard !isOver else { break }
                    do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in work.cancel() }
        }
    }

    static func piece(_ path: String, from offset: Int) -> [UInt8] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        fseek(file, offset, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }
}

/// Turns lines of a log file into what a client asked to see.
struct LogFilter {
    var since: String?
    var withTimestamps: Bool
    /// How much may still be shown.
    var bytesMax: Int?

    var isFull: Bool { bytesMax.map { $0 <= 0 } ?? false }

    mutating func shown(_ lines: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for bytes in lines.split(separator: 0x0A) {
            guard let line = LogLine(bytes) else { continue }
            if let since, line.time < since { continue }
            if withTimestamps { output += "\(line.time) ".utf8 }
            output += line.text
            if line.isWhole { output.append(0x0A) }
        }
        if let left = bytesMax {
            output = Array(output.prefix(max(0, left)))
            bytesMax = left - output.count
        }
        return output
    }
}
