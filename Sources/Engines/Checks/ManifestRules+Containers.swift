import Documents
import Kubernetes
import WaybillCore

extension ManifestRules {
    /// User and group numbers at or below this one belong to somebody on most nodes.
    static let lowestFreeNumber = 10_000

    static let container: [Rule<KubernetesObject>] = [
        Rule(
            "WB-K8S-020", .low, .posture, "The container runs with a user number that a node's user may have",
            why: "A process that breaks out acts as that user.", remedy: "set runAsUser to a number above 10000",
            aliases: ["KSV-0020", "kubesec:RunAsUser"]
        ) { $0.lowNumbers("runAsUser") },
        Rule(
            "WB-K8S-021", .low, .posture, "The container runs with a group number that a node's group may have",
            why: "A process that breaks out has that group's rights.", remedy: "set runAsGroup to a number above 10000",
            aliases: ["KSV-0021", "kubesec:RunAsGroup"]
        ) { $0.lowNumbers("runAsGroup") },
        Rule(
            "WB-K8S-022", .medium, .posture, "The container can write to its own root file system",
            why: "An intruder can replace programs and stay.",
            remedy: "set securityContext.readOnlyRootFilesystem: true and mount an emptyDir where it writes",
            aliases: [
                "KSV-0014", "kubesec:ReadOnlyRootFilesystem", "container-security-context-readonlyrootfilesystem",
            ]
        ) { object in
            object.containers(at: ["securityContext", "readOnlyRootFilesystem"]) {
                $0.security?["readOnlyRootFilesystem"]?.scalar?.bool == true
                    ? nil : "readOnlyRootFilesystem is not true"
            }
        },
        resource("WB-K8S-023", "limits", "cpu", .low, "KSV-0011", "kubesec:LimitsCPU"),
        resource("WB-K8S-024", "limits", "memory", .medium, "KSV-0018", "kubesec:LimitsMemory"),
        resource("WB-K8S-025", "requests", "cpu", .low, "KSV-0015", "kubesec:RequestsCPU"),
        resource("WB-K8S-026", "requests", "memory", .low, "KSV-0016", "kubesec:RequestsMemory"),
        Rule(
            "WB-K8S-027", .medium, .posture, "The image is named without a tag or by a tag that moves",
            why: "Nobody can say which image runs, and it changes without a commit.",
            remedy: "name the image by digest",
            aliases: ["KSV-0013", "container-image-tag"]
        ) { object in
            object.containers(at: ["image"]) { container in
                guard let image = container.node["image"]?.string else { return "no image is named" }
                if image.contains("@sha256:") { return nil }
                let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
                guard let colon = last.firstIndex(of: ":") else { return "\(Redaction.excerpt(image)) has no tag" }
                return last[last.index(after: colon)...] == "latest"
                    ? "\(Redaction.excerpt(image)) has the tag latest" : nil
            }
        },
        Rule(
            "WB-K8S-028", .low, .posture, "The image is not named by its digest",
            why: "A tag can be moved to another image; a digest cannot.",
            remedy: "write name@sha256:…; a promotion does it", aliases: []
        ) { object in
            object.containers(at: ["image"]) { container in
                guard let image = container.node["image"]?.string, !image.contains("@sha256:") else { return nil }
                return Redaction.excerpt(image)
            }
        },
        Rule(
            "WB-K8S-029", .low, .posture, "Nothing tells whether the container is ready",
            why: "Requests reach it before it can answer.", remedy: "add a readinessProbe", aliases: ["pod-probes"]
        ) { object in
            guard object.isServing else { return [] }
            return object.containers(at: ["readinessProbe"], where: \.isLongRunning) {
                $0.node.given("readinessProbe") == nil ? "no readinessProbe" : nil
            }
        },
        Rule(
            "WB-K8S-030", .info, .posture, "Nothing tells whether the container still lives",
            why: "A container that hangs stays.", remedy: "add a livenessProbe that differs from the readinessProbe",
            aliases: []
        ) { object in
            guard object.isServing else { return [] }
            return object.containers(at: ["livenessProbe"], where: \.isLongRunning) { container in
                guard let live = container.node.given("livenessProbe") else { return "no livenessProbe" }
                guard let ready = container.node.given("readinessProbe"), ready.value == live.value else { return nil }
                return "the same as the readinessProbe"
            }
        },
        Rule(
            "WB-K8S-031", .low, .posture, "A secret reaches the container through its environment",
            why: "Environments leak into logs, dumps and child processes.", remedy: "mount the secret as a file",
            aliases: ["kubesec:SecretsAsEnvironmentVariables"]
        ) { object in
            object.containers(at: ["env"]) { container in
                let names = (container.node["env"]?.elements ?? []).filter {
                    $0["valueFrom"]?.given("secretKeyRef") != nil
                }
                .map { $0["name"]?.string ?? "?" }
                let whole = (container.node["envFrom"]?.elements ?? []).filter { $0.given("secretRef") != nil }
                    .map { $0["secretRef"]?["name"]?.string ?? "?" }
                return names.isEmpty && whole.isEmpty ? nil : (names + whole).joined(separator: ", ")
            }
        },
        Rule(
            "WB-K8S-032", .high, .secret, "A secret is written into the manifest",
            why: "Everybody who can read the repository has it.", remedy: "put it into a Secret and rotate it",
            aliases: ["KSV-0109"]
        ) { object in
            object.containers.flatMap { container in
                (container.node["env"]?.elements ?? []).enumerated().compactMap { index, variable in
                    guard let name = variable["name"]?.string, let value = variable["value"]?.string,
                        SecretNames.looksSecret(name), SecretNames.isLiteral(value)
                    else { return nil }
                    return RuleHit(
                        place: object.place(container.pointer.appending("env", "\(index)", "value")),
                        evidence: "\(name) = \(Redaction.secret(value))")
                }
            }
        },
        Rule(
            "WB-K8S-033", .low, .posture, "An environment variable is set twice",
            why: "Only the last one counts, which few readers see.", remedy: "remove one of them",
            aliases: ["environment-variable-key-duplication"]
        ) { object in
            object.containers(at: ["env"]) { container in
                var seen: Set<String> = []
                let twice = (container.node["env"]?.elements ?? []).compactMap { $0["name"]?.string }.filter {
                    !seen.insert($0).inserted
                }
                return twice.isEmpty ? nil : twice.joined(separator: ", ")
            }
        },
    ]

    private static func resource(
        _ id: String, _ list: String, _ name: String, _ severity: Severity, _ aliases: String...
    ) -> Rule<KubernetesObject> {
        let what = list == "limits" ? "limit" : "request"
        return Rule(
            id, severity, .posture, "The container has no \(name == "cpu" ? "processor" : name) \(what)",
            why: list == "limits"
                ? "It can starve everything else on the node." : "The scheduler cannot tell where it fits.",
            remedy: "set resources.\(list).\(name)", aliases: aliases + ["container-resources"]
        ) { object in
            object.containers(at: ["resources", list, name], where: { $0.list != .ephemeralContainers }) {
                $0.node["resources"]?[list]?.given(name) == nil ? "no resources.\(list).\(name)" : nil
            }
        }
    }
}

extension KubernetesObject {
    /// A workload whose pods stay and may be asked.
    var isServing: Bool { isWorkload && !["Job", "CronJob"].contains(kind.kind) }

    fileprivate func lowNumbers(_ key: String) -> [RuleHit] {
        containers(at: ["securityContext", key]) { container in
            guard let value = effective(key, container) else { return "no \(key)" }
            guard let number = value.scalar?.integer, number > ManifestRules.lowestFreeNumber else {
                return "\(key) \(value.scalar?.number?.text ?? "?")"
            }
            return nil
        }
    }
}

/// Which names promise a secret.
enum SecretNames {
    private static let words = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY",
        "CREDENTIAL",
    ]
    /// Names that hold such a word and are no secret themselves.
    private static let harmless = [
        "_FILE", "_PATH", "_URL", "_NAME", "_TTL", "_TYPE", "_EXPIRY", "_ID", "_HEADER", "_LENGTH", "_DIR", "_ISSUER",
        "_ENABLED",
    ]

    static func looksSecret(_ name: String) -> Bool {
        let upper = name.uppercased()
        guard !harmless.contains(where: { upper.hasSuffix($0) }) else { return false }
        return words.contains { upper.contains($0) } || upper == "PASS" || upper.hasSuffix("_PASS")
            || upper.hasSuffix("_PWD") || upper == "AUTH"
    }

    /// A value of its own, no reference to another variable and no empty place.
    static func isLiteral(_ value: String) -> Bool {
        !value.isEmpty && !value.hasPrefix("$") && value != "true" && value != "false"
    }
}
