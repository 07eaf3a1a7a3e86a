import Documents
import Kubernetes
import WaybillCore

extension ManifestRules {
    static let pod: [Rule<KubernetesObject>] = [
        Rule(
            "WB-K8S-040", .medium, .posture, "The pod gets a token for the Kubernetes API",
            why: "Whoever takes over the pod may ask the API in its name.",
            remedy: "set automountServiceAccountToken: false",
            aliases: ["kubesec:AutomountServiceAccountToken"]
        ) { object in
            guard let pod = object.pod, pod["automountServiceAccountToken"]?.scalar?.bool != false else { return [] }
            return [
                RuleHit(
                    place: object.place(object.podPointer.appending("automountServiceAccountToken")),
                    evidence: "not false")
            ]
        },
        Rule(
            "WB-K8S-041", .critical, .posture, "The pod mounts the container runtime's socket",
            why: "The socket starts containers as root on the node.", remedy: "remove the volume",
            aliases: ["KSV-0006", "kubesec:DockerSock"]
        ) { object in
            let sockets = ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"]
            return (object.pod?["volumes"]?.elements ?? []).enumerated().compactMap { index, volume in
                guard let path = volume["hostPath"]?["path"]?.string, sockets.contains(where: path.hasSuffix) else {
                    return nil
                }
                return RuleHit(
                    place: object.place(object.podPointer.appending("volumes", "\(index)", "hostPath", "path")),
                    evidence: path)
            }
        },
        Rule(
            "WB-K8S-042", .low, .posture, "The pod edits its hosts file",
            why: "Names can be pointed elsewhere unseen.", remedy: "remove hostAliases",
            aliases: ["KSV-0007", "kubesec:HostAliases"]
        ) { object in
            guard object.pod?.given("hostAliases") != nil else { return [] }
            return [
                RuleHit(place: object.place(object.podPointer.appending("hostAliases")), evidence: "hostAliases is set")
            ]
        },
        Rule(
            "WB-K8S-043", .low, .posture, "The object stands in the default namespace",
            why: "Policies and quotas are made for namespaces of their own.", remedy: "name another namespace",
            aliases: ["KSV-0110"]
        ) { object in
            guard object.isWorkload, object.namespace == "default" else { return [] }
            return [RuleHit(place: object.place(Pointer(["metadata", "namespace"])), evidence: "namespace default")]
        },
        Rule(
            "WB-K8S-044", .low, .posture, "One replica alone serves",
            why: "Every update and every node failure is an outage.", remedy: "set replicas to 2 or more",
            aliases: ["deployment-replicas"]
        ) { object in
            guard ["Deployment", "StatefulSet"].contains(object.kind.kind),
                let replicas = object.node["spec"]?.given("replicas"),
                replicas.scalar?.integer == 1
            else { return [] }
            return [RuleHit(place: object.place(Pointer(["spec", "replicas"])), evidence: "replicas: 1")]
        },
        Rule(
            "WB-K8S-045", .low, .posture, "The cron job has no deadline",
            why: "Missed runs pile up and start together.", remedy: "set startingDeadlineSeconds",
            aliases: ["cronjob-has-deadline"]
        ) { object in
            guard object.kind.kind == "CronJob", object.node["spec"]?.given("startingDeadlineSeconds") == nil else {
                return []
            }
            return [RuleHit(place: object.place(Pointer(["spec", "startingDeadlineSeconds"])), evidence: "not set")]
        },
        Rule(
            "WB-K8S-046", .medium, .posture, "The pod asks for a token for the Kubernetes API in as many words",
            why: "Whoever takes over the pod may ask the API in its name.",
            remedy: "set automountServiceAccountToken: false",
            aliases: ["KSV-0036"]
        ) { object in
            guard let pod = object.pod else { return [] }
            var hits: [RuleHit] = []
            if pod["automountServiceAccountToken"]?.scalar?.bool == true {
                hits.append(
                    RuleHit(
                        place: object.place(object.podPointer.appending("automountServiceAccountToken")),
                        evidence: "true"))
            }
            return hits
                + object.containers(at: ["volumeMounts"]) { container in
                    let paths = (container.node["volumeMounts"]?.elements ?? []).compactMap { $0["mountPath"]?.string }
                    return paths.first { $0.hasPrefix("/var/run/secrets/kubernetes.io/serviceaccount") }
                }
        },
    ]

    static let cluster: [Rule<KubernetesObject>] = [
        Rule(
            "WB-K8S-060", .critical, .posture, "Everybody, known or not, gets rights",
            why: "system:anonymous and system:unauthenticated are the whole world.", remedy: "remove the subject",
            aliases: ["kubesec:BindingsToSystemAnonymous"]
        ) { object in
            guard ["RoleBinding", "ClusterRoleBinding"].contains(object.kind.kind) else { return [] }
            return (object.node["subjects"]?.elements ?? []).enumerated().compactMap { index, subject in
                let name = subject["name"]?.string ?? ""
                guard name.contains("system:anonymous") || name.contains("system:unauthenticated") else { return nil }
                return RuleHit(place: object.place(Pointer(["subjects", "\(index)", "name"])), evidence: name)
            }
        },
        Rule(
            "WB-K8S-061", .high, .posture, "A role may do everything with everything",
            why: "Its holders own the cluster.", remedy: "name the verbs and resources that are needed",
            aliases: ["KSV-0044", "KSV-0045", "KSV-0046"]
        ) { object in
            guard ["Role", "ClusterRole"].contains(object.kind.kind) else { return [] }
            return (object.node["rules"]?.elements ?? []).enumerated().compactMap { index, rule in
                let lists = ["verbs", "resources"].filter { key in
                    rule[key]?.elements?.contains { $0.string == "*" } == true
                }
                guard !lists.isEmpty else { return nil }
                return RuleHit(
                    place: object.place(Pointer(["rules", "\(index)"])),
                    evidence: "* in \(lists.joined(separator: " and "))")
            }
        },
        Rule(
            "WB-K8S-062", .high, .posture, "The binding makes its subjects masters of the cluster",
            why: "cluster-admin has every right.", remedy: "bind a role with the rights that are needed",
            aliases: ["KSV-0111"]
        ) { object in
            guard ["RoleBinding", "ClusterRoleBinding"].contains(object.kind.kind),
                object.node["roleRef"]?["name"]?.string == "cluster-admin"
            else { return [] }
            return [RuleHit(place: object.place(Pointer(["roleRef", "name"])), evidence: "cluster-admin")]
        },
        Rule(
            "WB-K8S-063", .medium, .posture, "The service opens a port on every node",
            why: "Every node's address then leads inside.", remedy: "use ClusterIP behind an Ingress or Gateway",
            aliases: ["service-type"]
        ) { object in
            guard object.kind.kind == "Service", object.node["spec"]?["type"]?.string == "NodePort" else { return [] }
            return [RuleHit(place: object.place(Pointer(["spec", "type"])), evidence: "NodePort")]
        },
        Rule(
            "WB-K8S-064", .critical, .posture, "The ingress carries a piece of server configuration",
            why: "Whoever writes it runs code in the ingress controller.", remedy: "remove the annotation",
            aliases: ["KCV-0093"]
        ) { object in
            guard object.kind.kind == "Ingress" else { return [] }
            return (object.node["metadata"]?["annotations"]?.members ?? []).compactMap { member in
                guard member.key.hasPrefix("nginx.ingress.kubernetes.io/") else { return nil }
                let value = member.node.string ?? ""
                // Line breaks, braces, quotes and semicolons end a directive and begin another; addresses and names
                // hold no bar either.
                let isAddress = ["auth-url", "auth-signin", "auth-tls-match-cn", "mirror-target", "mirror-host"]
                    .contains {
                        member.key.hasSuffix("/" + $0)
                    }
                let isInjection = value.contains { "\n\r;{}#\"".contains($0) || isAddress && "|\\ ".contains($0) }
                guard member.key.hasSuffix("-snippet") || isInjection else { return nil }
                return RuleHit(
                    place: object.place(Pointer(["metadata", "annotations", member.key])), evidence: member.key)
            }
        },
        Rule(
            "WB-K8S-065", .high, .secret, "A Secret with its values is in the repository",
            why: "Base 64 hides nothing: everybody who can read the repository has it.",
            remedy: "keep it outside of Git, or encrypt it", aliases: []
        ) { object in
            guard object.kind.kind == "Secret", object.kind.group == "" else { return [] }
            return ["data", "stringData"].compactMap { key in
                guard let members = object.node[key]?.members, !members.isEmpty else { return nil }
                return RuleHit(
                    place: object.place(Pointer([key])), evidence: members.map(\.key).joined(separator: ", "))
            }
        },
        Rule(
            "WB-K8S-066", .medium, .posture, "The object is written for an API that is gone",
            why: "Clusters of today refuse it.", remedy: "use the successor that is named", aliases: ["stable-version"]
        ) { object in
            guard let next = successors[object.kind.description] else { return [] }
            return [
                RuleHit(
                    place: object.place(Pointer(["apiVersion"])), evidence: "\(object.kind.apiVersion), now \(next)")
            ]
        },
    ]

    /// APIs that were removed, with what took their place.
    private static let successors: [String: String] = {
        var table: [String: String] = [:]
        for (old, kinds, new) in [
            ("extensions/v1beta1", ["Deployment", "DaemonSet", "ReplicaSet"], "apps/v1"),
            ("extensions/v1beta1", ["Ingress", "NetworkPolicy"], "networking.k8s.io/v1"),
            ("apps/v1beta1", ["Deployment", "StatefulSet"], "apps/v1"),
            ("apps/v1beta2", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"], "apps/v1"),
            ("batch/v1beta1", ["CronJob"], "batch/v1"), ("policy/v1beta1", ["PodDisruptionBudget"], "policy/v1"),
            ("networking.k8s.io/v1beta1", ["Ingress", "IngressClass"], "networking.k8s.io/v1"),
            ("autoscaling/v2beta1", ["HorizontalPodAutoscaler"], "autoscaling/v2"),
            ("autoscaling/v2beta2", ["HorizontalPodAutoscaler"], "autoscaling/v2"),
            (
                "rbac.authorization.k8s.io/v1beta1", ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"],
                "rbac.authorization.k8s.io/v1"
            ),
        ] {
            for kind in kinds { table["\(old) \(kind)"] = new }
        }
        return table
    }()

    /// Rules that need to see all objects.
    static let acrossObjects: [Rule<[KubernetesObject]>] = [
        Rule(
            "WB-K8S-080", .medium, .posture, "No network policy speaks about the pod",
            why: "Everybody in the cluster may reach it.",
            remedy: "add a NetworkPolicy that names who may talk to the pod",
            aliases: ["pod-networkpolicy"]
        ) { objects in
            let policies = objects.filter { $0.kind.kind == "NetworkPolicy" }
            return objects.filter { $0.isServing && !$0.isSelected(by: policies) }
                .map { RuleHit(place: $0.place($0.podPointer), evidence: "no NetworkPolicy selects its labels") }
        },
        Rule(
            "WB-K8S-081", .high, .posture, "The service selects no pod",
            why: "It answers nobody.", remedy: "make its selector match a pod template's labels",
            aliases: ["service-targets-pod"]
        ) { objects in
            objects.filter { service in
                guard service.kind.kind == "Service", let selector = service.node["spec"]?["selector"]?.members,
                    !selector.isEmpty,
                    objects.contains(where: \.isWorkload)
                else { return false }
                return !objects.contains {
                    $0.isWorkload && $0.namespace == service.namespace && $0.hasLabels(selector)
                }
            }.map {
                RuleHit(
                    place: $0.place(Pointer(["spec", "selector"])),
                    evidence: "no pod among these files has those labels")
            }
        },
    ]
}

extension KubernetesObject {
    fileprivate func hasLabels(_ selector: [Node.Member]) -> Bool {
        selector.allSatisfy { wanted in
            guard let value = wanted.node.string, let found = podMetadata?["labels"]?[wanted.key]?.string else {
                return false
            }
            return value.hasSameBytes(as: found)
        }
    }

    fileprivate func isSelected(by policies: [KubernetesObject]) -> Bool {
        policies.contains { policy in
            guard policy.namespace == namespace, let selector = policy.node["spec"]?["podSelector"] else {
                return false
            }
            // Expressions are left to the Networking module: such a policy counts as one that speaks about the pod.
            return selector["matchExpressions"] != nil || hasLabels(selector["matchLabels"]?.members ?? [])
        }
    }
}
