import Delivery
import Documents
import Kubernetes
import WaybillCore

/// The registration of admission at the API server.
enum AdmissionWebhook {
    static let key = ObjectKey(
        kind: ObjectKind(
            group: "admissionregistration.k8s.io", version: "v1", kind: "ValidatingWebhookConfiguration"),
        namespace: "", name: "waybill")

    /// Every pod and every workload that makes pods is judged; when admission does not answer, nothing is let in.
    ///
    /// - Parameter refusing: environments whose objects take no changes by hand.
    static func configuration(
        port: Int, authority: String, refusing: Set<String> = []
    ) throws(WaybillError) -> Resource {
        var configuration = try papers(port: port, authority: authority)
        guard !refusing.isEmpty else { return configuration }
        let ownership: Value = [
            "name": "ownership.waybill.dev", "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "failurePolicy": "Fail", "matchPolicy": "Equivalent", "timeoutSeconds": 10,
            "clientConfig": [
                "url": .string("https://127.0.0.1:\(port)\(OwnershipWebhook.path)"),
                "caBundle": .string(Base64.encode(authority.utf8)),
            ],
            "objectSelector": [
                "matchExpressions": [
                    [
                        "key": .string(Ownership.environmentLabel), "operator": "In",
                        "values": .array(refusing.sorted().map(Value.string)),
                    ]
                ]
            ],
            // Deletions carry no manager: while everybody has one identity here, they are healed and not refused.
            "rules": [["apiGroups": ["*"], "apiVersions": ["*"], "operations": ["UPDATE"], "resources": ["*"]]],
        ]
        configuration.value["webhooks"] = .array((configuration.value["webhooks"]?.array ?? []) + [ownership])
        return configuration
    }

    private static func papers(port: Int, authority: String) throws(WaybillError) -> Resource {
        try Resource([
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": ["name": .string(key.name)],
            "webhooks": [
                [
                    "name": "papers.waybill.dev", "admissionReviewVersions": ["v1"], "sideEffects": "NoneOnDryRun",
                    "failurePolicy": "Fail", "matchPolicy": "Equivalent", "timeoutSeconds": 10,
                    "clientConfig": [
                        "url": .string("https://127.0.0.1:\(port)/admit"),
                        "caBundle": .string(Base64.encode(authority.utf8)),
                    ],
                    "rules": [
                        [
                            "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                            "resources": ["pods", "pods/ephemeralcontainers", "replicationcontrollers"],
                        ],
                        [
                            "apiGroups": ["apps", "batch"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
                            "resources": [
                                "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs",
                            ],
                        ],
                    ],
                ]
            ],
        ])
    }
}
