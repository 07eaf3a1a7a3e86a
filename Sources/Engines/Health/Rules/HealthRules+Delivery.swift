/// Tools that deliver: cert-manager, Flux, Argo, Flagger, Keptn's kind of things.
extension HealthRules {
    static let certificates: Family = [
        (
            kinds("cert-manager.io", "Certificate"),
            .ready(first: [
                HealthRule.when(
                    .condition("Issuing", [.yes], reasons: ["Failed"]), is: .degraded, .condition("Issuing")),
                HealthRule.when(
                    .condition("Issuing", [.yes]), .condition("Ready", [.no, .unknown]), is: .progressing,
                    .condition("Issuing")),
            ])
        ),
        (
            kinds("cert-manager.io", "CertificateRequest"),
            .ready(
                progressing: ["Pending"],
                first: [
                    HealthRule.when(.condition("InvalidRequest", [.yes]), is: .degraded, .condition("InvalidRequest")),
                    HealthRule.when(.condition("Denied", [.yes]), is: .degraded, .condition("Denied")),
                ])
        ),
        (kinds("cert-manager.io", "Issuer", "ClusterIssuer"), .ready()),
        (
            kinds("acme.cert-manager.io", "Order", "Challenge"),
            .phase(
                "status.state", healthy: ["valid"], progressing: ["pending", "ready", "processing", ""],
                degraded: ["invalid", "expired", "errored"], message: "status.reason")
        ),
        (kinds("trust.cert-manager.io", "Bundle"), .ready("Synced")),
        (
            kinds("networking.gke.io", "ManagedCertificate"),
            .phase(
                "status.certificateStatus", healthy: ["Active"], progressing: ["Provisioning", "Renewing"],
                degraded: ["ProvisioningFailed", "ProvisioningFailedPermanently", "RenewalFailed"])
        ),
    ]

    private static let fluxObject = HealthRule.ready(
        progressing: ["DependencyNotReady", "Progressing", "ProgressingWithRetry"], suspendedBy: "spec.suspend",
        first: [
            HealthRule.when(.condition("Stalled", [.yes]), is: .degraded, .condition("Stalled")),
            HealthRule.when(
                .condition("Reconciling", [.yes], reasons: ["ProgressingWithRetry"]), .condition("Ready", [.no]),
                is: .degraded, .condition("Ready")),
            HealthRule.when(.condition("Reconciling", [.yes]), is: .progressing, .condition("Reconciling")),
        ])

    static let flux: Family = [
        (
            kinds(
                "source.toolkit.fluxcd.io", "GitRepository", "OCIRepository", "HelmRepository", "HelmChart", "Bucket",
                "ExternalArtifact"), fluxObject
        ),
        (kinds("kustomize.toolkit.fluxcd.io", "Kustomization"), fluxObject),
        (kinds("helm.toolkit.fluxcd.io", "HelmRelease"), fluxObject),
        (
            kinds("image.toolkit.fluxcd.io", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation"), fluxObject
        ),
        (kinds("notification.toolkit.fluxcd.io", "Receiver"), fluxObject),
        // These two have no controller's word since they became static.
        (kinds("notification.toolkit.fluxcd.io", "Alert", "Provider"), .passive),
        (kinds("fluxcd.controlplane.io", "FluxInstance", "ResourceSet", "ResourceSetInputProvider"), fluxObject),
        (kinds("infra.contrib.fluxcd.io", "Terraform"), fluxObject),
    ]

    static let argo: Family = [
        (
            kinds("argoproj.io", "Application"),
            HealthRule([
                HealthRule.when(
                    .field("status.operationState.phase", ["Running"]), is: .progressing, .text("is being synced")),
                HealthRule.when(
                    .some(
                        "status.conditions", [.field("type", ["ComparisonError", "InvalidSpecError", "UnknownError"])]),
                    is: .degraded, .some("status.conditions", condition: nil, field: "message")),
                HealthRule.when(.field("status.health.status", ["Healthy"]), is: .healthy, .text("is healthy")),
                HealthRule.when(
                    .field("status.health.status", ["Degraded"]), .present("status.health.message"), is: .degraded,
                    .field("status.health.message")),
                HealthRule.when(.field("status.health.status", ["Degraded"]), is: .degraded, .text("is degraded")),
                HealthRule.when(.field("status.health.status", ["Suspended"]), is: .suspended, .text("is suspended")),
                HealthRule.when(.field("status.health.status", ["Missing"]), is: .missing, .text("is missing")),
                HealthRule.when(
                    .field("status.health.status", ["Progressing"]), is: .progressing, .text("is progressing")),
                HealthRule.when(.present("status.health.status"), is: .unknown, .phase("status.health.status")),
            ])
        ),
        (
            kinds("argoproj.io", "ApplicationSet"),
            HealthRule([
                HealthRule.when(.condition("ErrorOccurred", [.yes]), is: .degraded, .condition("ErrorOccurred")),
                HealthRule.when(
                    .condition("RolloutProgressing", [.yes]), is: .progressing, .condition("RolloutProgressing")),
                HealthRule.when(.condition("ResourcesUpToDate", [.yes]), is: .healthy, .text("is up to date")),
                HealthRule.when(
                    .condition("ResourcesUpToDate", [.no]), is: .progressing, .condition("ResourcesUpToDate")),
            ])
        ),
        (
            kinds(
                "argoproj.io", "AppProject", "WorkflowTemplate", "ClusterWorkflowTemplate", "AnalysisTemplate",
                "ClusterAnalysisTemplate"), .passive
        ),
        (
            kinds("argoproj.io", "Rollout"),
            .phase(
                healthy: ["Healthy"], progressing: ["Progressing"], degraded: ["Degraded"], suspended: ["Paused"],
                message: "status.message",
                first: [
                    HealthRule.when(.field("status.abort", ["true"]), is: .degraded, .text("was aborted")),
                    HealthRule.when(.condition("InvalidSpec", [.yes]), is: .degraded, .condition("InvalidSpec")),
                    HealthRule.when(
                        .condition("Progressing", [.no], reasons: ["ProgressDeadlineExceeded", "RolloutAborted"]),
                        is: .degraded, .condition("Progressing")),
                    HealthRule.when(
                        .field("spec.paused", ["true"]), is: .suspended, .text("is paused")),
                ])
        ),
        (
            kinds("argoproj.io", "AnalysisRun", "Experiment"),
            .phase(
                healthy: ["Successful"], progressing: ["Pending", "Running"], degraded: ["Failed", "Error"],
                suspended: ["Inconclusive"], message: "status.message")
        ),
        (
            kinds("argoproj.io", "Workflow"),
            .phase(
                healthy: ["Succeeded"], progressing: ["Pending", "Running", ""], degraded: ["Failed", "Error"],
                message: "status.message", suspendedBy: "spec.suspend")
        ),
        (
            kinds("argoproj.io", "CronWorkflow"),
            HealthRule(
                [
                    HealthRule.when(
                        .condition("SubmissionError", [.yes]), is: .degraded, .condition("SubmissionError")),
                    HealthRule.when(.condition("SpecError", [.yes]), is: .degraded, .condition("SpecError")),
                    HealthRule.when(.field("spec.suspend", ["true"]), is: .suspended, .text("is suspended")),
                ], otherwise: .healthy, "waits for its time")
        ),
        (kinds("argoproj.io", "EventBus"), .all("Configured", "Deployed")),
        (kinds("argoproj.io", "EventSource"), .all("SourcesProvided", "Deployed")),
        (kinds("argoproj.io", "Sensor"), .all("DependenciesProvided", "TriggersProvided", "Deployed")),
        (
            kinds("argoproj.io", "ArgoCD"),
            .phase(healthy: ["Available"], progressing: ["Pending"], degraded: ["Failed"])
        ),
    ]

    static let delivery: Family = [
        (
            kinds("flagger.app", "Canary"),
            .phase(
                healthy: ["Initialized", "Succeeded"],
                progressing: ["Initializing", "Progressing", "Promoting", "Finalising", "WaitingPromotion"],
                degraded: ["Failed", "Terminated"], suspended: ["Waiting"])
        ),
        (
            kinds("kargo.akuity.io", "Stage", "Warehouse"),
            HealthRule([
                HealthRule.when(.field("status.health.status", ["Healthy"]), is: .healthy, .text("is healthy")),
                HealthRule.when(.field("status.health.status", ["Unhealthy"]), is: .degraded, .text("is not healthy")),
                HealthRule.when(
                    .field("status.health.status", ["Progressing"]), is: .progressing, .text("is progressing")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
                HealthRule.when(.condition("Ready", [.no]), is: .progressing, .condition("Ready")),
            ])
        ),
        (
            kinds("kargo.akuity.io", "Promotion"),
            .phase(
                healthy: ["Succeeded"], progressing: ["Pending", "Running"],
                degraded: ["Failed", "Errored", "Aborted"],
                message: "status.message")
        ),
        (kinds("templates.weave.works", "GitOpsSet"), .ready(suspendedBy: "spec.suspend")),
        (
            kinds("rollouts.kruise.io", "Rollout"),
            .phase(
                healthy: ["Healthy", "Initial"], progressing: ["Progressing"], degraded: ["Terminating"],
                suspended: ["Disabled"])
        ),
    ]
}
