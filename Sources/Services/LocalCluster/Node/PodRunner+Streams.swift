import Documents
import Files
import WaybillCore

extension PodRunner {
    /// What a session with this pod is tied to.
    func stream(_ request: StreamRequest) throws(APIError) -> StreamTarget {
        guard request.kind != .portforward else {
            guard sandboxID != 0 else { throw .plain("unable to forward port because pod is not running") }
            return .ports(tunnel)
        }
        let name = try container(of: request)
        guard let state = (main + initial).first(where: { $0.name == name }), state.isRunning else {
            throw .plain("unable to upgrade connection: container not found (\"\(name)\")")
        }
        let (runtime, id) = (around.runtime, state.containerID)
        if request.kind == .attach {
            let log = around.folders.log(pod.uid, name, state.restarts)
            let specification = (pod[path: "spec", "containers"]?.array ?? []).first { $0["name"]?.string == name }
            if request.hasInput, specification?["stdin"]?.bool == true {
                throw .unsupported("the input of a container's main process")
            }
            return .program { AttachedOutput(log, request) }
        }
        guard !request.command.isEmpty else {
            throw .badRequest("you must specify at least one command for the container")
        }
        return .program { () throws(APIError) in
            do throws(WaybillError) {
                return try ContainerCommand.start(runtime, id, request)
            } catch {
                throw .internalError(error.message)
            }
        }
    }

    private func container(of request: StreamRequest) throws(APIError) -> String {
        let names = main.map(\.name)
        guard let asked = request.container else {
            guard names.count == 1 else {
                throw .badRequest(
                    "a container name must be specified for pod \(pod.name), choose one of: [\(names.joined(separator: " "))]"
                )
            }
            return names[0]
        }
        guard names.contains(asked) || initial.contains(where: { $0.name == asked }) else {
            throw .badRequest("container \(asked) is not valid for pod \(pod.name)")
        }
        return asked
    }
}

/// What a container's main process says from now on, read from its log.
final class AttachedOutput: RemoteProgram {
    private let path: String
    private let follower: LogFollower

    init(_ path: String, _ request: StreamRequest) {
        self.path = path
        follower = LogFollower(path: path)
    }

    func write(_ bytes: [UInt8]) async -> Bool { false }
    func closeInput() {}
    func resize(columns: Int, rows: Int) {}
    func read(_ output: SessionChannel) async -> [UInt8]? {
        await follower.next(output == .errors ? "stderr" : "stdout")
    }
    func wait() async -> Int32 { 0 }
    func hangUp() { Task { await follower.end() } }
    func close() {}
}

/// Follows both streams of one log file, each from its end on.
actor LogFollower {
    private let path: String
    private var offsets: [String: Int] = [:]
    private var isOver = false
    private let start: Int

    init(path: String) {
        self.path = path
        start = FileStatus(of: path)?.size ?? 0
    }

    func end() { isOver = true }

    /// The next lines of a stream; nil once the container has ended, or nobody wants more.
    func next(_ stream: String) async -> [UInt8]? {
        while !isOver, !Task.isCancelled {
            // Asked first: what was written before the end must still be found.
            let isEnded = FileStatus(of: ContainerLog.endMark(path)) != nil || FileStatus(of: path) == nil
            let offset = offsets[stream] ?? start
            let bytes = PodLogs.piece(path, from: offset)
            if let last = bytes.lastIndex(of: 0x0A) {
                offsets[stream] = offset + last + 1
                var text: [UInt8] = []
                for line in bytes[...last].split(separator: 0x0A).compactMap({ LogLine($0) })
                where line.stream == stream {
                    text += line.text + (line.isWhole ? [0x0A] : [])
                }
                if !text.isEmpty { return text }
                continue
            }
            guard !isEnded else { return nil }
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return nil }
        }
        return nil
    }
}
