public import WaybillCore

/// Judges Dockerfiles and Containerfiles by the rule table.
public enum DockerfileChecker {
    /// What the rules find, in reading order. A file that cannot be read is an error.
    public static func check(
        _ bytes: some Collection<UInt8>, file: String, disabled: Set<String> = []
    ) throws(WaybillError) -> [Finding] {
        let subject = DockerfileSubject(try Dockerfile(parsing: bytes, file: file), file: file)
        return DockerfileRules.all.filter { !disabled.contains($0.description.id) }
            .flatMap { rule in rule.check(subject).map(rule.description.finding) }
            .sorted(by: Finding.inReadingOrder)
    }
}

/// A Dockerfile with what the rules ask of it again and again.
struct DockerfileSubject: Sendable {
    let file: String
    let dockerfile: Dockerfile
    let stages: [DockerfileStage]
    /// RUN instructions with their commands.
    let runs: [(instruction: DockerfileInstruction, commands: [ShellCommands.Command], stage: Int)]

    init(_ dockerfile: Dockerfile, file: String) {
        self.file = file
        self.dockerfile = dockerfile
        stages = dockerfile.stages
        var runs: [(DockerfileInstruction, [ShellCommands.Command], Int)] = []
        for stage in stages {
            for instruction in stage.instructions {
                let target = instruction.nested.first ?? instruction
                guard target.keyword == "run" else { continue }
                if target.isJSON {
                    runs.append(
                        (instruction, [ShellCommands.Command(words: target.arguments, isPiped: false)], stage.index))
                } else {
                    let text = ([target.arguments.first ?? ""] + target.heredocs.map(\.content)).joined(separator: "\n")
                    runs.append((instruction, ShellCommands(text).commands, stage.index))
                }
            }
        }
        self.runs = runs
    }

    func hit(_ instruction: DockerfileInstruction, _ evidence: String) -> RuleHit {
        RuleHit(
            place: Place(location: SourceLocation(file: file, position: instruction.position)),
            evidence: Redaction.excerpt(evidence))
    }

    /// Instructions of a kind in all stages.
    func all(_ keywords: String...) -> [DockerfileInstruction] {
        stages.flatMap(\.instructions).map { $0.nested.first ?? $0 }.filter { keywords.contains($0.keyword) }
    }

    /// RUN instructions in which some command is as asked.
    func runs(_ isMeant: (ShellCommands.Command) -> Bool) -> [RuleHit] {
        runs.compactMap { run in
            run.commands.first(where: isMeant).map { hit(run.instruction, $0.words.joined(separator: " ")) }
        }
    }
}
