import Documents
public import WaybillCore

/// What a pipeline works on, each part by the digest of its content.
public struct PipelineInputs: Hashable, Sendable {
    /// The build context with the Containerfile.
    public var context: Digest
    /// The goss files.
    public var tests: Digest
    /// The manifests that are judged.
    public var manifests: Digest
    /// The policy of the target branch, with the built-in rules.
    public var policy: Digest
    /// The advisories that vulnerabilities are matched against.
    public var advisories: Digest
    /// The builder and its version: another builder builds again.
    public var builder: String

    public init(
        context: Digest, tests: Digest, manifests: Digest, policy: Digest, advisories: Digest, builder: String
    ) {
        self.context = context
        self.tests = tests
        self.manifests = manifests
        self.policy = policy
        self.advisories = advisories
        self.builder = builder
    }
}

/// The steps from a commit to a published image, each named by the digest of everything it depends on.
///
/// A step whose key was finished before need not run again: the same inputs give the same bytes. Commits enter only
/// the keys of the gate and of publishing, so a commit that changes no input builds nothing.
public struct PipelinePlan: Hashable, Sendable {
    public enum Step: String, Sendable, CaseIterable, Hashable {
        case build, test, sbom, scan, posture, gate, publish

        /// The steps whose results this one takes.
        public var needs: [Step] {
            switch self {
            case .build, .posture: []
            case .test, .sbom: [.build]
            case .scan: [.sbom]
            case .gate: [.test, .scan, .posture]
            case .publish: [.gate]
            }
        }
    }

    public struct Node: Hashable, Sendable {
        public var step: Step
        public var key: Digest
        public var needs: [Step] { step.needs }
    }

    /// Changes when a step's meaning changes, so that old results are not taken for new ones.
    static let formatVersion = 1

    /// Every step once, after those that it needs.
    public let nodes: [Node]

    public init(project: ProjectFile, commit: String, inputs: PipelineInputs) {
        var keys: [Step: Digest] = [:]
        var nodes: [Node] = []
        for step in Step.allCases {
            var description: Value = [
                "format": .integer(Self.formatVersion), "step": .string(step.rawValue),
                "settings": Self.settings(step, project, commit, inputs),
            ]
            var needed = Object()
            for need in step.needs { needed[need.rawValue] = keys[need].map { .string($0.description) } }
            description["needs"] = .object(needed)
            let key = Digest.sha256(of: JSONWriter.bytes(description, style: .canonical))
            keys[step] = key
            nodes.append(Node(step: step, key: key))
        }
        self.nodes = nodes
    }

    public func key(of step: Step) -> Digest? { nodes.first { $0.step == step }?.key }

    /// The steps that can start once `finished` are done.
    public func ready(after finished: Set<Step>) -> [Step] {
        nodes.map(\.step).filter { !finished.contains($0) && $0.needs.allSatisfy(finished.contains) }
    }

    private static func settings(
        _ step: Step, _ project: ProjectFile, _ commit: String, _ inputs: PipelineInputs
    ) -> Value {
        func text(_ value: some CustomStringConvertible) -> Value { .string(value.description) }
        switch step {
        case .build:
            return [
                "context": text(inputs.context), "containerfile": text(project.build.containerfile),
                "folder": text(project.build.context), "memory": .integer(project.build.memoryBytes),
                "timeout": text(project.build.timeout), "network": text(project.build.network.rawValue),
                "builder": text(inputs.builder),
            ]
        case .test:
            return ["files": .array(project.test.goss.map { .string($0) }), "content": text(inputs.tests)]
        case .sbom:
            return [:]
        case .scan:
            return ["advisories": text(inputs.advisories)]
        case .posture:
            return [
                "paths": .array(project.posture.manifests.map { .string($0) }), "content": text(inputs.manifests),
                "pod-security": text(project.posture.podSecurity.rawValue),
            ]
        case .gate:
            return [
                "commit": text(commit), "policy": text(inputs.policy), "scan": text(project.scan.deny.rawValue),
                "secrets": text(project.scan.secrets.rawValue), "unknown": text(project.scan.unknown.rawValue),
                "posture": text(project.posture.deny.rawValue),
                "exceptions": .array(
                    project.exceptions.map {
                        [
                            "rule": .string($0.rule), "place": .string($0.place), "owner": .string($0.owner.name),
                            "reason": .string($0.reason), "expires": text($0.expires),
                        ]
                    }),
            ]
        case .publish:
            return ["image": text(project.build.image), "project": text(project.name)]
        }
    }
}
