/// What runs things: serving, pipelines, jobs, autoscalers.
extension HealthRules {
    static let serving: Family = [
        (
            kinds("serving.knative.dev", "Service", "Configuration", "Revision", "Route", "DomainMapping"),
            .ready(
                progressing: ["Deploying", "ContainerMissing.Resolving", "NotOwned"],
                first: [
                    // A revision that nobody calls is at rest, not broken.
                    HealthRule.when(
                        .condition("Active", [.no], reasons: ["NoTraffic"]), .condition("Ready", [.yes]), is: .healthy,
                        .text("is at rest"))
                ])
        ),
        (
            kinds("eventing.knative.dev", "Broker", "Trigger"), .ready()
        ),
        (kinds("messaging.knative.dev", "Channel", "Subscription", "InMemoryChannel"), .ready()),
        (kinds("sources.knative.dev", "ApiServerSource", "PingSource", "SinkBinding", "ContainerSource"), .ready()),
        (kinds("operator.knative.dev", "KnativeServing", "KnativeEventing"), .ready()),
        (
            kinds("serving.kserve.io", "InferenceService"),
            .ready(
                progressing: ["PredictorNotReady", "PredictorConfigurationReady"],
                first: [
                    HealthRule.when(
                        .field("status.modelStatus.transitionStatus", ["InvalidSpec", "BlockedByFailedLoad"]),
                        is: .degraded, .field("status.modelStatus.lastFailureInfo.message")),
                    HealthRule.when(
                        .field("status.modelStatus.transitionStatus", ["InProgress"]), is: .progressing,
                        .text("is loading its model")),
                ])
        ),
        (
            kinds("camel.apache.org", "Integration", "IntegrationPlatform", "IntegrationKit", "Pipe"),
            .phase(
                healthy: ["Running", "Ready"],
                progressing: [
                    "Initialization", "Waiting For Platform", "Building Kit", "Deploying", "Creating", "Warming",
                ],
                degraded: ["Error", "Cannot Match Platform"])
        ),
        (
            kinds("core.oam.dev", "Application"),
            .phase(
                "status.status", healthy: ["running"],
                progressing: ["starting", "rendering", "generatingPolicy", "runningWorkflow", "rollingOut"],
                degraded: ["workflowFailed", "workflowTerminated", "unhealthy"], suspended: ["workflowSuspending"])
        ),
    ]

    static let pipelines: Family = [
        (
            kinds("tekton.dev", "PipelineRun", "TaskRun", "CustomRun", "Run"), .run
        ),
        (kinds("tekton.dev", "Pipeline", "Task", "ClusterTask", "StepAction"), .passive),
        (
            kinds("triggers.tekton.dev", "EventListener"),
            HealthRule([
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
                HealthRule.when(.condition("Available", [.no]), is: .progressing, .condition("Available")),
                HealthRule.when(.condition("Ready", [.no]), is: .degraded, .condition("Ready")),
                HealthRule.when(.condition("Available", [.yes]), is: .healthy, .text("is available")),
            ])
        ),
        (kinds("triggers.tekton.dev", "TriggerTemplate", "TriggerBinding", "Trigger", "ClusterInterceptor"), .passive),
        (
            kinds(
                "operator.tekton.dev", "TektonConfig", "TektonPipeline", "TektonTrigger", "TektonDashboard",
                "TektonChain"),
            .ready(progressing: ["Installing", "Upgrading"])
        ),
        (
            kinds("sparkoperator.k8s.io", "SparkApplication"),
            .phase(
                "status.applicationState.state", healthy: ["COMPLETED", "RUNNING"],
                progressing: ["", "NEW", "SUBMITTED", "PENDING_RERUN", "INVALIDATING", "SUCCEEDING", "UNKNOWN"],
                degraded: ["FAILED", "SUBMISSION_FAILED", "FAILING"], suspended: ["SUSPENDED", "SUSPENDING"],
                message: "status.applicationState.errorMessage")
        ),
        (
            kinds("flink.apache.org", "FlinkDeployment"),
            HealthRule([
                HealthRule.when(.present("status.error"), is: .degraded, .field("status.error")),
                HealthRule.when(
                    .field("status.jobStatus.state", ["FAILED", "FAILING"]), is: .degraded,
                    .phase("status.jobStatus.state")),
                HealthRule.when(
                    .field("status.jobManagerDeploymentStatus", ["ERROR", "MISSING"]), is: .degraded,
                    .phase("status.jobManagerDeploymentStatus")),
                HealthRule.when(.field("spec.job.state", ["suspended"]), is: .suspended, .text("is suspended")),
                HealthRule.when(
                    .field("status.jobStatus.state", ["RUNNING", "FINISHED"]), is: .healthy,
                    .phase("status.jobStatus.state")),
            ])
        ),
        (
            kinds("ray.io", "RayCluster"),
            .phase(
                "status.state", healthy: ["ready"], progressing: ["", "unhealthy"], degraded: ["failed"],
                suspended: ["suspended"], message: "status.reason")
        ),
        (
            kinds("ray.io", "RayJob"),
            .phase(
                "status.jobDeploymentStatus", healthy: ["Complete"],
                progressing: ["Initializing", "Running", "Waiting", "Retrying"],
                degraded: ["Failed", "ValidationFailed"], suspended: ["Suspended", "Suspending"],
                message: "status.message")
        ),
        (
            kinds("ray.io", "RayService"),
            HealthRule([
                HealthRule.when(.field("status.serviceStatus", ["Running"]), is: .healthy, .text("is running")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
                HealthRule.when(.present("status.serviceStatus"), is: .progressing, .phase("status.serviceStatus")),
            ])
        ),
        (
            kinds("numaflow.numaproj.io", "Pipeline", "MonoVertex", "Vertex", "InterStepBufferService"),
            .phase(
                healthy: ["Running"], progressing: ["", "Pending", "Deleting"], degraded: ["Failed"],
                suspended: ["Paused", "Pausing"], message: "status.message")
        ),
    ]

    static let jobs: Family = [
        (
            kinds("kubeflow.org", "TFJob", "PyTorchJob", "MPIJob", "XGBoostJob", "PaddleJob"),
            HealthRule([
                HealthRule.when(.condition("Failed", [.yes]), is: .degraded, .condition("Failed")),
                HealthRule.when(.condition("Succeeded", [.yes]), is: .healthy, .text("succeeded")),
                HealthRule.when(.condition("Suspended", [.yes]), is: .suspended, .text("is suspended")),
                HealthRule.when(.condition("Running", [.yes]), is: .progressing, .text("is running")),
                HealthRule.when(.condition("Restarting", [.yes]), is: .progressing, .condition("Restarting")),
                HealthRule.when(.condition("Created", [.yes]), is: .progressing, .text("is created")),
            ])
        ),
        (kinds("kubeflow.org", "Notebook"), .ready()),
        (
            kinds("jobset.x-k8s.io", "JobSet"),
            HealthRule(
                [
                    HealthRule.when(.condition("Failed", [.yes]), is: .degraded, .condition("Failed")),
                    HealthRule.when(.condition("Completed", [.yes]), is: .healthy, .text("is complete")),
                    HealthRule.when(.condition("Suspended", [.yes]), is: .suspended, .text("is suspended")),
                ], otherwise: .progressing, "is at work")
        ),
        (
            kinds("batch.volcano.sh", "Job"),
            .phase(
                "status.state.phase", healthy: ["Completed", "Running"],
                progressing: ["Pending", "Restarting", "Completing", "Terminating"],
                degraded: ["Failed", "Aborted", "Terminated"], suspended: ["Aborting"], message: "status.state.message")
        ),
        (
            kinds("kueue.x-k8s.io", "ClusterQueue", "LocalQueue", "AdmissionCheck"),
            .ready("Active", progressing: ["FlavorNotFound", "CheckNotFoundOrInactive"])
        ),
        (
            kinds("kueue.x-k8s.io", "Workload"),
            HealthRule(
                [
                    HealthRule.when(.condition("Finished", [.yes]), is: .healthy, .text("is finished")),
                    HealthRule.when(.condition("Evicted", [.yes]), is: .progressing, .condition("Evicted")),
                    HealthRule.when(.condition("Admitted", [.yes]), is: .healthy, .text("is admitted")),
                ], otherwise: .progressing, "waits for its turn")
        ),
        (
            kinds("apps.kruise.io", "CloneSet", "StatefulSet", "DaemonSet"),
            HealthRule(
                [
                    HealthRule.when(.condition("FailedUpdate", [.yes]), is: .degraded, .condition("FailedUpdate")),
                    HealthRule.when(
                        .fewer("status.updatedReplicas", than: "spec.replicas", missing: 1), .present("spec.replicas"),
                        is: .progressing, .text("is being updated")),
                    HealthRule.when(
                        .fewer("status.readyReplicas", than: "spec.replicas", missing: 1), .present("spec.replicas"),
                        is: .progressing, .text("waits for its replicas")),
                    HealthRule.when(
                        .fewer("status.numberReady", than: "status.desiredNumberScheduled", missing: 0),
                        is: .progressing, .text("waits for its pods")),
                ], otherwise: .healthy, "is ready")
        ),
        (
            kinds("agones.dev", "Fleet"),
            HealthRule(
                [
                    HealthRule.when(
                        .fewer("status.readyReplicas", than: "spec.replicas", missing: 0),
                        .fewer("status.replicas", than: "spec.replicas", missing: 0), is: .progressing,
                        .text("waits for its servers"))
                ], otherwise: .healthy, "is ready")
        ),
        (
            kinds("agones.dev", "GameServer"),
            .phase(
                "status.state", healthy: ["Ready", "Allocated", "Reserved"],
                progressing: ["PortAllocation", "Creating", "Starting", "Scheduled", "RequestReady"],
                degraded: ["Error", "Unhealthy"])
        ),
    ]

    static let scaling: Family = [
        (
            kinds("keda.sh", "ScaledObject"),
            HealthRule([
                HealthRule.when(.condition("Paused", [.yes]), is: .suspended, .condition("Paused")),
                HealthRule.when(.condition("Ready", [.no]), is: .degraded, .condition("Ready")),
                HealthRule.when(.condition("Fallback", [.yes]), is: .degraded, .condition("Fallback")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
            ])
        ),
        (
            kinds("keda.sh", "ScaledJob"),
            HealthRule([
                HealthRule.when(.condition("Paused", [.yes]), is: .suspended, .condition("Paused")),
                HealthRule.when(.condition("Ready", [.no]), is: .degraded, .condition("Ready")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
            ])
        ),
        (kinds("keda.sh", "TriggerAuthentication", "ClusterTriggerAuthentication"), .passive),
        (kinds("karpenter.sh", "NodePool"), .ready(progressing: ["NodeClassNotReady", "NodeClassReadinessUnknown"])),
        (
            kinds("karpenter.sh", "NodeClaim"),
            HealthRule([
                HealthRule.when(.condition("Launched", [.no]), is: .degraded, .condition("Launched")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
                HealthRule.when(.condition("Ready", [.no, .unknown]), is: .progressing, .condition("Ready")),
            ])
        ),
        (kinds("karpenter.k8s.aws", "EC2NodeClass"), .ready()),
        (
            kinds("autoscaling.k8s.io", "VerticalPodAutoscaler"),
            HealthRule([
                HealthRule.when(
                    .condition("ConfigUnsupported", [.yes]), is: .degraded, .condition("ConfigUnsupported")),
                HealthRule.when(.condition("NoPodsMatched", [.yes]), is: .degraded, .condition("NoPodsMatched")),
                HealthRule.when(.condition("RecommendationProvided", [.yes]), is: .healthy, .text("recommends")),
                HealthRule.when(
                    .condition("RecommendationProvided", [.no]), is: .progressing, .condition("RecommendationProvided")),
            ])
        ),
    ]
}
