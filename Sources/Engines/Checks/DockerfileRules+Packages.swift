import WaybillCore

extension DockerfileRules {
    static let packages = [
        rule(
            "030", .medium, "apt-get install waits for an answer", why: "Nobody is there to give it.", remedy: "add -y",
            "DL3014", "DS-0021"
        ) { file in
            file.runs { $0.program == "apt-get" && $0.isInstall && !$0.saysYes }
        },
        rule(
            "031", .low, "apt-get installs what is only recommended", why: "Every package more is one more to patch.",
            remedy: "add --no-install-recommends", "DL3015", "DS-0029"
        ) { file in
            file.runs {
                $0.program == "apt-get" && $0.isInstall
                    && !$0.words.contains {
                        $0.hasPrefix("--no-install-recommends") || $0.contains("Install-Recommends=")
                    }
            }
        },
        rule(
            "032", .low, "The package lists stay in the image", why: "They are large and soon stale.",
            remedy: "rm -rf /var/lib/apt/lists/* in the same RUN", "DL3009"
        ) { file in
            file.runs.compactMap { run in
                // What a stage that is left behind holds does not reach the image.
                let stage = file.stages[run.stage]
                guard
                    stage.index == file.stages.count - 1
                        || file.stages.contains(where: { $0.image.lowercased() == stage.name }),
                    run.commands.contains(where: { ["apt-get", "apt"].contains($0.program) && $0.verb == "update" }),
                    !run.commands.contains(where: {
                        $0.program == "rm" && $0.words.contains { $0.hasPrefix("/var/lib/apt/lists") }
                    }),
                    !(run.instruction.flags + (run.instruction.nested.first?.flags ?? [])).contains(where: {
                        $0.contains("/var/lib/apt") || $0.contains("/var/cache/apt")
                    })
                else { return nil }
                return file.hit(run.instruction, "apt-get update")
            }
        },
        rule(
            "033", .high, "The package lists are fetched in a RUN of their own",
            why: "The cache keeps old lists and old packages come in.", remedy: "join update and install in one RUN",
            "DS-0017"
        ) { file in
            let managers: Set = ["apt-get", "apt", "yum", "apk", "dnf", "zypper", "microdnf"]
            return file.runs.compactMap { run in
                let updates = run.commands.filter {
                    managers.contains($0.program) && ["update", "upd", "refresh"].contains($0.verb ?? "")
                }
                guard let update = updates.first,
                    !run.commands.contains(where: {
                        managers.contains($0.program) && $0.isInstall || $0.verb == "upgrade"
                    })
                else { return nil }
                return file.hit(run.instruction, update.words.joined(separator: " "))
            }
        },
        unpinned("034", "DL3008", "an apt") {
            $0.program == "apt-get" && $0.isInstall
                && $0.operands.contains { !$0.contains("=") && !isFileOrVariable($0) }
        },
        unpinned("044", "DL3013", "a Python") { command in
            ["pip", "pip3"].contains(command.program) && command.verb == "install"
                && !command.has("-r", "--requirement", "-c", "--constraint", "-e", "--editable")
                && command.operands.contains { !$0.contains(where: { "=@<>~".contains($0) }) && !isFileOrVariable($0) }
        },
        unpinned("045", "DL3016", "an npm") {
            $0.program == "npm" && $0.isInstall
                && $0.operands.contains { !$0.dropFirst().contains("@") && !isFileOrVariable($0) }
        },
        unpinned("046", "DL3018", "an Alpine") { command in
            command.program == "apk" && command.isInstall
                && command.apkPackages.contains {
                    !$0.contains(where: { "=<>~".contains($0) }) && !isFileOrVariable($0)
                }
        },
        unpinned("047", "DL3028", "a Ruby") {
            $0.program == "gem" && $0.isInstall && !$0.has("-v", "--version")
                && $0.operands.contains { !$0.contains(":") && !isFileOrVariable($0) }
        },
        rule(
            "035", .low, "apk leaves its cache in the image", why: "It is of no use there.", remedy: "add --no-cache",
            "DL3019", "DS-0025"
        ) { file in
            file.runs { $0.program == "apk" && $0.isInstall && !$0.has("--no-cache") }
        },
        rule(
            "036", .low, "pip leaves its cache in the image", why: "It is of no use there.",
            remedy: "add --no-cache-dir", "DL3042"
        ) { file in
            let isOff = file.all("env").contains {
                $0.pairs.contains {
                    $0.name == "PIP_NO_CACHE_DIR" && !["", "0", "false", "off", "no"].contains($0.value ?? "")
                }
            }
            return isOff
                ? []
                : file.runs {
                    ["pip", "pip3"].contains($0.program) && $0.verb == "install" && !$0.has("--no-cache-dir")
                }
        },
        cleaning("037", "yum", "DL3032", "DS-0015"), cleaning("038", "dnf", "DL3040", "DS-0019"),
        cleaning("039", "zypper", "DL3036", "DS-0020"),
        cleaning("040", "microdnf", "DS-0027"),
        rule(
            "041", .medium, "The whole system is upgraded in the build", why: "What comes out depends on the day.",
            remedy: "use a newer base image", "DL3035", "DS-0024"
        ) { file in
            file.runs {
                ["apt-get", "apt", "zypper"].contains($0.program)
                    && ["dist-upgrade", "dup", "full-upgrade"].contains($0.verb ?? "")
            }
        },
        rule(
            "042", .low, "apt is made for people", why: "Its options and output change.",
            remedy: "use apt-get or apt-cache", "DL3027"
        ) { file in
            file.runs { $0.program == "apt" }
        },
        rule(
            "043", .medium, "The package manager waits for an answer", why: "Nobody is there to give it.",
            remedy: "add -y", "DL3030", "DL3034", "DL3038"
        ) { file in
            file.runs {
                ["yum", "dnf", "zypper", "microdnf"].contains($0.program) && $0.isInstall && !$0.saysYes
                    && !$0.has("-n", "--non-interactive")
            }
        },
    ]

    private static func unpinned(
        _ number: String, _ alias: String, _ what: String, isMeant: @escaping @Sendable (ShellCommands.Command) -> Bool
    ) -> Rule<DockerfileSubject> {
        rule(
            number, .info,
            "\(what.prefix(1).uppercased() + what.dropFirst()) package is installed in whatever version there is",
            why: "The next build may bring another one.", remedy: "name its version, or build from a snapshot", alias
        ) { $0.runs(isMeant) }
    }

    private static func cleaning(_ number: String, _ program: String, _ aliases: String...) -> Rule<DockerfileSubject> {
        Rule(
            "WB-DF-\(number)", .low, .dockerfile, "\(program) leaves its cache in the image",
            why: "It is of no use there.",
            remedy: "add \(program) clean\(program == "zypper" ? "" : " all") to the same RUN", aliases: aliases
        ) { file in
            file.runs.compactMap { run in
                guard let install = run.commands.first(where: { $0.program == program && $0.isInstall }),
                    !run.commands.contains(where: { $0.program == program && ["clean", "cc"].contains($0.verb ?? "") }),
                    !run.commands.contains(where: {
                        $0.program == "rm" && $0.words.contains { $0.contains("/var/cache/") }
                    })
                else { return nil }
                return file.hit(run.instruction, install.words.joined(separator: " "))
            }
        }
    }

    private static func isFileOrVariable(_ word: String) -> Bool {
        word.hasPrefix("$") || word.hasPrefix(".") || word.hasPrefix("/") || word.contains("://") || word.contains("/.")
            || word.contains("$")
            || [".deb", ".whl", ".apk", ".tgz", ".gem"].contains(where: word.hasSuffix) || word.hasPrefix(">")
    }
}

extension ShellCommands.Command {
    /// Installs packages, whatever the manager calls it.
    var isInstall: Bool {
        words.dropFirst().contains {
            ["install", "add", "in", "localinstall", "groupinstall", "reinstall"].contains($0)
        }
            && verb.map {
                ["install", "add", "in", "i", "localinstall", "groupinstall", "reinstall"].contains($0)
                    || $0.contains("=")
            } ?? false
    }

    /// The packages of `apk add`, without the values of its options.
    var apkPackages: [String] {
        var packages: [String] = []
        var isValue = false
        for word in words.drop(while: { $0 != "add" }).dropFirst() {
            if isValue || word.hasPrefix("-") {
                isValue = !isValue && ["-t", "--virtual", "-X", "--repository"].contains(word)
                continue
            }
            packages.append(word)
        }
        return packages
    }

    /// Answers every question beforehand.
    var saysYes: Bool {
        words.contains { word in
            if ["--yes", "--assume-yes", "--assumeyes", "-qq", "--quiet=2"].contains(word) { return true }
            guard word.hasPrefix("-"), !word.hasPrefix("--") else { return false }
            return word.contains("y") || word.count { $0 == "q" } >= 2
        }
    }
}
