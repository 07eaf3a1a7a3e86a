/// Clusters, clouds, operators, secrets, policies, machines.
extension HealthRules {
    static let managed = HealthRule([
        HealthRule.when(.condition("Synced", [.no]), is: .degraded, .condition("Synced")),
        HealthRule.when(.condition("LastAsyncOperation", [.no]), is: .degraded, .condition("LastAsyncOperation")),
        HealthRule.when(.condition("Ready", [.no], reasons: ["Creating"]), is: .progressing, .condition("Ready")),
        HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
        HealthRule.when(
            .condition("Ready", [.no], reasons: ["Unavailable", "Deleting"]), is: .degraded, .condition("Ready")),
        HealthRule.when(.condition("Ready", [.no, .unknown]), is: .progressing, .condition("Ready")),
        HealthRule.when(.condition("Synced", [.yes]), is: .progressing, .text("is synced and not ready yet")),
    ])

    static let crossplane: Family = [
        (
            kinds("pkg.crossplane.io", "Provider", "Configuration", "Function"),
            HealthRule([
                HealthRule.when(
                    .condition("Installed", [.no], reasons: ["UnpackingPackage"]), is: .progressing,
                    .condition("Installed")),
                HealthRule.when(.condition("Installed", [.no]), is: .degraded, .condition("Installed")),
                HealthRule.when(.condition("Healthy", [.no]), is: .degraded, .condition("Healthy")),
                HealthRule.when(.condition("Healthy", [.unknown]), is: .progressing, .condition("Healthy")),
                HealthRule.when(
                    .condition("Installed", [.yes]), .condition("Healthy", [.yes]), is: .healthy,
                    .text("is installed and healthy")),
            ])
        ),
        (
            kinds("pkg.crossplane.io", "ProviderRevision", "ConfigurationRevision", "FunctionRevision"),
            HealthRule([
                HealthRule.when(.field("spec.desiredState", ["Inactive"]), is: .healthy, .text("is not in use")),
                HealthRule.when(.condition("Healthy", [.yes]), is: .healthy, .text("is healthy")),
                HealthRule.when(.condition("RevisionHealthy", [.yes]), is: .healthy, .text("is healthy")),
                HealthRule.when(.condition("Healthy", [.no]), is: .degraded, .condition("Healthy")),
                HealthRule.when(.condition("RevisionHealthy", [.no]), is: .degraded, .condition("RevisionHealthy")),
            ])
        ),
        (
            kinds("apiextensions.crossplane.io", "CompositeResourceDefinition"),
            HealthRule([
                HealthRule.when(.condition("Established", [.yes]), is: .healthy, .text("is established")),
                HealthRule.when(
                    .condition(
                        "Established", [.no], reasons: ["WatchingCompositeResource", "TerminatingCompositeResource"]),
                    is: .progressing, .condition("Established")),
                HealthRule.when(.condition("Established", [.no]), is: .degraded, .condition("Established")),
            ])
        ),
        (kinds("apiextensions.crossplane.io", "Composition", "CompositionRevision"), .passive),
        (kinds("pkg.crossplane.io", "ControllerConfig", "DeploymentRuntimeConfig", "ImageConfig"), .passive),
    ]

    private static func capi(_ healthy: [String], _ progressing: [String]) -> HealthRule {
        .phase(
            healthy: healthy, progressing: progressing, degraded: ["Failed", "Unknown"],
            message: "status.failureMessage",
            suspendedBy: "spec.paused",
            first: [
                HealthRule.when(
                    .present("status.failureReason"), .present("status.failureMessage"), is: .degraded,
                    .field("status.failureMessage")),
                HealthRule.when(
                    .condition("Ready", [.no]), .field("status.phase", healthy), is: .progressing, .condition("Ready")),
            ])
    }

    static let clusters: Family = [
        (kinds("cluster.x-k8s.io", "Cluster"), capi(["Provisioned"], ["Pending", "Provisioning", "Deleting"])),
        (
            kinds("cluster.x-k8s.io", "Machine"),
            capi(["Running"], ["Pending", "Provisioning", "Provisioned", "Deleting", "Updating"])
        ),
        (
            kinds("cluster.x-k8s.io", "MachinePool"),
            capi(["Running"], ["Pending", "Provisioning", "Provisioned", "Scaling", "ScalingUp", "ScalingDown"])
        ),
        (
            kinds("cluster.x-k8s.io", "MachineDeployment", "MachineSet"),
            capi(["Running"], ["ScalingUp", "ScalingDown", "Pending"])
        ),
        (
            kinds("cluster.x-k8s.io", "MachineHealthCheck"),
            HealthRule(
                [
                    HealthRule.when(
                        .condition("RemediationAllowed", [.no]), is: .degraded, .condition("RemediationAllowed")),
                    HealthRule.when(
                        .fewer("status.currentHealthy", than: "status.expectedMachines", missing: 0), is: .progressing,
                        .text("watches machines that are not healthy")),
                ], otherwise: .healthy, "watches")
        ),
        (kinds("cluster.x-k8s.io", "ClusterClass"), .passive),
        (
            kinds("controlplane.cluster.x-k8s.io", "KubeadmControlPlane"),
            .ready(
                no: .progressing, degraded: ["ScalingFailed"],
                first: [
                    HealthRule.when(.present("status.failureMessage"), is: .degraded, .field("status.failureMessage"))
                ])
        ),
        (
            kinds("bootstrap.cluster.x-k8s.io", "KubeadmConfig"),
            .ready(
                no: .progressing,
                first: [
                    HealthRule.when(.present("status.failureMessage"), is: .degraded, .field("status.failureMessage"))
                ])
        ),
        (kinds("addons.cluster.x-k8s.io", "ClusterResourceSet"), .ready("ResourcesApplied")),
        (kinds("addons.cluster.x-k8s.io", "HelmChartProxy", "HelmReleaseProxy"), .ready()),
        (
            kinds("provisioning.cattle.io", "Cluster"),
            HealthRule([
                HealthRule.when(.condition("Stalled", [.yes]), is: .degraded, .condition("Stalled")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
                HealthRule.when(.condition("Ready", [.no, .unknown]), is: .progressing, .condition("Ready")),
            ])
        ),
        (
            kinds("fleet.cattle.io", "GitRepo", "Bundle"),
            .ready(
                no: .progressing, degraded: ["ErrApplied"], suspendedBy: "spec.paused",
                first: [
                    HealthRule.when(.condition("Stalled", [.yes]), is: .degraded, .condition("Stalled"))
                ])
        ),
        (
            kinds("infrastructure.cluster.x-k8s.io", "*"),
            .ready(
                no: .progressing,
                first: [
                    HealthRule.when(.present("status.failureMessage"), is: .degraded, .field("status.failureMessage")),
                    HealthRule.when(
                        .field("status.ready", ["true"]), .noCondition("Ready"), is: .healthy, .text("is ready")),
                ])
        ),
        (kinds("vcluster.com", "VirtualCluster"), .ready()),
        (
            kinds("hypershift.openshift.io", "HostedCluster"),
            HealthRule([
                HealthRule.when(.condition("Degraded", [.yes]), is: .degraded, .condition("Degraded")),
                HealthRule.when(.condition("Available", [.yes]), is: .healthy, .text("is available")),
                HealthRule.when(.condition("Available", [.no]), is: .progressing, .condition("Available")),
            ])
        ),
    ]

    static let secrets: Family = [
        (
            kinds("external-secrets.io", "ExternalSecret", "ClusterExternalSecret", "PushSecret"),
            .ready(first: [
                HealthRule.when(.condition("Deleted", [.yes]), is: .degraded, .condition("Deleted"))
            ])
        ),
        (kinds("external-secrets.io", "SecretStore", "ClusterSecretStore"), .ready()),
        (
            kinds("bitnami.com", "SealedSecret"),
            HealthRule(
                [
                    HealthRule.when(.condition("Synced", [.no]), is: .degraded, .condition("Synced")),
                    HealthRule.when(.condition("Synced", [.yes]), is: .healthy, .text("is unsealed")),
                ], otherwise: .healthy, "is in place")
        ),
        (
            kinds(
                "secrets.hashicorp.com", "VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret", "VaultConnection",
                "VaultAuth", "HCPVaultSecretsApp"),
            HealthRule([
                HealthRule.when(
                    .anyCondition([.no], except: []), is: .degraded, .text("its last synchronization failed")),
                HealthRule.when(.field("status.valid", ["false"]), is: .degraded, .field("status.error")),
                HealthRule.when(.field("status.valid", ["true"]), is: .healthy, .text("is valid")),
                HealthRule.when(.present("status.secretMAC"), is: .healthy, .text("is synchronized")),
                HealthRule.when(.present("status.lastGeneration"), is: .healthy, .text("is synchronized")),
            ])
        ),
        (
            kinds("isindir.github.com", "SopsSecret"),
            .phase(
                "status.message", healthy: ["Healthy"], progressing: ["New"],
                degraded: ["Decryption error", "Parsing error"])
        ),
        (
            kinds("redhatcop.redhat.io", "VaultSecret", "NamespaceConfig"),
            HealthRule([
                HealthRule.when(.condition("ReconcileError", [.yes]), is: .degraded, .condition("ReconcileError")),
                HealthRule.when(.condition("ReconcileSuccess", [.yes]), is: .healthy, .text("is reconciled")),
            ])
        ),
        (kinds("onepassword.com", "OnePasswordItem"), .ready()),
        (kinds("secrets-store.csi.x-k8s.io", "SecretProviderClass"), .passive),
    ]

    static let operators: Family = [
        (
            kinds("operators.coreos.com", "ClusterServiceVersion"),
            .phase(
                healthy: ["Succeeded"],
                progressing: ["", "Pending", "InstallReady", "Installing", "Replacing", "Deleting"],
                degraded: ["Failed", "Unknown"], message: "status.message")
        ),
        (
            kinds("operators.coreos.com", "Subscription"),
            HealthRule([
                HealthRule.when(
                    .condition("CatalogSourcesUnhealthy", [.yes]), is: .degraded, .condition("CatalogSourcesUnhealthy")),
                HealthRule.when(
                    .condition("InstallPlanFailed", [.yes]), is: .degraded, .condition("InstallPlanFailed")),
                HealthRule.when(.condition("ResolutionFailed", [.yes]), is: .degraded, .condition("ResolutionFailed")),
                HealthRule.when(
                    .condition("InstallPlanPending", [.yes], reasons: ["RequiresApproval"]), is: .suspended,
                    .text("waits for approval")),
                HealthRule.when(
                    .condition("InstallPlanPending", [.yes]), is: .progressing, .condition("InstallPlanPending")),
                HealthRule.when(
                    .field("status.state", ["AtLatestKnown", "UpgradeAvailable"]), is: .healthy, .phase("status.state")),
            ])
        ),
        (
            kinds("operators.coreos.com", "InstallPlan"),
            .phase(
                healthy: ["Complete"], progressing: ["Planning", "Installing", ""], degraded: ["Failed"],
                suspended: ["RequiresApproval"], message: "status.message")
        ),
        (
            kinds("operators.coreos.com", "CatalogSource"),
            .phase(
                "status.connectionState.lastObservedState", healthy: ["READY"], progressing: ["CONNECTING", "IDLE"],
                degraded: ["TRANSIENT_FAILURE", "SHUTDOWN"])
        ),
        (kinds("operators.coreos.com", "OperatorGroup"), .passive),
        (kinds("olm.operatorframework.io", "ClusterExtension"), .ready("Installed", progressing: ["Absent"])),
        (
            kinds("helm.cattle.io", "HelmChart"),
            HealthRule(
                [
                    HealthRule.when(.condition("Failed", [.yes]), is: .degraded, .condition("Failed"))
                ], otherwise: .healthy, "is in place")
        ),
        (
            kinds("apps.open-cluster-management.io", "Subscription", "Placement"),
            .phase(
                healthy: ["Propagated", "Subscribed"], progressing: [""], degraded: ["Failed", "PropagationFailed"],
                message: "status.reason")
        ),
        (kinds("work.open-cluster-management.io", "ManifestWork"), .all("Applied", "Available", no: .progressing)),
        (kinds("cluster.open-cluster-management.io", "ManagedCluster"), .ready("ManagedClusterConditionAvailable")),
        (
            kinds("config.openshift.io", "ClusterOperator"),
            HealthRule([
                HealthRule.when(.condition("Degraded", [.yes]), is: .degraded, .condition("Degraded")),
                HealthRule.when(.condition("Available", [.no]), is: .degraded, .condition("Available")),
                HealthRule.when(.condition("Progressing", [.yes]), is: .progressing, .condition("Progressing")),
                HealthRule.when(.condition("Available", [.yes]), is: .healthy, .text("is available")),
            ])
        ),
        (
            kinds("route.openshift.io", "Route"),
            HealthRule([
                HealthRule.when(
                    .some("status.ingress", [.condition("Admitted", [.no])]), is: .degraded,
                    .some("status.ingress", condition: "Admitted", field: nil)),
                HealthRule.when(
                    .every("status.ingress", [.condition("Admitted", [.yes])]), is: .healthy, .text("is admitted")),
            ])
        ),
        (
            kinds("apps.openshift.io", "DeploymentConfig"),
            HealthRule([
                HealthRule.when(.condition("Progressing", [.no]), is: .degraded, .condition("Progressing")),
                HealthRule.when(
                    .fewer("status.updatedReplicas", than: "spec.replicas", missing: 0), is: .progressing,
                    .text("is being updated")),
                HealthRule.when(.condition("Available", [.yes]), is: .healthy, .text("is available")),
            ])
        ),
        (
            kinds("build.openshift.io", "Build"),
            .phase(
                healthy: ["Complete"], progressing: ["New", "Pending", "Running"],
                degraded: ["Failed", "Error", "Cancelled"], message: "status.message")
        ),
    ]

    static let policies: Family = [
        (
            kinds("kyverno.io", "ClusterPolicy", "Policy"),
            .ready(
                no: .progressing, degraded: ["Failed"],
                first: [
                    HealthRule.when(
                        .field("status.ready", ["true"]), .noCondition("Ready"), is: .healthy, .text("is ready"))
                ])
        ),
        (
            kinds(
                "policies.kyverno.io", "ValidatingPolicy", "MutatingPolicy", "ImageValidatingPolicy", "GeneratingPolicy"
            ),
            HealthRule([
                HealthRule.when(.field("status.conditionStatus.ready", ["true"]), is: .healthy, .text("is ready")),
                HealthRule.when(
                    .field("status.conditionStatus.ready", ["false"]), is: .progressing,
                    .field("status.conditionStatus.message")),
            ])
        ),
        (kinds("wgpolicyk8s.io", "PolicyReport", "ClusterPolicyReport"), .passive),
        (
            kinds("templates.gatekeeper.sh", "ConstraintTemplate"),
            HealthRule([
                HealthRule.when(.some("status.byPod", [.present("errors")]), is: .degraded, .text("does not compile")),
                HealthRule.when(.field("status.created", ["true"]), is: .healthy, .text("is created")),
            ])
        ),
        (
            kinds("constraints.gatekeeper.sh", "*"),
            HealthRule([
                HealthRule.when(.some("status.byPod", [.present("errors")]), is: .degraded, .text("is not enforced")),
                HealthRule.when(
                    .every("status.byPod", [.field("enforced", ["true"])]), is: .healthy, .text("is enforced")),
            ])
        ),
        (
            kinds("policies.kubewarden.io", "ClusterAdmissionPolicy", "AdmissionPolicy"),
            .phase(
                "status.policyStatus", healthy: ["active"], progressing: ["unscheduled", "scheduled", "pending"],
                degraded: ["error"])
        ),
        (kinds("policy.sigstore.dev", "ClusterImagePolicy"), .ready()),
        (kinds("projectcalico.org", "*"), .passive),
        (kinds("crd.projectcalico.org", "*"), .passive),
    ]

    static let machines: Family = [
        (
            kinds("kubevirt.io", "VirtualMachine"),
            HealthRule([
                HealthRule.when(.field("status.printableStatus", ["Running"]), is: .healthy, .text("is running")),
                HealthRule.when(
                    .field("status.printableStatus", ["Stopped", "Paused"]), is: .suspended,
                    .phase("status.printableStatus")),
                HealthRule.when(
                    .field(
                        "status.printableStatus",
                        [
                            "CrashLoopBackOff", "ErrorUnschedulable", "ErrImagePull", "ImagePullBackOff",
                            "ErrorPvcNotFound", "DataVolumeError", "ErrorDataVolumeNotFound",
                        ]), is: .degraded, .phase("status.printableStatus")),
                HealthRule.when(.condition("Failure", [.yes]), is: .degraded, .condition("Failure")),
                HealthRule.when(.present("status.printableStatus"), is: .progressing, .phase("status.printableStatus")),
            ])
        ),
        (
            kinds("kubevirt.io", "VirtualMachineInstance"),
            .phase(
                healthy: ["Running", "Succeeded"],
                progressing: ["Pending", "Scheduling", "Scheduled", "WaitingForSync"], degraded: ["Failed", "Unknown"])
        ),
        (
            kinds("kubevirt.io", "KubeVirt"),
            .phase(healthy: ["Deployed"], progressing: ["Deploying", "Deleting"], degraded: ["Deleted", "Error"])
        ),
        (
            kinds("cdi.kubevirt.io", "DataVolume"),
            .phase(
                healthy: ["Succeeded"],
                progressing: [
                    "", "Pending", "PVCBound", "ImportScheduled", "ImportInProgress", "CloneScheduled",
                    "CloneInProgress", "UploadScheduled", "UploadReady", "WaitForFirstConsumer", "PendingPopulation",
                    "CSICloneInProgress", "SnapshotForSmartCloneInProgress",
                ], degraded: ["Failed", "Unknown"], suspended: ["Paused"])
        ),
        (
            kinds("metal3.io", "BareMetalHost"),
            HealthRule([
                HealthRule.when(
                    .field("status.operationalStatus", ["error"]), is: .degraded, .field("status.errorMessage")),
                HealthRule.when(.field("status.operationalStatus", ["detached"]), is: .suspended, .text("is detached")),
                HealthRule.when(
                    .field("status.provisioning.state", ["available", "provisioned", "externally provisioned"]),
                    is: .healthy, .phase("status.provisioning.state")),
                HealthRule.when(
                    .present("status.provisioning.state"), is: .progressing, .phase("status.provisioning.state")),
            ])
        ),
        (
            kinds("nvidia.com", "ClusterPolicy"),
            .phase("status.state", healthy: ["ready"], progressing: ["notReady"], degraded: ["ignored"])
        ),
        (
            kinds("upgrade.cattle.io", "Plan"),
            HealthRule([
                HealthRule.when(.condition("Complete", [.yes]), is: .healthy, .text("is complete")),
                HealthRule.when(.condition("Validated", [.no]), is: .degraded, .condition("Validated")),
                HealthRule.when(.condition("LatestResolved", [.no]), is: .degraded, .condition("LatestResolved")),
            ])
        ),
    ]

    static let controllersForAWS = HealthRule([
        HealthRule.when(.condition("ACK.Terminal", [.yes]), is: .degraded, .condition("ACK.Terminal")),
        HealthRule.when(.condition("ACK.Recoverable", [.yes]), is: .progressing, .condition("ACK.Recoverable")),
        HealthRule.when(.condition("ACK.ResourceSynced", [.yes]), is: .healthy, .text("is synced")),
        HealthRule.when(
            .condition("ACK.ResourceSynced", [.no, .unknown]), is: .progressing, .condition("ACK.ResourceSynced")),
    ])

    static let configConnector = HealthRule.ready(
        progressing: ["Updating", "Creating", "DependencyNotReady", "DependencyNotFound", "Deleting"])

    static let serviceOperator = HealthRule.ready(
        progressing: ["Reconciling", "WaitingForOwner", "OwnerNotFound", "ReferenceNotFound", "AzureResourceNotFound"])

    static let clouds: Family = [
        (kinds("compute.gcp.crossplane.io", "*"), managed),
        (
            kinds("app.terraform.io", "Workspace", "Module", "AgentPool"),
            HealthRule([
                HealthRule.when(
                    .field("status.runStatus", ["applied", "planned_and_finished"]), is: .healthy,
                    .phase("status.runStatus")),
                HealthRule.when(
                    .field("status.runStatus", ["errored", "canceled", "discarded"]), is: .degraded,
                    .phase("status.runStatus")),
                HealthRule.when(
                    .present("status.workspaceID"), .absent("status.runStatus"), is: .healthy, .text("is there")),
                HealthRule.when(.present("status.runStatus"), is: .progressing, .phase("status.runStatus")),
            ])
        ),
        (
            kinds("pulumi.com", "Stack"),
            HealthRule([
                HealthRule.when(
                    .field("status.lastUpdate.state", ["failed"]), is: .degraded, .text("its last update failed")),
                HealthRule.when(.condition("Stalled", [.yes]), is: .degraded, .condition("Stalled")),
                HealthRule.when(.condition("Reconciling", [.yes]), is: .progressing, .condition("Reconciling")),
                HealthRule.when(.field("status.lastUpdate.state", ["succeeded"]), is: .healthy, .text("is up to date")),
            ])
        ),
    ]
}
