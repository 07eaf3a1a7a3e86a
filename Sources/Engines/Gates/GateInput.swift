public import Delivery
public import Documents
public import OCI
public import WaybillCore

/// What is known when a verdict is asked: the document that policies see as `input`.
public struct GateInput: Sendable {
    public var gate: Gate
    /// The commit or the image that is judged.
    public var subject: String
    public var project: ProjectFile
    public var findings: [Finding]
    /// Day of the verdict in UTC, `2026-11-21`: exceptions end by it.
    public var today: String
    /// The image's digest and configuration, once there is one.
    public var image: (digest: Digest, configuration: ImageConfiguration)?

    public init(
        gate: Gate, subject: String, project: ProjectFile, findings: [Finding], today: String,
        image: (digest: Digest, configuration: ImageConfiguration)? = nil
    ) {
        self.gate = gate
        self.subject = subject
        self.project = project
        self.findings = findings
        self.today = today
        self.image = image
    }

    public var value: Value {
        var value: Value = [
            "gate": .string(gate.rawValue), "subject": .string(subject), "today": .string(today),
            "findings": .array(findings.map(\.value)),
            "project": [
                "name": .string(project.name), "owner": .string(project.owner.name),
                "scan": [
                    "deny": .string(project.scan.deny.rawValue), "secrets": .string(project.scan.secrets.rawValue),
                    "unknown": .string(project.scan.unknown.rawValue),
                ],
                "posture": [
                    "deny": .string(project.posture.deny.rawValue),
                    "podSecurity": .string(project.posture.podSecurity.rawValue),
                ],
                "exceptions": .array(
                    project.exceptions.map { exception in
                        [
                            "rule": .string(exception.rule), "place": .string(exception.place),
                            "owner": .string(exception.owner.name), "reason": .string(exception.reason),
                            "expires": .string(exception.expires.description),
                        ]
                    }),
            ],
        ]
        if let image {
            let process = image.configuration.process
            var labels = Object()
            for (key, text) in process.labels.sorted(by: { $0.key < $1.key }) { labels[key] = .string(text) }
            value["image"] = [
                "digest": .string(image.digest.description), "user": Value(process.user), "labels": .object(labels),
                "exposedPorts": .array(process.exposedPorts.map(Value.string)),
            ]
        }
        return value
    }
}
