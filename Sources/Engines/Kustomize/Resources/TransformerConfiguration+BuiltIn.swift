/// The built-in table, derived from where Kubernetes' workloads keep their pods.
extension TransformerConfiguration {
    static let builtIn = TransformerConfiguration(
        namePrefix: [FieldSpec("metadata/name")],
        nameSuffix: [FieldSpec("metadata/name")],
        namespace: [
            FieldSpec("metadata/name", kind: "Namespace", version: "v1", creates: true),
            FieldSpec("spec/service/namespace", kind: "APIService", group: "apiregistration.k8s.io", creates: true),
            FieldSpec(
                "spec/conversion/webhook/clientConfig/service/namespace", kind: "CustomResourceDefinition",
                group: "apiextensions.k8s.io"),
        ],
        commonLabels: selectorFields + templateFields("labels") + [FieldSpec("metadata/labels", creates: true)]
            + [
                FieldSpec(
                    "spec/volumeClaimTemplates[]/metadata/labels", kind: "StatefulSet", group: "apps", creates: true)
            ],
        templateLabels: templateFields("labels") + [
            FieldSpec("spec/volumeClaimTemplates[]/metadata/labels", kind: "StatefulSet", group: "apps", creates: true)
        ],
        commonAnnotations: [FieldSpec("metadata/annotations", creates: true)] + templateFields("annotations"),
        nameReferences: references,
        variables: variableFields,
        images: ["spec", "spec/template/spec"].flatMap { pod in
            ["containers[]/image", "initContainers[]/image"].map { FieldSpec("\(pod)/\($0)") }
        },
        replicas: ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map {
            FieldSpec("spec/replicas", kind: $0, creates: true)
        })

    /// Workloads with the path of their pods' specification.
    private static let podPaths: [(kind: String, path: String)] = [
        ("Pod", "spec"), ("Deployment", "spec/template/spec"), ("ReplicaSet", "spec/template/spec"),
        ("DaemonSet", "spec/template/spec"), ("StatefulSet", "spec/template/spec"), ("Job", "spec/template/spec"),
        ("CronJob", "spec/jobTemplate/spec/template/spec"), ("ReplicationController", "spec/template/spec"),
    ]

    private static func inPods(_ paths: [String], without excluded: Set<String> = []) -> [FieldSpec] {
        podPaths.filter { !excluded.contains($0.kind) }.flatMap { pod in
            paths.map { FieldSpec("\(pod.path)/\($0)", kind: pod.kind) }
        }
    }

    /// The same with pods that are kept as templates: they refer to configuration, and to nothing else.
    private static func inPodsAndTemplates(_ paths: [String], without excluded: Set<String>) -> [FieldSpec] {
        inPods(paths, without: excluded) + paths.map { FieldSpec("template/spec/\($0)", kind: "PodTemplate") }
    }

    private static func templateFields(_ field: String) -> [FieldSpec] {
        let path = "spec/template/metadata/\(field)"
        return [
            FieldSpec(path, kind: "ReplicationController", version: "v1", creates: true),
            FieldSpec(path, kind: "Deployment", creates: true), FieldSpec(path, kind: "ReplicaSet", creates: true),
            FieldSpec(path, kind: "DaemonSet", creates: true),
            FieldSpec(path, kind: "StatefulSet", group: "apps", creates: true),
            FieldSpec(path, kind: "Job", group: "batch", creates: true),
            FieldSpec("spec/jobTemplate/metadata/\(field)", kind: "CronJob", group: "batch", creates: true),
            FieldSpec(
                "spec/jobTemplate/spec/template/metadata/\(field)", kind: "CronJob", group: "batch", creates: true),
        ]
    }

    private static let selectorFields: [FieldSpec] = {
        let affinity = ["podAffinity", "podAntiAffinity"].flatMap {
            [
                "spec/template/spec/affinity/\($0)/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels",
                "spec/template/spec/affinity/\($0)/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels",
            ]
        }
        let pods = affinity + ["spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels"]
        return [
            FieldSpec("spec/selector", kind: "Service", version: "v1", creates: true),
            FieldSpec("spec/selector", kind: "ReplicationController", version: "v1", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "Deployment", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "ReplicaSet", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "DaemonSet", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "StatefulSet", group: "apps", creates: true),
            FieldSpec("spec/selector/matchLabels", kind: "Job", group: "batch"),
            FieldSpec("spec/jobTemplate/spec/selector/matchLabels", kind: "CronJob", group: "batch"),
            FieldSpec("spec/selector/matchLabels", kind: "PodDisruptionBudget", group: "policy"),
            FieldSpec("spec/podSelector/matchLabels", kind: "NetworkPolicy", group: "networking.k8s.io"),
            FieldSpec("spec/ingress/from/podSelector/matchLabels", kind: "NetworkPolicy", group: "networking.k8s.io"),
            FieldSpec("spec/egress/to/podSelector/matchLabels", kind: "NetworkPolicy", group: "networking.k8s.io"),
        ] + ["Deployment", "StatefulSet"].flatMap { kind in pods.map { FieldSpec($0, kind: kind, group: "apps") } }
    }()

    private static let references: [NameReference] = {
        let rbac = "rbac.authorization.k8s.io", admission = "admissionregistration.k8s.io"
        func inContainers(_ path: String) -> [String] { ["containers/\(path)", "initContainers/\(path)"] }
        func scaleTarget(_ kind: String) -> NameReference {
            NameReference(
                target: KindPattern(kind: kind),
                referrers: [FieldSpec("spec/scaleTargetRef/name", kind: "HorizontalPodAutoscaler")])
        }
        // Replication controllers hold no references to configuration in the reference implementation.
        let controller: Set<String> = ["ReplicationController"]
        let configMap =
            inPodsAndTemplates(
                ["volumes/configMap/name", "volumes/projected/sources/configMap/name"]
                    + inContainers("env/valueFrom/configMapKeyRef/name") + inContainers("envFrom/configMapRef/name"),
                without: controller)
            + [
                FieldSpec("spec/configSource/configMap", kind: "Node"), FieldSpec("rules/resourceNames", kind: "Role"),
                FieldSpec("rules/resourceNames", kind: "ClusterRole"),
                FieldSpec(
                    "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap", kind: "Ingress"),
                FieldSpec(
                    "spec/template/spec/containers/env/valueFrom/configMapKeyRef/name", kind: "Service",
                    group: "serving.knative.dev", version: "v1"),
                FieldSpec(
                    "spec/template/spec/containers/envFrom/configMapRef/name", kind: "Service",
                    group: "serving.knative.dev",
                    version: "v1"),
            ]
        let secret =
            inPodsAndTemplates(
                ["volumes/secret/secretName", "volumes/projected/sources/secret/name", "imagePullSecrets/name"]
                    + inContainers("env/valueFrom/secretKeyRef/name") + inContainers("envFrom/secretRef/name"),
                without: controller)
            + [
                "ingress.kubernetes.io\\/auth-secret", "nginx.ingress.kubernetes.io\\/auth-secret",
                "nginx.ingress.kubernetes.io\\/auth-tls-secret",
            ]
            .map { FieldSpec("metadata/annotations/\($0)", kind: "Ingress") }
            + ["secretName", "adminSecretName", "userSecretName", "secretRef"].map {
                FieldSpec("parameters/\($0)", kind: "StorageClass")
            }
            + [
                FieldSpec("spec/tls/secretName", kind: "Ingress"),
                FieldSpec("imagePullSecrets/name", kind: "ServiceAccount"),
                FieldSpec("rules/resourceNames", kind: "Role"), FieldSpec("rules/resourceNames", kind: "ClusterRole"),
                FieldSpec(
                    "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", kind: "Service",
                    group: "serving.knative.dev", version: "v1"),
                FieldSpec("spec/azureFile/secretName", kind: "PersistentVolume"),
            ]
        let service = [
            FieldSpec("spec/serviceName", kind: "StatefulSet", group: "apps"),
            FieldSpec("spec/rules/http/paths/backend/serviceName", kind: "Ingress"),
            FieldSpec("spec/backend/serviceName", kind: "Ingress"),
            FieldSpec("spec/rules/http/paths/backend/service/name", kind: "Ingress"),
            FieldSpec("spec/defaultBackend/service/name", kind: "Ingress"),
            FieldSpec("spec/service/name", kind: "APIService", group: "apiregistration.k8s.io"),
            FieldSpec("webhooks/clientConfig/service", kind: "ValidatingWebhookConfiguration", group: admission),
            FieldSpec("webhooks/clientConfig/service", kind: "MutatingWebhookConfiguration", group: admission),
        ]
        let withoutReplicaSet: Set<String> = ["ReplicaSet"]
        return [
            scaleTarget("Deployment"), scaleTarget("ReplicationController"), scaleTarget("ReplicaSet"),
            scaleTarget("StatefulSet"),
            NameReference(target: KindPattern(version: "v1", kind: "ConfigMap"), referrers: configMap),
            NameReference(target: KindPattern(version: "v1", kind: "Secret"), referrers: secret),
            NameReference(target: KindPattern(version: "v1", kind: "Service"), referrers: service),
            NameReference(
                target: KindPattern(group: rbac, kind: "Role"),
                referrers: [FieldSpec("roleRef/name", kind: "RoleBinding", group: rbac)]),
            NameReference(
                target: KindPattern(group: rbac, kind: "ClusterRole"),
                referrers: [
                    FieldSpec("roleRef/name", kind: "RoleBinding", group: rbac),
                    FieldSpec("roleRef/name", kind: "ClusterRoleBinding", group: rbac),
                ]),
            NameReference(
                target: KindPattern(version: "v1", kind: "ServiceAccount"),
                referrers: [
                    FieldSpec("subjects", kind: "RoleBinding", group: rbac),
                    FieldSpec("subjects", kind: "ClusterRoleBinding", group: rbac),
                ] + inPods(["serviceAccountName"], without: withoutReplicaSet)),
            NameReference(
                target: KindPattern(version: "v1", kind: "PersistentVolumeClaim"),
                referrers: inPods(["volumes/persistentVolumeClaim/claimName"], without: withoutReplicaSet)),
            NameReference(
                target: KindPattern(version: "v1", kind: "PersistentVolume"),
                referrers: [
                    FieldSpec("spec/volumeName", kind: "PersistentVolumeClaim"),
                    FieldSpec("rules/resourceNames", kind: "ClusterRole"),
                ]),
            NameReference(
                target: KindPattern(group: "storage.k8s.io", version: "v1", kind: "StorageClass"),
                referrers: [
                    FieldSpec("spec/storageClassName", kind: "PersistentVolume"),
                    FieldSpec("spec/storageClassName", kind: "PersistentVolumeClaim"),
                    FieldSpec("spec/volumeClaimTemplates/spec/storageClassName", kind: "StatefulSet"),
                ]),
            NameReference(
                target: KindPattern(group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass"),
                referrers: inPods(["priorityClassName"], without: withoutReplicaSet)),
            NameReference(
                target: KindPattern(group: admission, kind: "ValidatingAdmissionPolicy"),
                referrers: [FieldSpec("spec/policyName", kind: "ValidatingAdmissionPolicyBinding", group: admission)]),
        ]
    }()

    private static let variableFields: [FieldSpec] = {
        let container = ["args", "command", "env/value", "volumeMounts/mountPath"]
        let pods = ["containers", "initContainers"].flatMap { list in container.map { "\(list)/\($0)" } }
        return inPods(pods, without: ["ReplicationController"])
            + inPods(["volumes/nfs/server"], without: ["ReplicationController", "StatefulSet", "CronJob"])
            + ["spec/rules/host", "spec/tls/hosts", "spec/tls/secretName"].map { FieldSpec($0, kind: "Ingress") }
            + ["spec/ports/port", "spec/ports/targetPort"].map { FieldSpec($0, kind: "Service") }
            + [
                FieldSpec("spec/volumeClaimTemplates/spec/nfs/server", kind: "StatefulSet"),
                FieldSpec("spec/nfs/server", kind: "PersistentVolume"), FieldSpec("metadata/labels"),
                FieldSpec("metadata/annotations"),
            ]
    }()
}
