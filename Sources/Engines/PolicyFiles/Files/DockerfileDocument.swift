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
        // Arguments before the first stage are one of their own, without a name.
        if let first = leading.first {
            stages.append(trivyStage("", Array(leading), 0, first.position, file))
        }
        for stage in dockerfile.stages {
            let name = String(stage.from.original.drop { !$0.isWhitespace }.drop(while: \.isWhitespace))
            stages.append(trivyStage(name, stage.instructions, stage.index, stage.from.position, file))
        }
        return Node(
            .object([.init(key: "Stages", keyPosition: .start, node: Node(.array(stages), at: .start))]), at: .start)
    }

    private static func trivyStage(
        _ name: String, _ instructions: [DockerfileInstruction], _ index: Int, _ position: Position, _ file: String
    ) -> Node {
        let commands = instructions.map { trivyCommand($0, stage: index, file: file) }
        return Node(
            .object([
                member("Name", .string(name), position),
                .init(key: "Commands", keyPosition: position, node: Node(.array(commands), at: position)),
            ]), at: position)
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
