import Documents
import Kubernetes
import WaybillCore

/// The registration of admission at the API server.
enum AdmissionWebhook {
    /// Every pod and every workload that makes pods is judged; when admission does not answer, nothing is let in.
    static func configuration(port: Int, authority: String) throws(WaybillError) -> Resource {
        try Resource([
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": ["name": "waybill"],
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
