import Checks
import Documents
import WaybillCore

/// A Dockerfile as policies see it.
enum DockerfileDocument {
    /// A list with one list of instructions: `{Cmd, SubCmd, JSON, Flags, Value, Stage}`. Comments are instructions too.
    static func conftest(_ bytes: [UInt8], file: String) throws(WaybillError) -> Node {
        let dockerfile = try Dockerfile(parsing: bytes, file: file)
        var commands: [Node] = []
        var stage = -1
        for instruction in dockerfile.instructions {
            if instruction.keyword == "from" { stage += 1 }
            for comment in instruction.comments {
                commands.append(
                    command("comment", "", [], [comment.text], isJSON: false, stage: max(stage, 0), comment.position))
            }
            let inner = instruction.nested.first
            let value = inner ?? instruction
            commands.append(
                command(
                    instruction.keyword, inner?.keyword ?? "", instruction.flags + (inner?.flags ?? []),
                    value.arguments, isJSON: value.isJSON, stage: max(stage, 0), instruction.position))
        }
        return Node(.array([Node(.array(commands), at: .start)]), at: .start)
    }

    private static func command(
        _ name: String, _ inner: String, _ flags: [String], _ value: [String], isJSON: Bool, stage: Int,
        _ position: Position
    ) -> Node {
        object(
            [
                ("Cmd", .string(name)), ("SubCmd", .string(inner)), ("JSON", .bool(isJSON)),
                ("Flags", .array(flags.map(Documents.Value.string))),
                ("Value", .array(value.map(Documents.Value.string))), ("Stage", .integer(stage)),
            ], at: position)
    }

    /// `{Stages: [{Name, Commands: [{Cmd, SubCmd, Flags, Value, Original, JSON, Stage, Path, StartLine, EndLine}]}]}`,
    /// as checks of Trivy have it.
    static func trivy(_ bytes: [UInt8], file: String) throws(WaybillError) -> Node {
        let dockerfile = try Dockerfile(parsing: bytes, file: file)
        let leading = dockerfile.instructions.prefix { $0.keyword != "from" }
        var stages: [Node] = []
        for stage in dockerfile.stages {
            // Arguments before the first stage belong to it here.
            let instructions = (stage.index == 0 ? Array(leading) : []) + stage.instructions
            let commands = instructions.map { trivyCommand($0, stage: stage.index, file: file) }
            stages.append(
                Node(
                    .object([
                        member("Name", .string(stageName(stage)), stage.from.position),
                        .init(
                            key: "Commands", keyPosition: stage.from.position,
                            node: Node(.array(commands), at: stage.from.position)),
                    ]), at: stage.from.position))
        }
        return Node(
            .object([.init(key: "Stages", keyPosition: .start, node: Node(.array(stages), at: .start))]), at: .start)
    }

    private static func stageName(_ stage: DockerfileStage) -> String {
        stage.from.arguments.joined(separator: " ")
    }

    private static func trivyCommand(_ instruction: DockerfileInstruction, stage: Int, file: String) -> Node {
        let inner = instruction.nested.first
        let value = inner ?? instruction
        return object(
            [
                ("Cmd", .string(instruction.keyword)), ("SubCmd", .string(inner?.keyword ?? "")),
                ("Flags", .array(value.flags.map(Documents.Value.string))),
                ("Value", .array(values(of: value).map(Documents.Value.string))),
                ("Original", .string(instruction.original)), ("JSON", .bool(value.isJSON)), ("Stage", .integer(stage)),
                ("Path", .string(file)), ("StartLine", .integer(instruction.position.line)),
                ("EndLine", .integer(max(instruction.endLine, instruction.position.line))),
            ], at: instruction.position)
    }

    /// A text that follows its instruction belongs to its value.
    private static func values(of instruction: DockerfileInstruction) -> [String] {
        guard instruction.keyword == "run", let heredoc = instruction.heredocs.first else {
            return instruction.arguments
        }
        return [heredoc.content]
    }

    private static func member(_ key: String, _ value: Documents.Value, _ position: Position) -> Node.Member {
        .init(key: key, keyPosition: position, node: node(value, position))
    }

    private static func object(_ members: [(String, Documents.Value)], at position: Position) -> Node {
        Node(.object(members.map { member($0.0, $0.1, position) }), at: position)
    }

    private static func node(_ value: Documents.Value, _ position: Position) -> Node {
        switch value {
        case .array(let elements): Node(.array(elements.map { node($0, position) }), at: position)
        default: Node(.scalar(value), at: position)
        }
    }
}
