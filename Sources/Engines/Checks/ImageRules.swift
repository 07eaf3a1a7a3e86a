public import OCI
public import WaybillCore

/// What an image says about itself and the files that it holds.
public struct ImageFacts: Sendable {
    /// The image, for places: a reference or a digest.
    public var name: String
    /// `User` of the configuration, nil or empty for none.
    public var user: String?
    /// `NAME=value` entries.
    public var environment: [String]
    public var hasHealthCheck: Bool
    public var exposedPorts: [String]
    public var files: FileTree

    public init(
        name: String, user: String?, environment: [String], hasHealthCheck: Bool, exposedPorts: [String],
        files: FileTree
    ) {
        self.name = name
        self.user = user
        self.environment = environment
        self.hasHealthCheck = hasHealthCheck
        self.exposedPorts = exposedPorts
        self.files = files
    }

    public init(name: String, _ image: ImageFileSystem) {
        let process = image.configuration.process
        self.init(
            name: name, user: process.user, environment: process.environment,
            hasHealthCheck: process.healthCheck != nil,
            exposedPorts: process.exposedPorts, files: image.files)
    }
}

/// Judges built images by the rule table.
public enum ImageChecker {
    public static func check(_ image: ImageFacts, disabled: Set<String> = []) -> [Finding] {
        ImageRules.all.filter { !disabled.contains($0.description.id) }
            .flatMap { rule in rule.check(image).map(rule.description.finding) }
            .sorted(by: Finding.inReadingOrder)
    }
}

/// The rules over built images.
enum ImageRules {
    static let all: [Rule<ImageFacts>] = [
        Rule(
            "WB-IMG-001", .high, .posture, "The image runs as root",
            why: "Root inside is one kernel fault from root outside.",
            remedy: "end the build file with USER and a number above 0", aliases: ["CIS-DI-0001"]
        ) { image in
            let user = image.user?.split(separator: ":").first.map(String.init) ?? ""
            guard user.isEmpty || user == "root" || Int(user) == 0 || image.number(of: user) == 0 else { return [] }
            return [image.hit("config.User", user.isEmpty ? "no user is set" : user)]
        },
        Rule(
            "WB-IMG-002", .critical, .secret, "The image's environment holds a secret",
            why: "Everybody who can pull the image has it.",
            remedy: "give it to the container when it starts, and rotate it", aliases: ["CIS-DI-0010"]
        ) { image in
            image.environment.enumerated().compactMap { index, entry in
                let name = entry.prefix { $0 != "=" }, value = entry.dropFirst(name.count + 1)
                guard SecretNames.looksSecret(String(name)), SecretNames.isLiteral(String(value)) else { return nil }
                return image.hit("config.Env[\(index)]", "\(name) = \(Redaction.secret(value))")
            }
        },
        Rule(
            "WB-IMG-003", .low, .posture, "A program gives its caller the rights of its owner",
            why: "A fault in it makes root.",
            remedy: "remove the program or its set-user-id bit", aliases: ["CIS-DI-0008"]
        ) { image in
            image.files.sorted.filter { $0.kind == .file && $0.mode & 0o6000 != 0 }.map { file in
                RuleHit(
                    place: Place(location: SourceLocation(file: file.path), layer: file.layer, object: image.name),
                    evidence: "mode \(String(file.mode & 0o7777, radix: 8)), owner \(file.userID):\(file.groupID)")
            }
        },
        Rule(
            "WB-IMG-004", .critical, .secret, "A private key or credential file lies in the image",
            why: "Everybody who can pull the image has it.",
            remedy: "build without it, and rotate it", aliases: ["CIS-DI-0010"]
        ) { image in
            let names: Set = [
                "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", ".npmrc", ".netrc", ".pypirc", ".git-credentials",
                "credentials.json", ".dockercfg",
            ]
            return image.files.sorted.filter { file in
                let name = file.path.split(separator: "/").last.map(String.init) ?? ""
                return file.kind == .file
                    && (names.contains(name) || file.path.hasSuffix(".docker/config.json")
                        || file.path.hasSuffix(".aws/credentials"))
            }.map {
                RuleHit(
                    place: Place(location: SourceLocation(file: $0.path), layer: $0.layer, object: image.name),
                    evidence: $0.path)
            }
        },
        Rule(
            "WB-IMG-005", .info, .posture, "The image has no health check",
            why: "Nobody notices a program that hangs.",
            remedy: "add HEALTHCHECK, or probes in the manifest", aliases: ["CIS-DI-0006"]
        ) { image in
            image.hasHealthCheck ? [] : [image.hit("config.Healthcheck", "not set")]
        },
        Rule(
            "WB-IMG-006", .high, .posture, "An account has an empty password",
            why: "Everybody may become that user.",
            remedy: "lock the account", aliases: ["DKL-LI-0001"]
        ) { image in
            String(decoding: image.files.contents(of: "etc/shadow") ?? [], as: UTF8.self).split(separator: "\n")
                .compactMap { line in
                    let fields = line.split(separator: ":", omittingEmptySubsequences: false)
                    guard fields.count > 1, fields[1].isEmpty else { return nil }
                    return RuleHit(
                        place: Place(location: SourceLocation(file: "etc/shadow"), object: image.name),
                        evidence: String(fields[0]))
                }
        },
        Rule(
            "WB-IMG-007", .medium, .posture, "The SSH port is exposed",
            why: "A container needs no door for people.",
            remedy: "remove EXPOSE 22", aliases: ["DS-0004"]
        ) { image in
            image.exposedPorts.filter { $0 == "22" || $0.hasPrefix("22/") }.map { image.hit("config.ExposedPorts", $0) }
        },
    ]
}

extension ImageFacts {
    fileprivate func hit(_ field: String, _ evidence: String) -> RuleHit {
        RuleHit(place: Place(object: name, field: field), evidence: evidence)
    }

    /// The number of a user that the image's own accounts name.
    fileprivate func number(of user: String) -> Int? {
        let text = String(decoding: files.contents(of: "etc/passwd") ?? [], as: UTF8.self)
        for line in text.split(separator: "\n") {
            let fields: [Substring] = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, fields[0] == user { return Int(fields[2]) }
        }
        return nil
    }
}
