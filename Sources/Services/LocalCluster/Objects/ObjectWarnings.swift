import Documents
import Kubernetes

/// What the API points out without refusing it.
enum ObjectWarnings {
    static func of(_ object: Value, old: Value?, _ type: ResourceType) -> [String] {
        switch type.qualifiedName {
        case "pods": return pod(object["spec"] ?? [:], "spec", old?["spec"])
        case "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch",
            "replicationcontrollers":
            if let old, old[path: "spec", "template"] == object[path: "spec", "template"] { return [] }
            return pod(object[path: "spec", "template", "spec"] ?? [:], "spec.template.spec", nil)
        case "cronjobs.batch":
            return pod(
                object[path: "spec", "jobTemplate", "spec", "template", "spec"] ?? [:],
                "spec.jobTemplate.spec.template.spec", nil)
        case "services":
            return object[path: "spec", "externalIPs"]?.array?.isEmpty == false
                ? ["spec.externalIPs is deprecated and may no longer be implemented in some clusters"] : []
        default: return []
        }
    }

    private static let oldLabels: [(String, String, String)] = [
        ("beta.kubernetes.io/arch", "v1.14", "kubernetes.io/arch"),
        ("beta.kubernetes.io/os", "v1.14", "kubernetes.io/os"),
        ("failure-domain.beta.kubernetes.io/region", "v1.17", "topology.kubernetes.io/region"),
        ("failure-domain.beta.kubernetes.io/zone", "v1.17", "topology.kubernetes.io/zone"),
        ("beta.kubernetes.io/instance-type", "v1.17", "node.kubernetes.io/instance-type"),
    ]

    private static func pod(_ spec: Value, _ path: String, _ old: Value?) -> [String] {
        guard spec != old else { return [] }
        var warnings: [String] = []
        for (label, version, better) in oldLabels where spec["nodeSelector"]?[label] != nil {
            warnings.append("\(path).nodeSelector[\(label)]: deprecated since \(version); use \"\(better)\" instead")
        }
        for list in ["initContainers", "containers"] {
            var ports: [(port: Value, place: String)] = []
            for (index, container) in (spec[list]?.array ?? []).enumerated() {
                let place = "\(path).\(list)[\(index)]"
                var names: Set<String> = []
                for (number, variable) in (container["env"]?.array ?? []).enumerated() {
                    let name = variable["name"]?.string ?? ""
                    if !names.insert(name).inserted {
                        warnings.append(
                            "\(place).env[\(number)]: hides previous definition of \"\(name)\", which may be dropped when using apply"
                        )
                    }
                }
                for (number, port) in (container["ports"]?.array ?? []).enumerated() {
                    let here = "\(place).ports[\(number)]"
                    let same = ports.first { other in
                        ["containerPort", "protocol", "hostIP", "hostPort"].allSatisfy { other.port[$0] == port[$0] }
                            && other.place.hasPrefix("\(place).")
                    }
                    if let same { warnings.append("\(here): duplicate port definition with \(same.place)") }
                    ports.append((port, here))
                }
            }
        }
        for (index, volume) in (spec["volumes"]?.array ?? []).enumerated() {
            if volume["gitRepo"] != nil {
                warnings.append(
                    "\(path).volumes[\(index)].gitRepo: deprecated in v1.11, and disabled by default in v1.33+")
            }
        }
        return warnings
    }
}
