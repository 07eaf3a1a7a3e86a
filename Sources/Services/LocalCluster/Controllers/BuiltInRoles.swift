import Documents

/// The cluster roles and bindings that every cluster starts with.
enum BuiltInRoles {
    private static let group = "rbac.authorization.k8s.io"
    private static let marks: Value = ["kubernetes.io/bootstrapping": "rbac-defaults"]

    private static func rule(_ groups: [Value], _ resources: [Value], _ verbs: [Value]) -> Value {
        ["apiGroups": .array(groups), "resources": .array(resources), "verbs": .array(verbs)]
    }

    private static let reading: [Value] = ["get", "list", "watch"]
    private static let writing: [Value] = ["create", "delete", "deletecollection", "patch", "update"]

    private static let core: [Value] = [
        "configmaps", "endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods",
        "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services", "services/status",
    ]
    private static let coreStatus: [Value] = [
        "bindings", "events", "limitranges", "namespaces/status", "pods/log", "pods/status",
        "replicationcontrollers/status", "resourcequotas", "resourcequotas/status",
    ]
    private static let apps: [Value] = [
        "daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets",
        "statefulsets/scale",
    ]
    private static let appsStatus: [Value] = [
        "controllerrevisions", "daemonsets/status", "deployments/status", "replicasets/status", "statefulsets/status",
    ]

    static var roles: [Value] {
        func role(_ name: String, _ rules: [Value], labels: [String: Value] = [:], gathers: String? = nil) -> Value {
            var all = marks
            for (key, value) in labels { all[key] = value }
            var role: Value = [
                "apiVersion": .string("\(group)/v1"), "kind": "ClusterRole",
                "metadata": [
                    "name": .string(name), "labels": all,
                    "annotations": ["rbac.authorization.kubernetes.io/autoupdate": "true"],
                ], "rules": .array(rules),
            ]
            if let gathers {
                role["aggregationRule"] = [
                    "clusterRoleSelectors": [["matchLabels": ["\(group)/aggregate-to-\(gathers)": "true"]]]
                ]
            }
            return role
        }
        let view: [Value] = [
            rule([""], core + coreStatus + ["namespaces"], reading),
            rule(["discovery.k8s.io"], ["endpointslices"], reading),
            rule(["apps"], apps + appsStatus, reading),
            rule(["autoscaling"], ["horizontalpodautoscalers", "horizontalpodautoscalers/status"], reading),
            rule(["batch"], ["cronjobs", "cronjobs/status", "jobs", "jobs/status"], reading),
            rule(["policy"], ["poddisruptionbudgets", "poddisruptionbudgets/status"], reading),
            rule(["networking.k8s.io"], ["ingresses", "ingresses/status", "networkpolicies"], reading),
        ]
        let edit: [Value] = [
            rule(
                [""], ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"],
                reading),
            rule([""], ["serviceaccounts"], ["impersonate"]),
            rule([""], ["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"], writing),
            rule([""], ["pods/eviction"], ["create"]),
            rule(
                [""],
                [
                    "configmaps", "events", "persistentvolumeclaims", "replicationcontrollers",
                    "replicationcontrollers/scale", "secrets", "serviceaccounts", "services", "services/proxy",
                ], writing),
            rule([""], ["serviceaccounts/token"], ["create"]), rule(["apps"], apps + ["deployments/rollback"], writing),
            rule(["autoscaling"], ["horizontalpodautoscalers"], writing),
            rule(["batch"], ["cronjobs", "jobs"], writing),
            rule(["policy"], ["poddisruptionbudgets"], writing),
            rule(["networking.k8s.io"], ["ingresses", "networkpolicies"], writing),
            rule(["coordination.k8s.io"], ["leases"], writing + reading),
        ]
        let admin: [Value] = [
            rule(["authorization.k8s.io"], ["localsubjectaccessreviews"], ["create"]),
            rule([.string(group)], ["rolebindings", "roles"], writing + reading),
        ]
        let everyone: [Value] = [
            "/healthz", "/livez", "/readyz", "/version", "/version/",
        ]
        let key = "\(group)/aggregate-to-"
        return [
            role("cluster-admin", [rule(["*"], ["*"], ["*"]), ["nonResourceURLs": ["*"], "verbs": ["*"]]]),
            role(
                "system:discovery",
                [
                    [
                        "nonResourceURLs": .array(
                            everyone + ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"]),
                        "verbs": ["get"],
                    ]
                ]),
            role("system:public-info-viewer", [["nonResourceURLs": .array(everyone), "verbs": ["get"]]]),
            role(
                "system:basic-user",
                [
                    rule(
                        ["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
                    rule(["authentication.k8s.io"], ["selfsubjectreviews"], ["create"]),
                ]),
            role("system:aggregate-to-view", view, labels: ["\(key)view": "true"]),
            role("system:aggregate-to-edit", edit, labels: ["\(key)edit": "true"]),
            role("system:aggregate-to-admin", admin, labels: ["\(key)admin": "true"]),
            role("view", view, labels: ["\(key)edit": "true"], gathers: "view"),
            role("edit", edit + view, labels: ["\(key)admin": "true"], gathers: "edit"),
            role("admin", admin + edit + view, gathers: "admin"),
        ]
    }

    static var bindings: [Value] {
        func binding(_ name: String, _ role: String, _ groups: [String]) -> Value {
            [
                "apiVersion": .string("\(group)/v1"), "kind": "ClusterRoleBinding",
                "metadata": [
                    "name": .string(name), "labels": marks,
                    "annotations": ["rbac.authorization.kubernetes.io/autoupdate": "true"],
                ],
                "roleRef": ["apiGroup": .string(group), "kind": "ClusterRole", "name": .string(role)],
                "subjects": .array(
                    groups.map { ["kind": "Group", "apiGroup": .string(group), "name": .string($0)] }),
            ]
        }
        return [
            binding("cluster-admin", "cluster-admin", ["system:masters"]),
            binding("system:discovery", "system:discovery", ["system:authenticated"]),
            binding("system:basic-user", "system:basic-user", ["system:authenticated"]),
            binding(
                "system:public-info-viewer", "system:public-info-viewer",
                ["system:authenticated", "system:unauthenticated"]),
        ]
    }
}
