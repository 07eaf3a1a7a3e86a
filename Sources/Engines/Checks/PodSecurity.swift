public import Documents
public import Kubernetes
import WaybillCore

/// The Pod Security Standards: which pods are allowed at which level, as of which version of Kubernetes.
public enum PodSecurity {
    public enum Level: String, Sendable, CaseIterable { case privileged, baseline, restricted }

    /// The newest minor version whose rules differ from those before it; newer ones are judged like it.
    public static let latestVersion = 37

    /// A control that a pod does not keep.
    public struct Violation: Sendable, Hashable {
        /// As the standard names it: `hostNamespaces`.
        public var control: String
        /// What is forbidden: `host namespaces`.
        public var reason: String
        /// What was found, in one line.
        public var detail: String
        public var pointer: Pointer
    }

    /// What a resource's pod breaks at a level, `version` being Kubernetes 1.`version`. Objects without a pod break nothing.
    public static func violations(of resource: Resource, level: Level, version: Int = latestVersion) -> [Violation] {
        guard let object = KubernetesObject(Node(resource.value), file: "") else { return [] }
        return violations(of: object, level: level, version: version)
    }

    public static func violations(of object: KubernetesObject, level: Level, version: Int = latestVersion)
        -> [Violation]
    {
        guard object.pod != nil, level != .privileged else { return [] }
        var found: [Violation] = []
        for control in controls(level, version) {
            for hit in control.check(object, min(version, latestVersion)) {
                found.append(
                    Violation(control: control.id, reason: control.reason, detail: hit.detail, pointer: hit.pointer))
            }
        }
        return found
    }

    /// One control of the standard.
    struct Control: Sendable {
        var id: String
        var level: Level
        /// The first minor version that has it.
        var since: Int
        var reason: String
        /// Controls of the lower level that this one takes the place of.
        var overrides: [String] = []
        var check: @Sendable (KubernetesObject, Int) -> [Hit]
    }

    struct Hit: Sendable {
        var detail: String
        var pointer: Pointer
    }

    /// The controls that hold at a level and a version, baseline first, each level by name.
    static func controls(_ level: Level, _ version: Int) -> [Control] {
        let known = all.filter { $0.since <= version && ($0.level == .baseline || level == .restricted) }
        let replaced = Set(known.flatMap(\.overrides))
        return known.filter { !replaced.contains($0.id) }
            .sorted { ($0.level == .baseline ? 0 : 1, $0.id) < ($1.level == .baseline ? 0 : 1, $1.id) }
    }

    static let all: [Control] = baseline + restricted
}

extension KubernetesObject {
    /// Every security context: the pod's first, then each container's.
    func securityContexts() -> [(node: Node, pointer: Pointer)] {
        var contexts: [(node: Node, pointer: Pointer)] = []
        if let node = pod?.given("securityContext") { contexts.append((node, podPointer.appending("securityContext"))) }
        for container in containers {
            if let node = container.node.given("securityContext") {
                contexts.append((node, container.pointer.appending("securityContext")))
            }
        }
        return contexts
    }

    var isWindows: Bool { pod?["os"]?["name"]?.string == "windows" }
    /// Whether the pod has users of its own, so that its root is nobody on the node.
    var hasOwnUsers: Bool { pod?["hostUsers"]?.scalar?.bool == false }

    /// Fields that must be false or absent. A value of another type counts as set: nobody knows what a server makes of it.
    func set(_ keys: [String], in contexts: [(node: Node, pointer: Pointer)]) -> [PodSecurity.Hit] {
        contexts.flatMap { context in
            keys.compactMap { key in
                guard let value = context.node.given(key), value.scalar?.bool != false else { return nil }
                let pointer = context.pointer.appending(key)
                return PodSecurity.Hit(detail: "\(pointer.fieldPath)=true", pointer: pointer)
            }
        }
    }
}

extension PodSecurity {
    /// The controls of the lower level whose place a control takes.
    public static func overridden(by control: String) -> [String] { all.first { $0.id == control }?.overrides ?? [] }
}
