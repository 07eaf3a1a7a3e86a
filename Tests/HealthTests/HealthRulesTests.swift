import Documents
import Kubernetes
import Testing

@testable import Health

@Suite struct HealthRulesTests {
    private static let ready = conditions("Ready=True"), notReady = conditions("Ready=False:X:why")
    private static func parents(_ accepted: String, _ resolved: String) -> String {
        #""status":{"parents":[{"conditions":[{"type":"Accepted","status":"\#(accepted)","message":"no listener"},{"type":"ResolvedRefs","status":"\#(resolved)","message":"no service"}]}]}"#
    }
    private static func phase(_ word: String, _ more: String = "") -> String {
        #""status":{"phase":"\#(word)"\#(more)}"#
    }
    private static func field(_ name: String, _ word: String) -> String { #""status":{"\#(name)":"\#(word)"}"# }

    private static let delivery: [HealthCase] = [
        .init("cert-manager.io/v1/Certificate", ready, .healthy),
        .init("cert-manager.io/v1/Certificate", notReady, .degraded, says: "why"),
        .init("cert-manager.io/v1/Certificate", conditions("Issuing=True", "Ready=False"), .progressing),
        .init("cert-manager.io/v1/Certificate", "", .progressing),
        .init("cert-manager.io/v1/CertificateRequest", conditions("Ready=False:Pending"), .progressing),
        .init("cert-manager.io/v1/CertificateRequest", conditions("Denied=True"), .degraded),
        .init("cert-manager.io/v1/Issuer", ready, .healthy),
        .init("cert-manager.io/v1/ClusterIssuer", notReady, .degraded),
        .init("acme.cert-manager.io/v1/Order", field("state", "valid"), .healthy),
        .init("acme.cert-manager.io/v1/Challenge", field("state", "invalid"), .degraded),
        .init("acme.cert-manager.io/v1/Order", field("state", "pending"), .progressing),
        .init("kustomize.toolkit.fluxcd.io/v1/Kustomization", ready, .healthy),
        .init("kustomize.toolkit.fluxcd.io/v1/Kustomization", notReady, .degraded, says: "why"),
        .init(
            "kustomize.toolkit.fluxcd.io/v1/Kustomization", conditions("Ready=False:DependencyNotReady"), .progressing),
        .init("kustomize.toolkit.fluxcd.io/v1/Kustomization", #""spec":{"suspend":true}"#, .suspended),
        .init("helm.toolkit.fluxcd.io/v2/HelmRelease", conditions("Stalled=True", "Ready=False"), .degraded),
        .init("helm.toolkit.fluxcd.io/v2/HelmRelease", conditions("Reconciling=True", "Ready=Unknown"), .progressing),
        .init("source.toolkit.fluxcd.io/v1/GitRepository", ready, .healthy),
        .init("source.toolkit.fluxcd.io/v1/OCIRepository", notReady, .degraded),
        .init("image.toolkit.fluxcd.io/v1beta2/ImagePolicy", ready, .healthy),
        .init("notification.toolkit.fluxcd.io/v1beta3/Alert", "", .healthy),
        .init("argoproj.io/v1alpha1/Application", #""status":{"health":{"status":"Degraded"}}"#, .degraded),
        .init("argoproj.io/v1alpha1/Application", #""status":{"health":{"status":"Healthy"}}"#, .healthy),
        .init("argoproj.io/v1alpha1/Application", #""status":{"health":{"status":"Missing"}}"#, .missing),
        .init(
            "argoproj.io/v1alpha1/Application",
            #""status":{"operationState":{"phase":"Running"},"health":{"status":"Healthy"}}"#, .progressing),
        .init("argoproj.io/v1alpha1/ApplicationSet", conditions("ErrorOccurred=True::bad"), .degraded, says: "bad"),
        .init("argoproj.io/v1alpha1/ApplicationSet", conditions("ResourcesUpToDate=True"), .healthy),
        .init("argoproj.io/v1alpha1/Rollout", phase("Paused"), .suspended),
        .init("argoproj.io/v1alpha1/Rollout", phase("Healthy"), .healthy),
        .init("argoproj.io/v1alpha1/Rollout", phase("Degraded", #","message":"stop""#), .degraded, says: "stop"),
        .init("argoproj.io/v1alpha1/Rollout", #""status":{"abort":true,"phase":"Healthy"}"#, .degraded),
        .init("argoproj.io/v1alpha1/Workflow", phase("Succeeded"), .healthy),
        .init("argoproj.io/v1alpha1/Workflow", phase("Error"), .degraded),
        .init("argoproj.io/v1alpha1/CronWorkflow", "", .healthy),
        .init("argoproj.io/v1alpha1/CronWorkflow", conditions("SubmissionError=True"), .degraded),
        .init("argoproj.io/v1alpha1/AnalysisRun", phase("Inconclusive"), .suspended),
        .init("argoproj.io/v1alpha1/EventBus", conditions("Configured=True", "Deployed=True"), .healthy),
        .init("argoproj.io/v1alpha1/Sensor", conditions("Deployed=False"), .degraded),
        .init("flagger.app/v1beta1/Canary", phase("Succeeded"), .healthy),
        .init("flagger.app/v1beta1/Canary", phase("Failed"), .degraded),
        .init("kargo.akuity.io/v1alpha1/Promotion", phase("Errored"), .degraded),
    ]

    private static let networks: [HealthCase] = [
        .init("networking.istio.io/v1/VirtualService", "", .healthy),
        .init(
            "networking.istio.io/v1/Gateway",
            #""status":{"validationMessages":[{"level":"ERROR","documentationUrl":"https://e"}]}"#, .degraded),
        .init("security.istio.io/v1/AuthorizationPolicy", "", .healthy),
        .init("install.istio.io/v1alpha1/IstioOperator", field("status", "RECONCILING"), .progressing),
        .init("gateway.networking.k8s.io/v1/HTTPRoute", parents("True", "True"), .healthy),
        .init("gateway.networking.k8s.io/v1/HTTPRoute", parents("False", "True"), .degraded, says: "no listener"),
        .init("gateway.networking.k8s.io/v1/GRPCRoute", parents("True", "False"), .degraded, says: "no service"),
        .init("gateway.networking.k8s.io/v1/TLSRoute", "", .progressing),
        .init("gateway.networking.k8s.io/v1/Gateway", conditions("Accepted=True", "Programmed=True"), .healthy),
        .init("gateway.networking.k8s.io/v1/Gateway", conditions("Programmed=False:Pending"), .progressing),
        .init("gateway.networking.k8s.io/v1/Gateway", conditions("Programmed=False:Invalid"), .degraded),
        .init("gateway.networking.k8s.io/v1/GatewayClass", conditions("Accepted=True"), .healthy),
        .init("projectcontour.io/v1/HTTPProxy", #""status":{"currentStatus":"invalid","description":"d"}"#, .degraded),
        .init("cilium.io/v2/CiliumNetworkPolicy", conditions("Valid=False"), .degraded),
        .init("traefik.io/v1alpha1/IngressRoute", "", .healthy),
        .init("monitoring.coreos.com/v1/Prometheus", conditions("Available=True", "Reconciled=True"), .healthy),
        .init(
            "monitoring.coreos.com/v1/Prometheus", conditions("Available=Degraded::one down"), .degraded, says: "one"),
        .init(
            "monitoring.coreos.com/v1/Alertmanager", conditions("Available=False:NoPodReady:none"), .progressing),
        .init("monitoring.coreos.com/v1/ServiceMonitor", "", .healthy),
        .init("grafana.integreatly.org/v1beta1/Grafana", field("stageStatus", "failed"), .degraded),
        .init("opentelemetry.io/v1beta1/OpenTelemetryCollector", "", .healthy),
        .init("operator.victoriametrics.com/v1beta1/VMCluster", field("updateStatus", "expanding"), .progressing),
        .init("k8s.nginx.org/v1/VirtualServer", #""status":{"state":"Invalid","message":"m"}"#, .degraded, says: "m"),
        .init("networking.gke.io/v1/ManagedCertificate", field("certificateStatus", "Provisioning"), .progressing),
    ]

    private static let work: [HealthCase] = [
        .init("serving.knative.dev/v1/Service", ready, .healthy),
        .init("serving.knative.dev/v1/Service", notReady, .degraded),
        .init("serving.knative.dev/v1/Revision", conditions("Ready=Unknown:Deploying"), .progressing),
        .init("eventing.knative.dev/v1/Broker", ready, .healthy),
        .init("tekton.dev/v1/PipelineRun", conditions("Succeeded=True"), .healthy),
        .init("tekton.dev/v1/TaskRun", conditions("Succeeded=False::step failed"), .degraded, says: "step failed"),
        .init("tekton.dev/v1/PipelineRun", conditions("Succeeded=Unknown"), .progressing),
        .init("tekton.dev/v1/Task", "", .healthy),
        .init("keda.sh/v1alpha1/ScaledObject", conditions("Ready=True", "Active=False"), .healthy),
        .init("keda.sh/v1alpha1/ScaledObject", conditions("Ready=True", "Paused=True"), .suspended),
        .init("keda.sh/v1alpha1/ScaledObject", conditions("Ready=False"), .degraded),
        .init("keda.sh/v1alpha1/ScaledJob", ready, .healthy),
        .init("karpenter.sh/v1/NodeClaim", conditions("Launched=True", "Ready=Unknown"), .progressing),
        .init("serving.kserve.io/v1beta1/InferenceService", ready, .healthy),
        .init(
            "sparkoperator.k8s.io/v1beta2/SparkApplication",
            #""status":{"applicationState":{"state":"FAILED","errorMessage":"oom"}}"#, .degraded, says: "oom"),
        .init("flink.apache.org/v1beta1/FlinkDeployment", #""status":{"jobStatus":{"state":"RUNNING"}}"#, .healthy),
        .init("ray.io/v1/RayCluster", field("state", "ready"), .healthy),
        .init("kubeflow.org/v1/PyTorchJob", conditions("Created=True", "Running=True"), .progressing),
        .init("kubeflow.org/v1/TFJob", conditions("Running=False", "Succeeded=True"), .healthy),
        .init("jobset.x-k8s.io/v1alpha2/JobSet", conditions("Failed=True"), .degraded),
        .init("kueue.x-k8s.io/v1beta1/ClusterQueue", conditions("Active=True"), .healthy),
        .init(
            "apps.kruise.io/v1alpha1/CloneSet", #""spec":{"replicas":2},"status":{"updatedReplicas":1}"#, .progressing),
        .init("agones.dev/v1/GameServer", field("state", "Unhealthy"), .degraded),
        .init("autoscaling.k8s.io/v1/VerticalPodAutoscaler", conditions("RecommendationProvided=True"), .healthy),
        .init("camel.apache.org/v1/Integration", phase("Error"), .degraded),
        .init("core.oam.dev/v1beta1/Application", field("status", "workflowSuspending"), .suspended),
        .init("numaflow.numaproj.io/v1alpha1/Pipeline", phase("Running"), .healthy),
    ]

    private static let data: [HealthCase] = [
        .init("kafka.strimzi.io/v1beta2/Kafka", ready, .healthy),
        .init("kafka.strimzi.io/v1beta2/Kafka", conditions("NotReady=True:Creating"), .progressing),
        .init(
            "kafka.strimzi.io/v1beta2/KafkaTopic", conditions("NotReady=True:X:bad topic"), .degraded, says: "bad topic"
        ),
        .init("kafka.strimzi.io/v1beta2/KafkaRebalance", conditions("ProposalReady=True"), .suspended),
        .init("postgresql.cnpg.io/v1/Cluster", phase("Cluster in healthy state"), .healthy),
        .init("postgresql.cnpg.io/v1/Cluster", phase("Setting up primary"), .progressing),
        .init("postgresql.cnpg.io/v1/Cluster", phase("Not enough disk space"), .degraded),
        .init("postgresql.cnpg.io/v1/Backup", phase("failed", #","error":"no bucket""#), .degraded, says: "no bucket"),
        .init("postgresql.cnpg.io/v1/Database", #""status":{"applied":true}"#, .healthy),
        .init("acid.zalan.do/v1/postgresql", field("PostgresClusterStatus", "SyncFailed"), .degraded),
        .init("mysql.oracle.com/v2/InnoDBCluster", #""status":{"cluster":{"status":"ONLINE"}}"#, .healthy),
        .init("k8s.elastic.co/v1/Elasticsearch", #""status":{"health":"red","phase":"Ready"}"#, .degraded),
        .init("k8s.elastic.co/v1/Kibana", #""status":{"health":"green"}"#, .healthy),
        .init(
            "rabbitmq.com/v1beta1/RabbitmqCluster", conditions("AllReplicasReady=True", "ClusterAvailable=True"),
            .healthy),
        .init("mongodbcommunity.mongodb.com/v1/MongoDBCommunity", phase("Running"), .healthy),
        .init("pxc.percona.com/v1/PerconaXtraDBCluster", field("state", "paused"), .suspended),
        .init("minio.min.io/v2/Tenant", field("currentState", "Provisioning MinIO"), .progressing),
        .init("velero.io/v1/Backup", phase("PartiallyFailed"), .degraded),
        .init("velero.io/v1/Backup", phase("Completed"), .healthy),
        .init("velero.io/v1/Restore", phase("InProgress"), .progressing),
        .init("velero.io/v1/Schedule", #""spec":{"paused":true}"#, .suspended),
        .init("velero.io/v1/BackupStorageLocation", phase("Unavailable"), .degraded),
        .init("snapshot.storage.k8s.io/v1/VolumeSnapshot", #""status":{"readyToUse":true}"#, .healthy),
        .init(
            "snapshot.storage.k8s.io/v1/VolumeSnapshot", #""status":{"error":{"message":"no driver"}}"#, .degraded,
            says: "no driver"),
        .init("longhorn.io/v1beta2/Volume", #""status":{"robustness":"faulted","state":"attached"}"#, .degraded),
        .init("longhorn.io/v1beta2/Volume", field("state", "attaching"), .progressing),
        .init("longhorn.io/v1beta2/Engine", field("currentState", "running"), .healthy),
        .init("ceph.rook.io/v1/CephCluster", #""status":{"phase":"Ready","ceph":{"health":"HEALTH_OK"}}"#, .healthy),
        .init("ceph.rook.io/v1/CephCluster", #""status":{"phase":"Ready","ceph":{"health":"HEALTH_ERR"}}"#, .degraded),
        .init("ceph.rook.io/v1/CephBlockPool", phase("Failure"), .degraded),
        .init("ceph.rook.io/v1/CephObjectStore", phase("Progressing"), .progressing),
        .init("clickhouse.altinity.com/v1/ClickHouseInstallation", field("status", "Completed"), .healthy),
    ]

    private static let platforms: [HealthCase] = [
        .init("pkg.crossplane.io/v1/Provider", conditions("Installed=True", "Healthy=True"), .healthy),
        .init(
            "pkg.crossplane.io/v1/Provider", conditions("Installed=True", "Healthy=False::no pod"), .degraded,
            says: "no pod"),
        .init("apiextensions.crossplane.io/v1/CompositeResourceDefinition", conditions("Established=True"), .healthy),
        .init("ec2.aws.upbound.io/v1beta1/VPC", conditions("Synced=True", "Ready=False:Creating"), .progressing),
        .init("ec2.aws.upbound.io/v1beta1/VPC", conditions("Synced=False::denied"), .degraded, says: "denied"),
        .init("s3.services.k8s.aws/v1alpha1/Bucket", conditions("ACK.ResourceSynced=True"), .healthy),
        .init("s3.services.k8s.aws/v1alpha1/Bucket", conditions("ACK.Terminal=True"), .degraded),
        .init("sql.cnrm.cloud.google.com/v1beta1/SQLInstance", conditions("Ready=False:UpdateFailed"), .degraded),
        .init("sql.cnrm.cloud.google.com/v1beta1/SQLInstance", conditions("Ready=False:Updating"), .progressing),
        .init("resources.azure.com/v1api20200601/ResourceGroup", conditions("Ready=False:Reconciling"), .progressing),
        .init("cluster.x-k8s.io/v1beta1/Cluster", phase("Provisioned"), .healthy),
        .init(
            "cluster.x-k8s.io/v1beta1/Machine", phase("Failed", #","failureMessage":"quota""#), .degraded, says: "quota"
        ),
        .init("cluster.x-k8s.io/v1beta1/MachineDeployment", phase("ScalingUp"), .progressing),
        .init("controlplane.cluster.x-k8s.io/v1beta1/KubeadmControlPlane", notReady, .progressing),
        .init("infrastructure.cluster.x-k8s.io/v1beta1/DockerCluster", ready, .healthy),
        .init("external-secrets.io/v1/ExternalSecret", ready, .healthy),
        .init("external-secrets.io/v1/ExternalSecret", notReady, .degraded),
        .init("external-secrets.io/v1/ClusterSecretStore", ready, .healthy),
        .init("bitnami.com/v1alpha1/SealedSecret", conditions("Synced=False"), .degraded),
        .init("operators.coreos.com/v1alpha1/ClusterServiceVersion", phase("Failed"), .degraded),
        .init("operators.coreos.com/v1alpha1/Subscription", field("state", "AtLatestKnown"), .healthy),
        .init("operators.coreos.com/v1alpha1/InstallPlan", phase("RequiresApproval"), .suspended),
        .init(
            "route.openshift.io/v1/Route",
            #""status":{"ingress":[{"conditions":[{"type":"Admitted","status":"True"}]}]}"#, .healthy),
        .init("kyverno.io/v1/ClusterPolicy", ready, .healthy),
        .init("templates.gatekeeper.sh/v1/ConstraintTemplate", #""status":{"created":true}"#, .healthy),
        .init(
            "templates.gatekeeper.sh/v1/ConstraintTemplate", #""status":{"byPod":[{"errors":[{"code":"x"}]}]}"#,
            .degraded),
        .init(
            "constraints.gatekeeper.sh/v1beta1/K8sRequiredLabels", #""status":{"byPod":[{"enforced":true}]}"#, .healthy),
        .init("kubevirt.io/v1/VirtualMachine", field("printableStatus", "Stopped"), .suspended),
        .init("cdi.kubevirt.io/v1beta1/DataVolume", phase("ImportInProgress"), .progressing),
        .init(
            "metal3.io/v1alpha1/BareMetalHost", #""status":{"operationalStatus":"error","errorMessage":"no power"}"#,
            .degraded, says: "no power"),
        .init("secrets.hashicorp.com/v1beta1/VaultStaticSecret", #""status":{"secretMAC":"x"}"#, .healthy),
        .init("app.terraform.io/v1alpha2/Workspace", field("runStatus", "errored"), .degraded),
        .init("velero.io/v1/Backup", phase("SomethingNew"), .unknown),
    ]

    @Test(arguments: delivery + networks + work)
    func `tools that deliver, connect and run are judged by their own words`(_ example: HealthCase) throws {
        try example.check()
    }

    @Test(arguments: data + platforms)
    func `what stores and what platforms are made of is judged by its own words`(_ example: HealthCase) throws {
        try example.check()
    }

    @Test func `more than sixty kinds have a rule and every rule answers for an empty object`() throws {
        #expect(HealthRules.count > 200)
        for name in HealthRules.table.keys.sorted() where !name.hasSuffix("*") {
            let parts = name.split(separator: "/").map(String.init)
            let health = ObjectHealth.assess(try HealthCase("\(parts[0])/v1/\(parts[1])", "", .unknown).resource())
            #expect([.healthy, .progressing].contains(health.state), "\(name): \(health)")
        }
    }
}
