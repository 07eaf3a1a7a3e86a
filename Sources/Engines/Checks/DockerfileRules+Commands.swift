import WaybillCore

extension DockerfileRules {
    static let commands = [
        rule(
            "020", .high, "sudo is used", why: "It behaves unforeseeably in builds and stays in the image.",
            remedy: "use USER", "DL3004", "DS-0010"
        ) { file in
            file.runs { $0.program == "sudo" }
        },
        rule(
            "021", .high, "A script from the network is run unseen",
            why: "Whoever holds the server or the line runs code in the image.",
            remedy: "fetch it with ADD --checksum, or copy it from the repository"
        ) { file in
            file.runs.compactMap { run in
                for (command, following) in zip(run.commands, run.commands.dropFirst())
                where command.isPiped && ["curl", "wget"].contains(command.program)
                    && (["sh", "bash", "ash", "dash", "zsh", "python", "python3", "perl", "node"].contains(
                        following.program) || following.words.contains("bash"))
                {
                    return file.hit(run.instruction, (command.words + ["|"] + following.words).joined(separator: " "))
                }
                return nil
            }
        },
        rule(
            "022", .low, "cd where WORKDIR is meant", why: "The folder is forgotten with the end of the RUN.",
            remedy: "use WORKDIR", "DL3003", "DS-0013"
        ) { file in
            file.runs { $0.program == "cd" && $0.words.count > 1 }
        },
        rule(
            "023", .low, "Both wget and curl are used", why: "One of them is enough.", remedy: "use one", "DL4001",
            "DS-0014"
        ) { file in
            file.stages.flatMap { stage in
                let runs = file.runs.filter { $0.stage == stage.index }
                let used = Set(runs.flatMap(\.commands).map(\.program)).intersection(["wget", "curl"])
                guard used.count == 2,
                    let last = runs.last(where: { $0.commands.contains { used.contains($0.program) } })
                else { return [] as [RuleHit] }
                return [file.hit(last.instruction, "wget and curl")]
            }
        },
        rule(
            "024", .low, "A pipe hides the failure of its first command", why: "Only the last command's status counts.",
            remedy: "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] first", "DL4006"
        ) { file in
            file.stages.flatMap { stage -> [RuleHit] in
                var isSafe = false
                return stage.instructions.compactMap { instruction in
                    if instruction.keyword == "shell" {
                        isSafe = instruction.arguments.contains {
                            $0.contains("pipefail") || $0.contains("pwsh") || $0.contains("powershell")
                        }
                    }
                    let text = ([instruction.arguments.first ?? ""] + instruction.heredocs.map(\.content)).joined(
                        separator: "\n")
                    guard instruction.keyword == "run", !instruction.isJSON, !isSafe, !text.contains("pipefail"),
                        let piped = ShellCommands(text).commands.first(where: \.isPiped)
                    else { return nil }
                    return file.hit(instruction, piped.words.joined(separator: " ") + " |")
                }
            }
        },
        rule(
            "025", .info, "A command that makes no sense in an image", why: "It needs a running system or a person.",
            remedy: "remove it", "DL3001"
        ) { file in
            let odd: Set = ["ssh", "vim", "shutdown", "service", "ps", "free", "top", "kill", "mount", "ifconfig"]
            return file.runs { odd.contains($0.program) }
        },
    ]

    static let shape = [
        rule(
            "050", .medium, "Several CMD in one stage", why: "Only the last one counts.", remedy: "keep one", "DL4003",
            "DS-0016"
        ) { $0.repeated("cmd") },
        rule(
            "051", .medium, "Several ENTRYPOINT in one stage", why: "Only the last one counts.", remedy: "keep one",
            "DL4004", "DS-0007"
        ) { $0.repeated("entrypoint") },
        rule(
            "052", .medium, "Several HEALTHCHECK in one stage", why: "Only the last one counts.", remedy: "keep one",
            "DL3012", "DS-0023"
        ) { $0.repeated("healthcheck") },
        rule(
            "053", .low, "No HEALTHCHECK", why: "Nobody notices a program that hangs.",
            remedy: "add HEALTHCHECK, or HEALTHCHECK NONE where the cluster probes", "DL3057", "DS-0026"
        ) { file in
            guard let last = file.stages.last, file.all("healthcheck").isEmpty else { return [] }
            return [file.hit(last.from, "no HEALTHCHECK")]
        },
        rule(
            "054", .low, "CMD or ENTRYPOINT as a shell's text",
            why: "The program is not process 1 and does not get signals.", remedy: "write a JSON array", "DL3025"
        ) { file in
            file.all("cmd", "entrypoint").filter { !$0.isJSON && !$0.arguments.isEmpty }.map {
                file.hit($0, $0.arguments.first ?? "")
            }
        },
        rule(
            "055", .low, "MAINTAINER is out of use", why: "Tools no longer read it.",
            remedy: "use LABEL org.opencontainers.image.authors", "DL4000", "DS-0022"
        ) { file in
            file.dockerfile.instructions.filter { $0.keyword == "maintainer" }.map {
                file.hit($0, $0.arguments.first ?? "")
            }
        },
        rule(
            "056", .medium, "The SSH port is exposed", why: "A container needs no door for people.",
            remedy: "remove EXPOSE 22", "DS-0004"
        ) { file in
            file.all("expose").filter {
                $0.arguments.contains { DockerfileWords.unquoted($0).split(separator: "/").first == "22" }
            }.map { file.hit($0, "22") }
        },
        rule(
            "057", .high, "The port does not exist", why: "Ports run from 0 to 65535.", remedy: "correct the number",
            "DL3011", "DS-0008"
        ) { file in
            file.all("expose").flatMap { instruction in
                instruction.arguments.filter { word in
                    let numbers = word.split(separator: "/").first?.split(separator: "-") ?? []
                    return numbers.contains { Int($0).map { !(0...65_535).contains($0) } ?? false }
                }.map { file.hit(instruction, $0) }
            }
        },
        rule(
            "058", .high, "The file does not begin with FROM or ARG", why: "The build fails.",
            remedy: "begin with FROM", "DL3061"
        ) { file in
            guard let first = file.dockerfile.instructions.first, !["from", "arg"].contains(first.keyword) else {
                return []
            }
            return [file.hit(first, first.keyword.uppercased())]
        },
    ]
}

extension DockerfileSubject {
    /// All but the last of an instruction that counts once for each stage.
    fileprivate func repeated(_ keyword: String) -> [RuleHit] {
        stages.flatMap { stage in
            stage.instructions.filter { $0.keyword == keyword }.dropFirst().map {
                hit($0, $0.arguments.joined(separator: " "))
            }
        }
    }
}
