import Processes
import WaybillCore

/// A container of an image in a room of its own, for commands.
struct BuildahImage: OpenImage {
    private let room: BuildRoom

    init(_ image: LocalImage, in room: BuildRoom) async throws(WaybillError) {
        self.room = room
        try await room.prepare(image)
    }

    func run(_ command: ImageCommand) async throws(WaybillError) -> ImageCommandOutcome {
        guard let program = command.arguments.first else {
            throw WaybillError(.invalidInput, "the command is empty", subject: "image command")
        }
        let outcome = try await room.run(command)
        var lines = outcome.errorText.split(separator: "\n", omittingEmptySubsequences: false)
        let status: Int =
            switch outcome.exit {
            case .exited(let code): Int(code)
            case .signalled(let signal): 128 + Int(signal)
            }
        // buildah reports a status other than 0 in a last line of its own.
        if status != 0,
            let last = lines.lastIndex(where: { $0.hasPrefix("Error: ") && $0.contains("while running runtime") })
        {
            lines.removeSubrange(last...)
            if let start = lines.firstIndex(where: { $0.hasPrefix("error running container: from ") }) {
                let text = lines[start...].joined(separator: " ")
                guard text.contains("executable file not found") || text.contains("no such file or directory") else {
                    throw WaybillError(.failed, String(text.prefix(500)), subject: program)
                }
                return ImageCommandOutcome(
                    exitStatus: 127, output: outcome.output, errorOutput: Array("\(program): not found\n".utf8))
            }
            if !lines.isEmpty, lines.last != "" { lines.append("") }
        }
        return ImageCommandOutcome(
            exitStatus: status, output: outcome.output, errorOutput: Array(lines.joined(separator: "\n").utf8))
    }

    func close() async throws(WaybillError) { await room.leave() }
}
