import Testing

@testable import Health

/// The custom kinds that people meet most, each in the three states that decide whether a rollout goes on.
@Suite struct PopularKindsTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        var name: String
        var healthy: String
        var progressing: String
        var degraded: String

        init(_ name: String, _ healthy: String, _ progressing: String, _ degraded: String) {
            self.name = name
            self.healthy = healthy
            self.progressing = progressing
            self.degraded = degraded
        }

        var testDescription: String { name }
    }

    private static let ready = conditions("Ready=True"), unready = conditions("Ready=False:Failed:why")
    private static let waiting = conditions("Ready=Unknown:Working:soon")

    private static func phase(_ word: String, in field: String = "phase") -> String {
        let parts = field.split(separator: ".").map(String.init)
        let inner = parts.dropLast().reversed().reduce(#""\#(parts.last ?? "")":"\#(word)""#) { #""\#($1)":{\#($0)}"# }
        return #""status":{\#(inner)}"#
    }

    private static func phases(_ name: String, _ words: String..., in field: String = "phase") -> Kind {
        Kind(name, phase(words[0], in: field), phase(words[1], in: field), phase(words[2], in: field))
    }

    private static func plain(_ name: String) -> Kind { Kind(name, ready, waiting, unready) }

    private static func parents(_ condition: String) -> String {
        let body = conditions(condition).dropFirst(#""status":"#.count)
        return #""status":{"parents":[\#(body)]}"#
    }

    static let delivery: [Kind] = [
        Kind("cert-manager.io/v1/Certificate", ready, conditions("Issuing=True", "Ready=False"), unready),
        Kind(
            "cert-manager.io/v1/CertificateRequest", ready, conditions("Ready=False:Pending"), conditions("Denied=True")
        ),
        plain("cert-manager.io/v1/Issuer"), plain("cert-manager.io/v1/ClusterIssuer"),
        phases("acme.cert-manager.io/v1/Order", "valid", "processing", "errored", in: "state"),
        phases("acme.cert-manager.io/v1/Challenge", "valid", "pending", "expired", in: "state"),
        Kind(
            "kustomize.toolkit.fluxcd.io/v1/Kustomization", ready, conditions("Reconciling=True", "Ready=Unknown"),
            conditions("Ready=False:BuildFailed")),
        Kind(
            "helm.toolkit.fluxcd.io/v2/HelmRelease", ready, conditions("Ready=False:DependencyNotReady"),
            conditions("Stalled=True:RetriesExceeded", "Ready=False")),
        plain("source.toolkit.fluxcd.io/v1/GitRepository"), plain("source.toolkit.fluxcd.io/v1/OCIRepository"),
        plain("source.toolkit.fluxcd.io/v1/HelmRepository"), plain("source.toolkit.fluxcd.io/v1/Bucket"),
        plain("image.toolkit.fluxcd.io/v1/ImageRepository"),
        phases("argoproj.io/v1alpha1/Application", "Healthy", "Progressing", "Degraded", in: "health.status"),
        phases("argoproj.io/v1alpha1/Rollout", "Healthy", "Progressing", "Degraded"),
        phases("argoproj.io/v1alpha1/Workflow", "Succeeded", "Running", "Failed"),
        phases("argoproj.io/v1alpha1/AnalysisRun", "Successful", "Running", "Failed"),
        Kind(
            "argoproj.io/v1alpha1/ApplicationSet", conditions("ResourcesUpToDate=True"),
            conditions("RolloutProgressing=True"), conditions("ErrorOccurred=True::bad")),
        phases("flagger.app/v1beta1/Canary", "Succeeded", "Progressing", "Failed"),
        phases("kargo.akuity.io/v1alpha1/Promotion", "Succeeded", "Running", "Errored"),
    ]

    static let networks: [Kind] = [
        Kind(
            "gateway.networking.k8s.io/v1/HTTPRoute", parents("Accepted=True"), "", parents("Accepted=False:NotAllowed")
        ),
        Kind("gateway.networking.k8s.io/v1/GRPCRoute", parents("Accepted=True"), "", parents("ResolvedRefs=False")),
        Kind(
            "gateway.networking.k8s.io/v1/Gateway", conditions("Programmed=True"),
            conditions("Programmed=False:Pending"), conditions("Accepted=False:Invalid")),
        Kind(
            "gateway.networking.k8s.io/v1/GatewayClass", conditions("Accepted=True"), conditions("Accepted=Unknown"),
            conditions("Accepted=False")),
        phases("projectcontour.io/v1/HTTPProxy", "valid", "NotReconciled", "invalid", in: "currentStatus"),
        phases("install.istio.io/v1alpha1/IstioOperator", "HEALTHY", "RECONCILING", "ERROR", in: "status"),
        phases("getambassador.io/v3alpha1/Host", "Ready", "Pending", "Error", in: "state"),
        Kind(
            "monitoring.coreos.com/v1/Prometheus", conditions("Available=True"),
            conditions("Available=False:NoPodReady"), conditions("Reconciled=False::bad")),
        Kind(
            "monitoring.coreos.com/v1/Alertmanager", conditions("Available=True"), conditions("Available=Unknown"),
            conditions("Available=False:Other")),
        phases("grafana.integreatly.org/v1beta1/Grafana", "success", "in progress", "failed", in: "stageStatus"),
        phases("jaegertracing.io/v1/Jaeger", "Running", "Pending", "Failed"),
        Kind("loki.grafana.com/v1/LokiStack", ready, conditions("Pending=True"), conditions("Failed=True")),
        phases(
            "operator.victoriametrics.com/v1beta1/VMCluster", "operational", "expanding", "failed", in: "updateStatus"),
    ]

    static let work: [Kind] = [
        plain("serving.knative.dev/v1/Service"), plain("serving.knative.dev/v1/Route"),
        plain("serving.knative.dev/v1/Configuration"), plain("eventing.knative.dev/v1/Broker"),
        plain("eventing.knative.dev/v1/Trigger"), plain("messaging.knative.dev/v1/Channel"),
        Kind(
            "tekton.dev/v1/PipelineRun", conditions("Succeeded=True"), conditions("Succeeded=Unknown:Running"),
            conditions("Succeeded=False:Failed")),
        Kind(
            "tekton.dev/v1/TaskRun", conditions("Succeeded=True"), conditions("Succeeded=Unknown:Pending"),
            conditions("Succeeded=False:TaskRunTimeout")),
        Kind(
            "keda.sh/v1alpha1/ScaledObject", conditions("Ready=True"), conditions("Ready=Unknown"),
            conditions("Ready=False")),
        Kind(
            "karpenter.sh/v1/NodeClaim", ready, conditions("Launched=True", "Ready=Unknown"),
            conditions("Launched=False:InsufficientCapacity")),
        Kind("karpenter.sh/v1/NodePool", ready, conditions("Ready=False:NodeClassNotReady"), unready),
        Kind("serving.kserve.io/v1beta1/InferenceService", ready, conditions("Ready=False:PredictorNotReady"), unready),
        phases(
            "sparkoperator.k8s.io/v1beta2/SparkApplication", "COMPLETED", "SUBMITTED", "FAILED",
            in: "applicationState.state"),
        phases("ray.io/v1/RayCluster", "ready", "", "failed", in: "state"),
        phases("ray.io/v1/RayJob", "Complete", "Running", "Failed", in: "jobDeploymentStatus"),
        Kind(
            "kubeflow.org/v1/PyTorchJob", conditions("Succeeded=True"), conditions("Created=True"),
            conditions("Failed=True")),
        Kind("jobset.x-k8s.io/v1alpha2/JobSet", conditions("Completed=True"), "", conditions("Failed=True")),
        phases("batch.volcano.sh/v1alpha1/Job", "Completed", "Pending", "Failed", in: "state.phase"),
        phases("agones.dev/v1/GameServer", "Ready", "Creating", "Error", in: "state"),
        phases("camel.apache.org/v1/Integration", "Running", "Deploying", "Error"),
        phases("core.oam.dev/v1beta1/Application", "running", "rendering", "workflowFailed", in: "status"),
    ]

    static let data: [Kind] = [
        Kind(
            "kafka.strimzi.io/v1beta2/Kafka", ready, conditions("NotReady=True:Creating"), conditions("NotReady=True:X")
        ),
        Kind("kafka.strimzi.io/v1beta2/KafkaTopic", ready, "", conditions("NotReady=True:KafkaStoreException")),
        Kind("kafka.strimzi.io/v1beta2/KafkaConnector", ready, "", conditions("NotReady=True:TaskFailed")),
        phases(
            "postgresql.cnpg.io/v1/Cluster", "Cluster in healthy state", "Setting up primary", "Not enough disk space"),
        phases("postgresql.cnpg.io/v1/Backup", "completed", "running", "failed"),
        phases("acid.zalan.do/v1/postgresql", "Running", "Creating", "SyncFailed", in: "PostgresClusterStatus"),
        phases("mongodbcommunity.mongodb.com/v1/MongoDBCommunity", "Running", "Pending", "Failed"),
        phases("pxc.percona.com/v1/PerconaXtraDBCluster", "ready", "initializing", "error", in: "state"),
        phases("velero.io/v1/Backup", "Completed", "InProgress", "Failed"),
        phases("velero.io/v1/Restore", "Completed", "New", "PartiallyFailed"),
        Kind(
            "snapshot.storage.k8s.io/v1/VolumeSnapshot", #""status":{"readyToUse":true}"#,
            #""status":{"readyToUse":false}"#, #""status":{"error":{"message":"no driver"}}"#),
        phases("ceph.rook.io/v1/CephBlockPool", "Ready", "Progressing", "Failure"),
        phases("longhorn.io/v1beta2/Engine", "running", "starting", "error", in: "currentState"),
    ]

    static let platforms: [Kind] = [
        Kind(
            "pkg.crossplane.io/v1/Provider", conditions("Installed=True", "Healthy=True"),
            conditions("Installed=True", "Healthy=Unknown"), conditions("Installed=False::no package", "Healthy=True")),
        Kind(
            "ec2.aws.upbound.io/v1beta1/VPC", conditions("Synced=True", "Ready=True"),
            conditions("Synced=True", "Ready=False:Creating"), conditions("Synced=False:ReconcileError")),
        Kind(
            "s3.services.k8s.aws/v1alpha1/Bucket", conditions("ACK.ResourceSynced=True"),
            conditions("ACK.ResourceSynced=False"), conditions("ACK.Terminal=True")),
        Kind(
            "sql.cnrm.cloud.google.com/v1beta1/SQLInstance", ready, conditions("Ready=False:Updating"),
            conditions("Ready=False:UpdateFailed")),
        Kind(
            "resources.azure.com/v1api20200601/ResourceGroup", ready, conditions("Ready=False:Reconciling"),
            conditions("Ready=False:AuthorizationFailed")),
        phases("cluster.x-k8s.io/v1beta1/Cluster", "Provisioned", "Provisioning", "Failed"),
        phases("cluster.x-k8s.io/v1beta1/Machine", "Running", "Provisioning", "Failed"),
        phases("cluster.x-k8s.io/v1beta1/MachineDeployment", "Running", "ScalingUp", "Failed"),
        plain("external-secrets.io/v1/ExternalSecret"), plain("external-secrets.io/v1/SecretStore"),
        plain("external-secrets.io/v1/ClusterSecretStore"),
        phases("operators.coreos.com/v1alpha1/ClusterServiceVersion", "Succeeded", "Installing", "Failed"),
        phases("operators.coreos.com/v1alpha1/InstallPlan", "Complete", "Installing", "Failed"),
        phases("kubevirt.io/v1/VirtualMachineInstance", "Running", "Scheduling", "Failed"),
        phases("kubevirt.io/v1/VirtualMachine", "Running", "Starting", "CrashLoopBackOff", in: "printableStatus"),
        phases("cdi.kubevirt.io/v1beta1/DataVolume", "Succeeded", "ImportInProgress", "Failed"),
        Kind(
            "config.openshift.io/v1/ClusterOperator", conditions("Available=True"),
            conditions("Available=True", "Progressing=True"), conditions("Available=True", "Degraded=True")),
        phases("build.openshift.io/v1/Build", "Complete", "Running", "Failed"),
        phases("app.terraform.io/v1alpha2/Workspace", "applied", "planning", "errored", in: "runStatus"),
        Kind(
            "templates.gatekeeper.sh/v1/ConstraintTemplate", #""status":{"created":true}"#, "",
            #""status":{"byPod":[{"errors":[{"code":"x"}]}]}"#),
        phases(
            "policies.kubewarden.io/v1/ClusterAdmissionPolicy", "active", "pending", "error", in: "policyStatus"),
    ]

    @Test(arguments: delivery + networks + work + data + platforms)
    func `a popular kind is told healthy, on its way and broken apart`(_ kind: Kind) throws {
        try HealthCase(kind.name, kind.healthy, .healthy).check()
        try HealthCase(kind.name, kind.progressing, .progressing).check()
        try HealthCase(kind.name, kind.degraded, .degraded).check()
    }

    @Test func `there are more than sixty of them, each once`() {
        let names = (Self.delivery + Self.networks + Self.work + Self.data + Self.platforms).map(\.name)
        #expect(names.count > 60)
        #expect(Set(names).count == names.count)
    }
}
