/// Databases, queues, storage, backups.
extension HealthRules {
    private static let strimzi = HealthRule([
        HealthRule.when(.condition("ReconciliationPaused", [.yes]), is: .suspended, .text("is paused")),
        HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
        HealthRule.when(
            .condition("NotReady", [.yes], reasons: ["Creating"]), is: .progressing, .condition("NotReady")),
        HealthRule.when(.condition("NotReady", [.yes]), is: .degraded, .condition("NotReady")),
        HealthRule.when(.condition("Ready", [.no]), is: .degraded, .condition("Ready")),
    ])

    static let streaming: Family = [
        (
            kinds(
                "kafka.strimzi.io", "Kafka", "KafkaTopic", "KafkaUser", "KafkaConnect", "KafkaConnector",
                "KafkaMirrorMaker2", "KafkaBridge"), strimzi
        ),
        (
            kinds("kafka.strimzi.io", "KafkaNodePool"),
            HealthRule(
                [
                    HealthRule.when(.condition("NotReady", [.yes]), is: .degraded, .condition("NotReady")),
                    HealthRule.when(.present("status.nodeIds"), is: .healthy, .text("has its nodes")),
                ])
        ),
        (
            kinds("kafka.strimzi.io", "KafkaRebalance"),
            HealthRule([
                HealthRule.when(.condition("NotReady", [.yes]), is: .degraded, .condition("NotReady")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is done")),
                HealthRule.when(.condition("ProposalReady", [.yes]), is: .suspended, .text("waits for approval")),
                HealthRule.when(.condition("Stopped", [.yes]), is: .suspended, .text("was stopped")),
                HealthRule.when(.condition("Rebalancing", [.yes]), is: .progressing, .text("is rebalancing")),
                HealthRule.when(.condition("PendingProposal", [.yes]), is: .progressing, .text("waits for a proposal")),
            ])
        ),
        (
            kinds("rabbitmq.com", "RabbitmqCluster"),
            HealthRule([
                HealthRule.when(.condition("ReconcileSuccess", [.no]), is: .degraded, .condition("ReconcileSuccess")),
                HealthRule.when(
                    .condition("AllReplicasReady", [.no]), is: .progressing, .condition("AllReplicasReady")),
                HealthRule.when(
                    .condition("ClusterAvailable", [.no]), is: .progressing, .condition("ClusterAvailable")),
                HealthRule.when(
                    .condition("AllReplicasReady", [.yes]), .condition("ClusterAvailable", [.yes]), is: .healthy,
                    .text("is available")),
            ])
        ),
        (kinds("rabbitmq.com", "Queue", "Exchange", "Binding", "User", "Vhost", "Policy", "Permission"), .ready()),
        (kinds("nats.io", "Stream", "Consumer"), .ready()),
        (kinds("jetstream.nats.io", "Stream", "Consumer", "KeyValue", "ObjectStore"), .ready(progressing: ["Pending"])),
        (
            kinds("pulsar.streamnative.io", "PulsarBroker", "PulsarProxy", "BookKeeperCluster", "ZooKeeperCluster"),
            .ready(no: .progressing)
        ),
    ]

    static let databases: Family = [
        (
            kinds("postgresql.cnpg.io", "Cluster"),
            HealthRule([
                HealthRule.when(.condition("cnpg.io/hibernation", [.yes]), is: .suspended, .text("hibernates")),
                HealthRule.when(
                    .field("status.phase", ["Cluster in healthy state"]), is: .healthy, .text("is healthy")),
                HealthRule.when(
                    .field(
                        "status.phase",
                        [
                            "Cluster is in an unrecoverable state, needs manual intervention",
                            "Unable to create required cluster objects", "Not enough disk space",
                            "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
                            "Cluster upgrade failed", "Failed to perform switchover",
                            "Cluster has incomplete or invalid image catalog",
                        ]), .present("status.phaseReason"), is: .degraded, .field("status.phaseReason")),
                HealthRule.when(
                    .field(
                        "status.phase",
                        [
                            "Cluster is in an unrecoverable state, needs manual intervention",
                            "Unable to create required cluster objects", "Not enough disk space",
                            "Cluster cannot proceed to reconciliation due to an unknown plugin being required",
                            "Cluster upgrade failed", "Failed to perform switchover",
                            "Cluster has incomplete or invalid image catalog",
                        ]), is: .degraded, .phase("status.phase")),
                HealthRule.when(
                    .field("status.phase", ["Waiting for user action"]), is: .suspended, .text("waits for a user")),
                HealthRule.when(.condition("Ready", [.yes]), .absent("status.phase"), is: .healthy, .text("is ready")),
                HealthRule.when(.present("status.phase"), is: .progressing, .phase("status.phase")),
            ])
        ),
        (
            kinds("postgresql.cnpg.io", "Backup"),
            .phase(
                healthy: ["completed"], progressing: ["", "pending", "started", "running", "finalizing"],
                degraded: ["failed", "walArchivingFailing"], message: "status.error")
        ),
        (
            kinds("postgresql.cnpg.io", "ScheduledBackup"),
            HealthRule(
                [HealthRule.when(.field("spec.suspend", ["true"]), is: .suspended, .text("is suspended"))],
                otherwise: .healthy, "waits for its time")
        ),
        (
            kinds("postgresql.cnpg.io", "Pooler"),
            HealthRule(
                [
                    HealthRule.when(
                        .fewer("status.instances", than: "spec.instances", missing: 1), is: .progressing,
                        .text("waits for its instances"))
                ],
                otherwise: .healthy, "has its instances")
        ),
        (
            kinds("postgresql.cnpg.io", "Database", "Publication", "Subscription"),
            HealthRule([
                HealthRule.when(.field("status.applied", ["true"]), is: .healthy, .text("is applied")),
                HealthRule.when(.field("status.applied", ["false"]), is: .degraded, .field("status.message")),
            ])
        ),
        (
            kinds("acid.zalan.do", "postgresql"),
            .phase(
                "status.PostgresClusterStatus", healthy: ["Running"], progressing: ["Creating", "Updating"],
                degraded: ["CreateFailed", "UpdateFailed", "AddFailed", "SyncFailed", "Invalid", "DeleteFailed"])
        ),
        (
            kinds("postgres-operator.crunchydata.com", "PostgresCluster"),
            HealthRule([
                HealthRule.when(.field("spec.shutdown", ["true"]), is: .suspended, .text("is shut down")),
                HealthRule.when(.condition("Progressing", [.no]), is: .degraded, .condition("Progressing")),
                HealthRule.when(
                    .every("status.instances", [.fewer("readyReplicas", than: "replicas", missing: 1)]),
                    is: .progressing, .text("waits for its replicas")),
                HealthRule.when(.present("status.instances"), is: .healthy, .text("has its instances")),
            ])
        ),
        (
            kinds("pxc.percona.com", "PerconaXtraDBCluster"), percona
        ),
        (kinds("psmdb.percona.com", "PerconaServerMongoDB"), percona),
        (kinds("pgv2.percona.com", "PerconaPGCluster"), percona),
        (
            kinds("mysql.oracle.com", "InnoDBCluster"),
            .phase(
                "status.cluster.status", healthy: ["ONLINE"],
                progressing: ["PENDING", "INITIALIZING", "ONLINE_PARTIAL"],
                degraded: ["OFFLINE", "NO_QUORUM", "ONLINE_UNCERTAIN", "UNKNOWN", "INVALID", "FINALIZING"])
        ),
        (
            kinds("k8s.mariadb.com", "MariaDB", "MaxScale", "Database", "User", "Grant", "Connection"),
            .ready(no: .progressing, degraded: ["Error", "Failed"])
        ),
        (
            kinds("mongodbcommunity.mongodb.com", "MongoDBCommunity"),
            .phase(healthy: ["Running"], progressing: ["Pending"], degraded: ["Failed"], message: "status.message")
        ),
        (
            kinds("mongodb.com", "MongoDB", "MongoDBMultiCluster", "MongoDBOpsManager", "MongoDBUser"),
            .phase(
                healthy: ["Running", "Updated"], progressing: ["Pending", "Reconciling"],
                degraded: ["Failed", "Unsupported"], message: "status.message")
        ),
        (kinds("atlas.mongodb.com", "AtlasProject", "AtlasDeployment", "AtlasDatabaseUser"), .ready(no: .progressing)),
        (
            kinds("redis.redis.opstreelabs.in", "RedisCluster"),
            .phase(
                "status.state", healthy: ["Ready"], progressing: ["Initializing", "Bootstrap"], degraded: ["Failed"],
                message: "status.reason")
        ),
        (kinds("databases.spotahome.com", "RedisFailover"), .passive),
        (
            kinds("app.redislabs.com", "RedisEnterpriseCluster"),
            .phase(
                "status.state", healthy: ["Running"],
                progressing: [
                    "PendingCreation", "BootstrappingFirstPod", "Initializing", "RecoveringFirstPod",
                    "RunningRollingUpgrade",
                ], degraded: ["ClusterRecovery", "Error", "Invalid", "InvalidLicense"])
        ),
        (
            kinds("k8s.elastic.co", "Elasticsearch", "Kibana", "Beat", "Agent", "ApmServer", "EnterpriseSearch"),
            HealthRule([
                HealthRule.when(.field("status.phase", ["Invalid"]), is: .degraded, .phase("status.phase")),
                HealthRule.when(
                    .field("status.phase", ["ApplyingChanges", "MigratingData"]), is: .progressing,
                    .phase("status.phase")),
                HealthRule.when(.field("status.health", ["green"]), is: .healthy, .text("is green")),
                HealthRule.when(.field("status.health", ["yellow"]), is: .progressing, .text("is yellow")),
                HealthRule.when(.field("status.health", ["red"]), is: .degraded, .text("is red")),
                HealthRule.when(.field("status.health", ["unknown"]), is: .progressing, .text("is not known yet")),
            ])
        ),
        (
            kinds("opensearch.opster.io", "OpenSearchCluster"),
            .phase(
                healthy: ["RUNNING"], progressing: ["PENDING"], degraded: ["UPGRADING FAILED"],
                first: [
                    HealthRule.when(.field("status.health", ["red"]), is: .degraded, .text("is red")),
                    HealthRule.when(.field("status.health", ["yellow"]), is: .progressing, .text("is yellow")),
                ])
        ),
        (
            kinds("clickhouse.altinity.com", "ClickHouseInstallation", "ClickHouseKeeperInstallation"),
            .phase(
                "status.status", healthy: ["Completed"], progressing: ["InProgress"], degraded: ["Aborted"],
                suspended: ["Stopped"], message: "status.error")
        ),
        (
            kinds("cassandra.datastax.com", "CassandraDatacenter"),
            .ready(
                no: .progressing,
                first: [
                    HealthRule.when(.condition("Valid", [.no]), is: .degraded, .condition("Valid")),
                    HealthRule.when(.condition("Stopped", [.yes]), is: .suspended, .text("is stopped")),
                ])
        ),
        (
            kinds("minio.min.io", "Tenant"),
            HealthRule([
                HealthRule.when(.field("status.healthStatus", ["red"]), is: .degraded, .text("is red")),
                HealthRule.when(.field("status.healthStatus", ["yellow"]), is: .degraded, .text("is yellow")),
                HealthRule.when(.field("status.currentState", ["Initialized"]), is: .healthy, .text("is initialized")),
                HealthRule.when(.present("status.currentState"), is: .progressing, .field("status.currentState")),
            ])
        ),
        (
            kinds("solr.apache.org", "SolrCloud"),
            HealthRule(
                [
                    HealthRule.when(
                        .fewer("status.readyReplicas", than: "spec.replicas", missing: 1), is: .progressing,
                        .text("waits for its replicas"))
                ], otherwise: .healthy, "has its replicas")
        ),
    ]

    private static let percona = HealthRule.phase(
        "status.state", healthy: ["ready"], progressing: ["initializing", "stopping", "unknown"], degraded: ["error"],
        suspended: ["paused"])

    static let backups: Family = [
        (
            kinds(
                "velero.io", "Backup", "Restore", "PodVolumeBackup", "PodVolumeRestore", "DataUpload", "DataDownload"),
            .phase(
                healthy: ["Completed"],
                progressing: [
                    "New", "InProgress", "Accepted", "Prepared", "WaitingForPluginOperations", "Finalizing",
                    "Uploading",
                    "WaitingForPluginOperationsPartiallyFailed", "FinalizingPartiallyFailed", "Canceling",
                ],
                degraded: ["Failed", "PartiallyFailed", "FailedValidation", "Canceled"], message: "status.failureReason"
            )
        ),
        (
            kinds("velero.io", "Schedule"),
            .phase(
                healthy: ["Enabled"], progressing: ["New"], degraded: ["FailedValidation"], suspendedBy: "spec.paused")
        ),
        (
            kinds("velero.io", "BackupStorageLocation", "VolumeSnapshotLocation"),
            .phase(healthy: ["Available"], degraded: ["Unavailable"], message: "status.message")
        ),
        (
            kinds("velero.io", "BackupRepository"),
            .phase(healthy: ["Ready"], progressing: ["New"], degraded: ["NotReady"], message: "status.message")
        ),
        (
            kinds("volsync.backube", "ReplicationSource", "ReplicationDestination"),
            HealthRule(
                [
                    HealthRule.when(
                        .condition("Synchronizing", [.no], reasons: ["Error"]), is: .degraded,
                        .condition("Synchronizing")),
                    HealthRule.when(.field("spec.paused", ["true"]), is: .suspended, .text("is paused")),
                    HealthRule.when(
                        .field("status.latestMoverStatus.result", ["Failed"]), is: .degraded,
                        .text("its last copy failed")),
                    HealthRule.when(.condition("Synchronizing", [.yes]), is: .progressing, .condition("Synchronizing")),
                ], otherwise: .healthy, "waits for its time")
        ),
        (
            kinds("snapshot.storage.k8s.io", "VolumeSnapshot", "VolumeSnapshotContent"),
            HealthRule([
                HealthRule.when(.field("status.readyToUse", ["true"]), is: .healthy, .text("is ready to use")),
                HealthRule.when(.present("status.error.message"), is: .degraded, .field("status.error.message")),
            ])
        ),
        (kinds("snapshot.storage.k8s.io", "VolumeSnapshotClass"), .passive),
        (
            kinds("stash.appscode.com", "BackupConfiguration", "BackupSession", "RestoreSession"),
            .phase(
                healthy: ["Ready", "Succeeded"], progressing: ["Pending", "Running", "NotReady"],
                degraded: ["Failed", "Invalid", "Unknown"], suspended: ["Skipped"])
        ),
        (
            kinds("k8up.io", "Backup", "Restore", "Prune", "Check", "Archive"),
            HealthRule([
                HealthRule.when(
                    .condition("Completed", [.yes], reasons: ["Failed"]), is: .degraded, .condition("Completed")),
                HealthRule.when(.condition("Completed", [.yes]), is: .healthy, .text("is complete")),
            ])
        ),
    ]

    static let storage: Family = [
        (
            kinds("longhorn.io", "Volume"),
            HealthRule([
                HealthRule.when(.field("status.robustness", ["faulted"]), is: .degraded, .text("is faulted")),
                HealthRule.when(
                    .field("status.robustness", ["degraded"]), is: .degraded, .text("has too few replicas")),
                HealthRule.when(.field("status.robustness", ["healthy"]), is: .healthy, .text("is healthy")),
                HealthRule.when(.field("status.state", ["detached"]), is: .healthy, .text("is detached")),
                HealthRule.when(.present("status.state"), is: .progressing, .field("status.state")),
            ])
        ),
        (
            kinds("longhorn.io", "Engine", "Replica"),
            .phase(
                "status.currentState", healthy: ["running", "stopped"], progressing: ["starting", "stopping"],
                degraded: ["error", "unknown"])
        ),
        (kinds("longhorn.io", "Node"), .ready()),
        (
            kinds("longhorn.io", "Backup", "BackupVolume", "SystemBackup"),
            .phase(
                "status.state", healthy: ["Completed", "Ready"],
                progressing: ["", "New", "Pending", "InProgress", "Uploading", "Generating"],
                degraded: ["Error", "Unknown"], message: "status.error")
        ),
        (
            kinds("longhorn.io", "BackupTarget"),
            HealthRule(
                [
                    HealthRule.when(.field("status.available", ["true"]), is: .healthy, .text("is available")),
                    HealthRule.when(
                        .field("status.available", ["false"]), .present("spec.backupTargetURL"), is: .degraded,
                        .condition("Unavailable")),
                ], otherwise: .healthy, "names no target")
        ),
        (
            kinds("ceph.rook.io", "CephCluster"),
            HealthRule([
                HealthRule.when(.field("status.phase", ["Failure"]), is: .degraded, .field("status.message")),
                HealthRule.when(
                    .field("status.ceph.health", ["HEALTH_ERR"]), is: .degraded, .text("Ceph says HEALTH_ERR")),
                HealthRule.when(
                    .field("status.phase", ["Progressing", "Connecting", "Updating"]), is: .progressing,
                    .phase("status.phase")),
                HealthRule.when(
                    .field("status.ceph.health", ["HEALTH_OK"]), is: .healthy, .text("Ceph says HEALTH_OK")),
                // A warning keeps serving: what waits for the cluster may go on.
                HealthRule.when(
                    .field("status.ceph.health", ["HEALTH_WARN"]), is: .healthy, .text("Ceph says HEALTH_WARN")),
                HealthRule.when(.field("status.phase", ["Ready", "Connected"]), is: .healthy, .phase("status.phase")),
            ])
        ),
        (
            kinds(
                "ceph.rook.io", "CephBlockPool", "CephFilesystem", "CephObjectStore", "CephObjectStoreUser",
                "CephFilesystemSubVolumeGroup", "CephClient", "CephNFS", "CephRBDMirror"),
            .phase(
                healthy: ["Ready", "Connected", "Created"],
                progressing: ["Progressing", "Connecting", "Pending", "DeletionIsBlocked"],
                degraded: ["Failure", "ReconcileFailed"], message: "status.message")
        ),
        (
            kinds("objectbucket.io", "ObjectBucketClaim", "ObjectBucket"),
            .phase(healthy: ["Bound", "bound"], progressing: ["Pending", "pending"], degraded: ["Failed", "Lost"])
        ),
        (
            kinds("openebs.io", "DiskPool"),
            .phase(
                "status.pool_status", healthy: ["Online"], progressing: ["Unknown"], degraded: ["Degraded", "Faulted"])
        ),
        (
            kinds("topolvm.io", "LogicalVolume"),
            HealthRule(
                [HealthRule.when(.present("status.message"), is: .degraded, .field("status.message"))],
                otherwise: .healthy, "is in place")
        ),
    ]
}
