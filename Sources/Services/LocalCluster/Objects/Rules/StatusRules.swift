import Documents
import Kubernetes
import KubernetesAPI

/// What makes a status that somebody writes unfit.
enum StatusRules {
    typealias Cause = FieldError

    /// Counts of each kind, in the order in which they are looked at.
    private static let counts: [String: [String]] = [
        "deployments.apps": [
            "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
            "unavailableReplicas", "terminatingReplicas", "collisionCount",
        ],
        "replicasets.apps": [
            "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration",
            "terminatingReplicas",
        ],
        "replicationcontrollers": [
            "replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration",
        ],
        "statefulsets.apps": [
            "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas",
            "observedGeneration", "collisionCount",
        ],
        "daemonsets.apps": [
            "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
            "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable", "collisionCount",
        ],
        "jobs.batch": ["active", "succeeded", "failed", "ready", "terminating"],
        "horizontalpodautoscalers.autoscaling": ["currentReplicas", "desiredReplicas"],
        "poddisruptionbudgets.policy": ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"],
    ]

    /// Counts that stay below another one; the words that tell of it differ.
    private static let bounds: [String: [(String, String, String)]] = [
        "deployments.apps": [
            ("updatedReplicas", "replicas", "status.replicas"), ("readyReplicas", "replicas", "status.replicas"),
            ("availableReplicas", "replicas", "status.replicas"),
            ("availableReplicas", "readyReplicas", "readyReplicas"),
        ],
        "replicasets.apps": replicaBounds, "replicationcontrollers": replicaBounds,
        "statefulsets.apps": [
            ("readyReplicas", "replicas", "status.replicas"), ("currentReplicas", "replicas", "status.replicas"),
            ("updatedReplicas", "replicas", "status.replicas"), ("availableReplicas", "replicas", "status.replicas"),
            ("availableReplicas", "readyReplicas", "status.readyReplicas"),
        ],
    ]

    private static let replicaBounds = [
        ("fullyLabeledReplicas", "replicas", "status.replicas"), ("readyReplicas", "replicas", "status.replicas"),
        ("availableReplicas", "replicas", "status.replicas"), ("availableReplicas", "readyReplicas", "readyReplicas"),
    ]

    static func check(_ object: Value, _ type: ResourceType) -> [Cause] {
        let status = object["status"] ?? [:]
        var causes: [Cause] = []
        for key in counts[type.qualifiedName] ?? [] {
            guard let count = status[key]?.integer, count < 0 else { continue }
            causes.append(.invalid("status.\(key)", .integer(count), WorkloadRules.nonnegative))
        }
        for (key, other, name) in bounds[type.qualifiedName] ?? [] {
            let count = status[key]?.integer ?? 0
            if count > status[other]?.integer ?? 0 {
                causes.append(.invalid("status.\(key)", .integer(count), "cannot be greater than \(name)"))
            }
        }
        switch type.qualifiedName {
        case "namespaces": causes += namespace(object)
        case "services", "ingresses.networking.k8s.io":
            causes += balancer(object, isService: type.plural == "services")
        case "resourcequotas": causes += quota(status)
        default: break
        }
        return causes
    }

    private static func namespace(_ namespace: Value) -> [Cause] {
        let phase = namespace[path: "status", "phase"]?.string ?? ""
        if namespace.isBeingDeleted {
            return phase == "Terminating"
                ? []
                : [
                    .invalid(
                        "status.Phase", .string(phase), "may only be 'Terminating' if `deletionTimestamp` is not empty")
                ]
        }
        return phase == "Active"
            ? []
            : [.invalid("status.Phase", .string(phase), "may only be 'Active' if `deletionTimestamp` is empty")]
    }

    private static func balancer(_ object: Value, isService: Bool) -> [Cause] {
        let points = object[path: "status", "loadBalancer", "ingress"]?.array ?? []
        if isService, !points.isEmpty, object[path: "spec", "type"] != "LoadBalancer" {
            return [.forbidden("status.loadBalancer.ingress", "may only be used when `spec.type` is 'LoadBalancer'")]
        }
        var causes: [Cause] = []
        for (index, point) in points.enumerated() {
            let path = "status.loadBalancer.ingress[\(index)]"
            let (address, host) = (FieldRules.text(point["ip"]), FieldRules.text(point["hostname"]))
            if !address.isEmpty { causes += FieldRules.address(address, "\(path).ip") }
            if isService, let mode = point["ipMode"] {
                if address.isEmpty {
                    causes.append(.forbidden("\(path).ipMode", "may not be specified when `ip` is not set"))
                } else {
                    causes += FieldRules.supportedWord(mode, "\(path).ipMode", ["Proxy", "VIP"])
                }
            }
            guard !host.isEmpty else { continue }
            causes += FieldRules.invalid("\(path).hostname", host, NameRules.subdomainProblems(host))
            if ServiceRules.isAddress(host) {
                causes.append(
                    .invalid("\(path).hostname", .string(host), "must be a DNS name, not an IP address"))
            }
        }
        return causes
    }

    private static func quota(_ status: Value) -> [Cause] {
        ["hard", "used"].flatMap { key in
            (status[key]?.object ?? Object()).sorted().compactMap { member -> Cause? in
                guard let text = member.value.string, let quantity = Quantity(text), quantity.thousandths < 0 else {
                    return nil
                }
                return .invalid("status.\(key)[\(member.key)]", .string(text), WorkloadRules.nonnegative)
            }
        }
    }
}
