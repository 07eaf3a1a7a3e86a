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
        if request.withTimestamps || request.sinceSeconds != nil { throw .unsupported("logs by time") }
        let folder = "\(folders.logs)/\(request.pod.uid)/\(name)"
        let attempts = ((try? Files.names(in: folder)) ?? []).compactMap { Int($0.split(separator: ".").first ?? "") }
            .sorted()
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
        let bytes = Self.tail(path, request.tailLines)
        if request.follows { return APIResponse(lines: Self.follow(path, from: bytes)) }
        let shown = request.bytesMax.map { Array(bytes.prefix(max(0, $0))) } ?? bytes
        return APIResponse(
            lines: AsyncStream { continuation in
                continuation.yield(shown)
                continuation.finish()
            })
    }

    private static func tail(_ path: String, _ lines: Int?) -> [UInt8] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        fseek(file, max(0, size - bytesMax), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: min(size, bytesMax))
        let count = fread(&bytes, 1, bytes.count, file)
        bytes = Array(bytes[..<count])
        guard let lines else { return bytes }
        guard lines > 0 else { return [] }
        var seen = 0
        for index in bytes.indices.reversed().dropFirst() where bytes[index] == 0x0A {
            seen += 1
            if seen == lines { return Array(bytes[(index + 1)...]) }
        }
        return bytes
    }

    /// New lines as they come, as long as the file is there.
    private static func follow(_ path: String, from first: [UInt8]) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            continuation.yield(first)
            let work = Task {
                var offset = FileStatus(of: path, followingLinks: true)?.size ?? 0
                while !Task.isCancelled {
                    do { try await Task.sleep(for: .milliseconds(300)) } catch { break }
                    guard let size = FileStatus(of: path, followingLinks: true)?.size else { break }
                    guard size > offset, let file = fopen(path, "re") else { continue }
                    fseek(file, offset, SEEK_SET)
                    var bytes = [UInt8](repeating: 0, count: min(size - offset, 1 << 20))
                    let count = fread(&bytes, 1, bytes.count, file)
                    fclose(file)
                    offset += count
                    continuation.yield(Array(bytes[..<count]))
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in work.cancel() }
        }
    }
}
