import Checks
import Delivery
import Documents
import Kubernetes
import WaybillCore

/// The Pod Security Standards as findings about the manifests of a project.
enum PodSecurityGate {
    static func findings(
        _ documents: [(file: String, node: Node)], level: PostureSettings.PodSecurity
    ) -> [Finding] {
        guard let level = PodSecurity.Level(rawValue: level.rawValue) else { return [] }
        return documents.flatMap { document in
            guard let object = KubernetesObject(document.node, file: document.file) else { return [Finding]() }
            return PodSecurity.violations(of: object, level: level).map { violation in
                Finding(
                    rule: "PSS-\(violation.control)", kind: .posture, severity: .high,
                    message: "\(level.rawValue) pods are asked for: \(violation.reason)",
                    place: Place(
                        location: SourceLocation(
                            file: document.file, position: document.node.position(of: violation.pointer)),
                        object: "\(object.kind.kind)/\(object.name)", field: violation.pointer.fieldPath),
                    evidence: violation.detail,
                    remedy: "meet the control, or lower posture.pod-security with a reason in the change")
            }
        }
    }
}
