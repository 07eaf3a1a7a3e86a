import WaybillCore

/// The rules over Dockerfiles.
enum DockerfileRules {
    static let all: [Rule<DockerfileSubject>] = images + files + commands + packages + shape

    static func rule(
        _ number: String, _ severity: Severity, _ title: String, why: String, remedy: String, _ aliases: String...,
        check: @escaping @Sendable (DockerfileSubject) -> [RuleHit]
    ) -> Rule<DockerfileSubject> {
        Rule("WB-DF-\(number)", severity, .dockerfile, title, why: why, remedy: remedy, aliases: aliases, check: check)
    }

    private static let images = [
        rule(
            "001", .medium, "The base image has no tag", why: "Every build may start from another image.",
            remedy: "name a version, best by digest", "DL3006"
        ) { file in
            file.bases.filter { $0.tag == nil && !$0.hasDigest }.map { file.hit($0.instruction, $0.image) }
        },
        rule(
            "002", .medium, "The base image has the tag latest", why: "Every build may start from another image.",
            remedy: "name a version, best by digest", "DL3007", "DS-0001"
        ) { file in
            file.bases.filter { $0.tag == "latest" && !$0.hasDigest }.map { file.hit($0.instruction, $0.image) }
        },
        rule(
            "003", .low, "The base image is not named by its digest", why: "A tag can be moved; a digest cannot.",
            remedy: "write name:tag@sha256:…"
        ) { file in
            file.bases.filter { !$0.hasDigest && !$0.image.contains("$") }.map { file.hit($0.instruction, $0.image) }
        },
        rule(
            "004", .high, "The image runs as root", why: "Root inside is one kernel fault from root outside.",
            remedy: "end the last stage with USER and a number above 0", "DL3002", "DS-0002"
        ) { file in
            guard let user = file.stages.last?.instructions.last(where: { $0.keyword == "user" }), user.isRootUser
            else { return [] }
            return [file.hit(user, "USER \(user.arguments.first ?? "")")]
        },
        rule(
            "008", .high, "The image does not say which user it runs as", why: "Most base images then mean root.",
            remedy: "end the last stage with USER and a number above 0", "DS-0002"
        ) { file in
            guard let stage = file.stages.last, !stage.instructions.contains(where: { $0.keyword == "user" }) else {
                return []
            }
            // A stage that builds on another one inherits its user.
            let parent = file.stages.last { $0.index < stage.index && $0.name == stage.image.lowercased() }
            if let user = parent?.instructions.last(where: { $0.keyword == "user" }), !user.isRootUser { return [] }
            return [file.hit(stage.from, "no USER in the last stage")]
        },
        rule(
            "005", .high, "Two stages have the same name", why: "Only one of them is meant by COPY --from.",
            remedy: "rename one", "DL3024", "DS-0012"
        ) { file in
            var seen: Set<String> = []
            return file.stages.filter { stage in stage.name.map { !seen.insert($0).inserted } ?? false }.map {
                file.hit($0.from, $0.name ?? "")
            }
        },
        rule(
            "006", .high, "The stage copies from itself", why: "The build fails or copies nothing.",
            remedy: "name another stage", "DL3023", "DS-0006"
        ) { file in
            file.stages.flatMap { stage in
                stage.instructions.filter {
                    $0.keyword == "copy" && $0.flag("from") != nil && $0.flag("from")?.lowercased() == stage.name
                }
                .map { file.hit($0, "--from=\($0.flag("from") ?? "")") }
            }
        },
        rule(
            "007", .high, "A secret is written into the image",
            why: "Everybody who can pull the image has it: history keeps ARG and ENV.",
            remedy: "use RUN --mount=type=secret and rotate it", "DL3064", "DS-0031"
        ) { file in
            file.all("env", "arg").flatMap { instruction in
                instruction.pairs.filter {
                    SecretNames.looksSecret($0.name)
                        && (instruction.keyword == "arg" || SecretNames.isLiteral($0.value ?? ""))
                }
                .map { file.hit(instruction, "\(instruction.keyword.uppercased()) \($0.name)") }
            }
        },
    ]

    private static let files = [
        rule(
            "010", .low, "ADD where COPY is meant", why: "ADD unpacks archives and fetches URLs unasked.",
            remedy: "use COPY", "DL3020", "DS-0005"
        ) { file in
            file.all("add").filter { instruction in
                let sources = instruction.arguments.dropLast(), target = instruction.arguments.last ?? ""
                // What comes from elsewhere is what ADD is for.
                if sources.isEmpty || sources.contains(where: { $0.contains("://") || $0.hasPrefix("git@") }) {
                    return false
                }
                if sources.contains(where: isArchive) { return isArchive(target) || target.hasSuffix(".jar") }
                return sources.allSatisfy { !$0.contains("$") }
            }.map { file.hit($0, $0.arguments.joined(separator: " ")) }
        },
        rule(
            "011", .high, "Several files are copied to what is no folder", why: "The build fails.",
            remedy: "end the target with /", "DL3021", "DS-0011"
        ) { file in
            file.all("copy").filter {
                $0.arguments.count > 2 && $0.heredocs.isEmpty && $0.arguments.last?.hasSuffix("/") == false
            }
            .map { file.hit($0, $0.arguments.joined(separator: " ")) }
        },
        rule(
            "012", .medium, "COPY --from names no stage before it", why: "It then means an image from a registry.",
            remedy: "name a stage, or the image with its digest", "DL3022"
        ) { file in
            file.stages.flatMap { stage in
                stage.instructions.filter { instruction in
                    guard instruction.keyword == "copy", let from = instruction.flag("from") else { return false }
                    if let index = Int(from) { return index >= stage.index }
                    return !from.contains(":") && !from.contains("@") && !from.contains("$")
                        && !file.stages.contains { $0.index <= stage.index && $0.name == from.lowercased() }
                }.map { file.hit($0, "--from=\($0.flag("from") ?? "")") }
            }
        },
        rule(
            "013", .medium, "The working folder is relative", why: "Where it is depends on what came before.",
            remedy: "write the whole path", "DL3000", "DS-0009"
        ) { file in
            file.all("workdir").filter { !isAbsolute($0.arguments.first ?? "") }.map {
                file.hit($0, $0.arguments.first ?? "")
            }
        },
        rule(
            "014", .high, "The working folder belongs to the system",
            why: "/proc, /sys and their like are the kernel's.", remedy: "use a folder of your own", "DS-0030"
        ) { file in
            file.all("workdir", "volume").flatMap { instruction in
                instruction.arguments.map(DockerfileWords.unquoted).filter { path in
                    ["/proc", "/sys", "/dev", "/boot"].contains { path == $0 || path.hasPrefix($0 + "/") }
                }.map { file.hit(instruction, $0) }
            }
        },
        rule(
            "015", .low, "COPY to a relative path without a WORKDIR",
            why: "It lands in the base image's folder, wherever that is.", remedy: "set WORKDIR first", "DL3045"
        ) { file in
            file.stages.flatMap { stage in
                var hasFolder = file.stages.contains { $0.index < stage.index && $0.name == stage.image.lowercased() }
                return stage.instructions.compactMap { instruction -> RuleHit? in
                    if instruction.keyword == "workdir" { hasFolder = true }
                    guard instruction.keyword == "copy", !hasFolder, let target = instruction.arguments.last,
                        !isAbsolute(target)
                    else { return nil }
                    return file.hit(instruction, target)
                }
            }
        },
    ]

    private static func isArchive(_ path: String) -> Bool {
        let path = DockerfileWords.unquoted(path).lowercased()
        return [
            ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gz", ".bz2", ".xz", ".zip",
            ".tar.lzma", ".tb2", ".lzma", ".tz", ".z",
        ]
        .contains(where: path.hasSuffix)
    }

    private static func isAbsolute(_ path: String) -> Bool {
        let path = DockerfileWords.unquoted(path)
        return path.hasPrefix("/") || path.hasPrefix("$") || path.dropFirst().hasPrefix(":")
    }
}

extension DockerfileInstruction {
    var isRootUser: Bool {
        let user = DockerfileWords.unquoted(arguments.first ?? "").split(separator: ":").first ?? ""
        return user == "root" || user == "0"
    }
}

extension DockerfileSubject {
    struct Base {
        var instruction: DockerfileInstruction
        var image: String
        var tag: String?
        var hasDigest: Bool
    }

    /// The images from outside that stages begin with, default arguments filled in.
    var bases: [Base] {
        stages.compactMap { stage in
            let written = DockerfileWords.unquoted(stage.image)
            let image = DockerfileWords.expanded(written, dockerfile.globalArguments)
            if image.lowercased() == "scratch"
                || stages.contains(where: { $0.index < stage.index && $0.name == image.lowercased() })
            {
                return nil
            }
            // An argument without a default is the caller's choice.
            if image.isEmpty || image.hasSuffix(":") || image.hasPrefix(":") { return nil }
            let plain = image.split(separator: "@", maxSplits: 1)
            let name = plain[0].split(separator: "/", omittingEmptySubsequences: false).last ?? ""
            let tag = name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) }
            return Base(instruction: stage.from, image: image, tag: tag, hasDigest: plain.count == 2)
        }
    }
}
