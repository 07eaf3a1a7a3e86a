public import Documents
public import Kubernetes
import WaybillCore

/// A Kubernetes object with the places of its parts, and the pod that it describes, if it describes one.
public struct KubernetesObject: Sendable {
    public let file: String
    public let node: Node
    public let kind: ObjectKind
    public let name: String
    public let namespace: String
    /// The pod's specification, and where it stands.
    let pod: Node?
    let podPointer: Pointer
    /// The metadata that the pods will have.
    let podMetadata: Node?
    let containers: [Container]

    /// A container of any list of the pod.
    struct Container: Sendable {
        enum List: String, Sendable, CaseIterable { case initContainers, containers, ephemeralContainers }
        var list: List
        var node: Node
        var pointer: Pointer
        var name: String { node["name"]?.string ?? pointer.fieldPath }
        var security: Node? { node["securityContext"] }
        /// A container that runs beside the others for the pod's whole life.
        var isLongRunning: Bool {
            list == .containers || (list == .initContainers && node["restartPolicy"]?.string == "Always")
        }
    }

    /// Nil when the document is no object: it has no `apiVersion` or no `kind`.
    public init?(_ node: Node, file: String) {
        guard let version = node["apiVersion"]?.string, let kind = node["kind"]?.string else { return nil }
        self.file = file
        self.node = node
        self.kind = ObjectKind(apiVersion: version, kind: kind)
        name = node["metadata"]?["name"]?.string ?? node["metadata"]?["generateName"]?.string ?? ""
        namespace = node["metadata"]?["namespace"]?.string ?? ""
        let path = Self.podPath(self.kind)
        podPointer = Pointer(path ?? [])
        pod = path.flatMap { path in path.reduce(Optional(node)) { $0?[$1] } }
        podMetadata = path.flatMap { path in (path.dropLast() + ["metadata"]).reduce(Optional(node)) { $0?[$1] } }
        var containers: [Container] = []
        for list in Container.List.allCases {
            for (index, element) in (pod?[list.rawValue]?.elements ?? []).enumerated() {
                containers.append(
                    Container(list: list, node: element, pointer: podPointer.appending(list.rawValue).appending(index)))
            }
        }
        self.containers = containers
    }

    private static func podPath(_ kind: ObjectKind) -> [String]? {
        switch kind.kind {
        case "Pod": ["spec"]
        case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController":
            ["spec", "template", "spec"]
        case "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"]
        case "PodTemplate": ["template", "spec"]
        default: nil
        }
    }

    /// `Deployment/shop`.
    public var title: String { "\(kind.kind)/\(name)" }
    public var isWorkload: Bool { pod != nil }

    func place(_ pointer: Pointer) -> Place {
        Place(
            location: SourceLocation(file: file, position: node.position(of: pointer)), object: title,
            field: pointer.tokens.isEmpty ? nil : pointer.fieldPath)
    }

    func annotations() -> [Node.Member] { podMetadata?["annotations"]?.members ?? [] }
}

extension Node {
    /// The document without places: everything stands at the start.
    public init(_ value: Value) {
        switch value {
        case .array(let elements): self.init(.array(elements.map { Node($0) }), at: .start)
        case .object(let object):
            self.init(
                .object(object.members.map { Member(key: $0.key, keyPosition: .start, node: Node($0.value)) }),
                at: .start)
        default: self.init(.scalar(value), at: .start)
        }
    }

    /// Missing and null are the same in Kubernetes.
    var isUnset: Bool { scalar == .null }
    func given(_ key: String) -> Node? { self[key].flatMap { $0.isUnset ? nil : $0 } }
}

extension Pointer {
    func appending(_ tokens: String...) -> Pointer { Pointer(self.tokens + tokens) }
}
