import Documents
import Kubernetes
import Testing

@testable import Health

private func deployment(_ status: String, spec: String = #""replicas":3"#, generation: Int = 2) -> HealthCaseBody {
    #""metadata":{"name":"a","generation":\#(generation)},"spec":{\#(spec)},"status":{\#(status)}"#
}

private typealias HealthCaseBody = String
private let done = #""observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":3,"readyReplicas":3"#
private let set = #""metadata":{"name":"a","generation":1}"#
private func pod(_ status: String, spec: String = "") -> String { #""spec":{\#(spec)},"status":{\#(status)}"# }
private func waiting(_ reason: String, _ more: String = "") -> String {
    #""phase":"Pending","containerStatuses":[{"name":"web","state":{"waiting":{"reason":"\#(reason)","message":"why"}}\#(more)}]"#
}

@Suite struct BuiltInHealthTests {
    private static let workloads: [HealthCase] = [
        .init("apps/v1/Deployment", deployment(""), .progressing, says: "observed"),
        .init("apps/v1/Deployment", deployment(#""observedGeneration":1"#), .progressing, says: "generation 2"),
        .init("apps/v1/Deployment", deployment(done), .healthy, says: "3 of 3"),
        .init(
            "apps/v1/Deployment", deployment(#""observedGeneration":2,"replicas":3,"updatedReplicas":2"#), .progressing,
            says: "2 of 3 replicas are updated"),
        .init(
            "apps/v1/Deployment", deployment(#""observedGeneration":2,"replicas":4,"updatedReplicas":3"#), .progressing,
            says: "1 old"),
        .init(
            "apps/v1/Deployment", deployment(#""observedGeneration":2,"replicas":4,"updatedReplicas":4"#), .progressing,
            says: "to be ended"),
        .init(
            "apps/v1/Deployment",
            deployment(#""observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":1"#), .progressing,
            says: "1 of 3 replicas are available"),
        .init(
            "apps/v1/Deployment",
            deployment(
                #""observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":3,"readyReplicas":2"#),
            .progressing, says: "ready"),
        .init(
            "apps/v1/Deployment",
            deployment(done + #","conditions":[{"type":"Available","status":"False","message":"too few"}]"#),
            .progressing, says: "too few"),
        .init(
            "apps/v1/Deployment",
            deployment(
                done + #","conditions":[{"type":"Progressing","status":"True","reason":"NewReplicaSetCreated"}]"#),
            .progressing),
        .init(
            "apps/v1/Deployment",
            deployment(
                done + #","conditions":[{"type":"Progressing","status":"True","reason":"NewReplicaSetAvailable"}]"#),
            .healthy),
        .init(
            "apps/v1/Deployment",
            deployment(
                #""observedGeneration":2,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"timed out"}]"#
            ), .degraded, says: "timed out"),
        .init(
            "apps/v1/Deployment",
            deployment(
                #""observedGeneration":2,"conditions":[{"type":"ReplicaFailure","status":"True","message":"quota"}]"#),
            .progressing, says: "quota"),
        .init(
            "apps/v1/Deployment", deployment(done, spec: #""replicas":3,"paused":true"#), .suspended, says: "paused"),
        .init("apps/v1/Deployment", deployment(#""observedGeneration":2"#, spec: #""replicas":0"#), .healthy),
        .init("apps/v1/Deployment", deployment(#""observedGeneration":2"#, spec: ""), .progressing, says: "0 of 1"),
        .init(
            "apps/v1/ReplicaSet",
            set + #","status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"availableReplicas":1}"#, .healthy),
        .init(
            "apps/v1/ReplicaSet",
            set
                + #","status":{"observedGeneration":1,"replicas":1,"fullyLabeledReplicas":0,"readyReplicas":1,"availableReplicas":1}"#,
            .progressing, says: "labelled"),
        .init(
            "apps/v1/ReplicaSet",
            set + #","status":{"observedGeneration":1,"replicas":2,"readyReplicas":1,"availableReplicas":1}"#,
            .progressing),
        .init(
            "apps/v1/ReplicaSet", set + "," + conditions("ReplicaFailure=True:FailedCreate:forbidden"), .degraded,
            says: "forbidden"),
        .init("apps/v1/ReplicaSet", set, .progressing),
        .init(
            "v1/ReplicationController",
            set
                + #","spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"readyReplicas":1,"availableReplicas":1}"#,
            .progressing),
        .init(
            "apps/v1/StatefulSet",
            set
                + #","status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"currentRevision":"x","updateRevision":"x"}"#,
            .healthy),
        .init(
            "apps/v1/StatefulSet",
            set
                + #","status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"currentRevision":"x","updateRevision":"y"}"#,
            .progressing),
        .init(
            "apps/v1/StatefulSet",
            set
                + #","spec":{"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":2}}},"status":{"observedGeneration":1,"replicas":3,"readyReplicas":3,"updatedReplicas":1,"currentRevision":"x","updateRevision":"y"}"#,
            .healthy, says: "partition"),
        .init(
            "apps/v1/StatefulSet",
            set
                + #","spec":{"replicas":3,"updateStrategy":{"rollingUpdate":{"partition":1}}},"status":{"observedGeneration":1,"replicas":3,"readyReplicas":3,"updatedReplicas":1}"#,
            .progressing),
        .init(
            "apps/v1/StatefulSet",
            set
                + #","spec":{"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"currentRevision":"x","updateRevision":"y"}"#,
            .healthy, says: "deleted"),
        .init("apps/v1/StatefulSet", set, .progressing),
        .init(
            "apps/v1/StatefulSet", set + #","spec":{"replicas":2},"status":{"observedGeneration":1,"readyReplicas":1}"#,
            .progressing, says: "1 of 2"),
        .init(
            "apps/v1/DaemonSet",
            set + #","status":{"observedGeneration":1,"desiredNumberScheduled":1,"currentNumberScheduled":1}"#,
            .progressing, says: "updated"),
        .init(
            "apps/v1/DaemonSet",
            set
                + #","status":{"observedGeneration":1,"desiredNumberScheduled":1,"currentNumberScheduled":1,"updatedNumberScheduled":1,"numberAvailable":1,"numberReady":1}"#,
            .healthy),
        .init(
            "apps/v1/DaemonSet",
            set
                + #","spec":{"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":1,"desiredNumberScheduled":1,"currentNumberScheduled":1,"updatedNumberScheduled":0,"numberAvailable":1,"numberReady":1}"#,
            .healthy),
        .init("apps/v1/DaemonSet", set + #","status":{"observedGeneration":1}"#, .progressing, says: "its nodes"),
        .init(
            "apps/v1/StatefulSet",
            set
                + #","spec":{"replicas":3},"status":{"observedGeneration":1,"replicas":3,"readyReplicas":3,"currentReplicas":2,"updatedReplicas":1}"#,
            .progressing, says: "1 of 3"),
        .init("batch/v1/Job", conditions("Failed=True:BackoffLimitExceeded:3 times"), .degraded, says: "3 times"),
        .init("batch/v1/Job", conditions("FailureTarget=True"), .degraded),
        .init("batch/v1/Job", conditions("Complete=True"), .healthy),
        .init("batch/v1/Job", conditions("Suspended=True"), .suspended),
        .init("batch/v1/Job", #""spec":{"suspend":true}"#, .suspended),
        .init(
            "batch/v1/Job", #""status":{"startTime":"2026-01-01T00:00:00Z","active":2}"#, .progressing, says: "2 pods"),
        .init("batch/v1/Job", "", .progressing, says: "not started"),
        .init("batch/v1/CronJob", #""spec":{"suspend":true}"#, .suspended),
        .init("batch/v1/CronJob", #""status":{"active":[{}]}"#, .healthy, says: "1 jobs"),
    ]

    @Test(arguments: workloads)
    func `workloads say how many of their pods are as they should be`(_ example: HealthCase) throws {
        try example.check()
    }

    private static let pods: [HealthCase] = [
        .init("v1/Pod", pod(#""phase":"Running","conditions":[{"type":"Ready","status":"True"}]"#), .healthy),
        .init("v1/Pod", pod(#""phase":"Running","conditions":[{"type":"Ready","status":"False"}]"#), .progressing),
        .init("v1/Pod", pod(#""phase":"Running""#), .progressing),
        .init(
            "v1/Pod",
            pod(
                #""phase":"Running","conditions":[{"type":"Ready","status":"False"}]"#,
                spec: #""restartPolicy":"Never""#),
            .progressing, says: "at work"),
        .init("v1/Pod", pod(#""phase":"Succeeded""#), .healthy),
        .init("v1/Pod", pod(#""phase":"Failed","message":"evicted"# + #"""#), .degraded, says: "evicted"),
        .init(
            "v1/Pod",
            pod(
                #""phase":"Failed","containerStatuses":[{"name":"web","state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]"#
            ), .degraded, says: "OOMKilled"),
        .init("v1/Pod", pod(#""phase":"Failed","reason":"Shutdown""#), .degraded, says: "Shutdown"),
        .init("v1/Pod", pod(waiting("ImagePullBackOff")), .degraded, says: "container web is in ImagePullBackOff: why"),
        .init("v1/Pod", pod(waiting("ErrImagePull")), .degraded),
        .init("v1/Pod", pod(waiting("InvalidImageName")), .degraded),
        .init("v1/Pod", pod(waiting("CreateContainerConfigError")), .degraded),
        .init("v1/Pod", pod(waiting("ErrSomethingNew")), .degraded),
        .init("v1/Pod", pod(waiting("ContainerCreating")), .progressing),
        .init("v1/Pod", pod(waiting("PodInitializing")), .progressing),
        .init(
            "v1/Pod",
            pod(
                waiting(
                    "CrashLoopBackOff",
                    #","lastState":{"terminated":{"exitCode":1,"reason":"Error","message":"starting\nno database"}}"#)),
            .degraded, says: "ended with status 1 (Error): no database"),
        .init(
            "v1/Pod",
            pod(
                #""phase":"Pending","initContainerStatuses":[{"name":"init","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]"#
            ), .degraded, says: "container init"),
        .init("v1/Pod", pod(#""phase":"Strange""#), .unknown),
        .init("v1/Pod", pod(#""phase":"Unknown""#), .unknown),
        .init("v1/Pod", "", .progressing),
    ]

    @Test(arguments: pods)
    func `a pod speaks with the words of its containers`(_ example: HealthCase) throws { try example.check() }

    @Test(arguments: [(10, .progressing), (16, .degraded)] as [(Int64, ObjectHealth.State)])
    func `a pod that finds no node is broken once that lasts`(_ after: Int64, _ state: ObjectHealth.State) throws {
        let since = try #require(ClockTime.seconds("2026-01-01T00:00:00Z"))
        #expect(since == 1_767_225_600)
        try HealthCase(
            "v1/Pod",
            pod(
                #""phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes","lastTransitionTime":"2026-01-01T00:00:00Z"}]"#
            ), state, says: "0/3 nodes"
        ).check(now: since + after)
    }

    private static let others: [HealthCase] = [
        .init("v1/ConfigMap", "", .healthy),
        .init("v1/Secret", "", .healthy),
        .init("v1/ConfigMap", #""metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z"}"#, .terminating),
        .init(
            "v1/ConfigMap",
            #""metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":["x/y"]}"#, .terminating,
            says: "x/y"),
        .init(
            "v1/Pod",
            #""metadata":{"name":"a","annotations":{"argocd.argoproj.io/ignore-healthcheck":"true"}},"status":{"phase":"Failed"}"#,
            .healthy),
        .init("v1/Service", #""spec":{"type":"LoadBalancer"}"#, .progressing),
        .init(
            "v1/Service", #""spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{"ingress":[{"ip":"1.1.1.1"}]}}"#,
            .healthy),
        .init("v1/Service", #""spec":{"type":"ClusterIP"}"#, .healthy),
        .init("networking.k8s.io/v1/Ingress", "", .progressing),
        .init(
            "networking.k8s.io/v1/Ingress", #""status":{"loadBalancer":{"ingress":[{"ip":"1.1.1.1"}]}}"#, .healthy),
        .init("v1/PersistentVolumeClaim", #""status":{"phase":"Bound"}"#, .healthy),
        .init("v1/PersistentVolumeClaim", #""status":{"phase":"Lost"}"#, .degraded),
        .init("v1/PersistentVolumeClaim", #""status":{"phase":"Pending"}"#, .progressing),
        .init("v1/PersistentVolumeClaim", #""status":{"phase":"Odd"}"#, .unknown),
        .init("v1/PersistentVolume", #""status":{"phase":"Failed","message":"gone"}"#, .degraded, says: "gone"),
        .init("v1/PersistentVolume", #""status":{"phase":"Available"}"#, .healthy),
        .init("v1/Namespace", #""status":{"phase":"Active"}"#, .healthy),
        .init("v1/Namespace", #""status":{"phase":"Terminating"}"#, .terminating),
        .init("v1/Node", conditions("Ready=True"), .healthy),
        .init("v1/Node", conditions("Ready=Unknown::kubelet stopped"), .degraded, says: "kubelet stopped"),
        .init("v1/Node", #""spec":{"unschedulable":true},"# + conditions("Ready=True"), .suspended),
        .init("autoscaling/v2/HorizontalPodAutoscaler", "", .progressing),
        .init("autoscaling/v2/HorizontalPodAutoscaler", conditions("AbleToScale=True", "ScalingActive=True"), .healthy),
        .init(
            "autoscaling/v2/HorizontalPodAutoscaler",
            conditions("AbleToScale=True", "ScalingActive=False:FailedGetResourceMetric:no metrics"), .degraded,
            says: "no metrics"),
        .init(
            "autoscaling/v2/HorizontalPodAutoscaler", conditions("ScalingActive=False:ScalingDisabled:zero"), .healthy),
        .init(
            "autoscaling/v2/HorizontalPodAutoscaler",
            conditions("AbleToScale=False:BackoffBoth:scaled just now", "ScalingActive=True"), .healthy),
        .init("autoscaling/v1/HorizontalPodAutoscaler", #""status":{"currentReplicas":1}"#, .healthy),
        .init(
            "autoscaling/v1/HorizontalPodAutoscaler",
            #""metadata":{"name":"a","annotations":{"autoscaling.alpha.kubernetes.io/conditions":"[{\"type\":\"AbleToScale\",\"status\":\"False\",\"reason\":\"FailedGetScale\",\"message\":\"no target\"}]"}}"#,
            .degraded, says: "no target"),
        .init(
            "autoscaling/v1/HorizontalPodAutoscaler",
            #""metadata":{"name":"a","annotations":{"autoscaling.alpha.kubernetes.io/conditions":"nonsense"}}"#,
            .progressing),
        .init("policy/v1/PodDisruptionBudget", "", .healthy),
        .init("policy/v1/PodDisruptionBudget", conditions("DisruptionAllowed=False:SyncFailed:x"), .degraded),
        .init("policy/v1/PodDisruptionBudget", conditions("DisruptionAllowed=False:InsufficientPods:x"), .healthy),
        .init("apiextensions.k8s.io/v1/CustomResourceDefinition", "", .progressing),
        .init("apiextensions.k8s.io/v1/CustomResourceDefinition", conditions("Established=True"), .healthy),
        .init(
            "apiextensions.k8s.io/v1/CustomResourceDefinition", conditions("Established=False:Installing"), .progressing
        ),
        .init("apiextensions.k8s.io/v1/CustomResourceDefinition", conditions("Established=False:Odd"), .degraded),
        .init("apiextensions.k8s.io/v1/CustomResourceDefinition", conditions("NamesAccepted=False"), .degraded),
        .init(
            "apiextensions.k8s.io/v1/CustomResourceDefinition", conditions("Terminating=True", "Established=True"),
            .terminating),
        .init(
            "apiextensions.k8s.io/v1/CustomResourceDefinition",
            conditions("NonStructuralSchema=True", "Established=True"), .degraded),
        .init("apiregistration.k8s.io/v1/APIService", conditions("Available=True"), .healthy),
        .init("apiregistration.k8s.io/v1/APIService", conditions("Available=False::no endpoints"), .progressing),
        .init("certificates.k8s.io/v1/CertificateSigningRequest", conditions("Denied=True"), .degraded),
        .init("certificates.k8s.io/v1/CertificateSigningRequest", #""status":{"certificate":"x"}"#, .healthy),
        .init("certificates.k8s.io/v1/CertificateSigningRequest", "", .progressing),
        .init("flowcontrol.apiserver.k8s.io/v1/FlowSchema", conditions("Dangling=True"), .degraded),
        .init("rbac.authorization.k8s.io/v1/Role", "", .healthy),
        // Kinds that nobody wrote a rule for.
        .init("example.com/v1/Widget", "", .healthy),
        .init("example.com/v1/Widget", conditions("Ready=True"), .healthy),
        .init("example.com/v1/Widget", conditions("Ready=False::waits"), .progressing, says: "waits"),
        .init("example.com/v1/Widget", conditions("Stalled=True::bad"), .degraded, says: "bad"),
        .init("example.com/v1/Widget", conditions("Reconciling=True", "Ready=True"), .progressing),
        .init("example.com/v1/Widget", conditions("Available=False"), .progressing),
        .init("example.com/v1/Widget", conditions("Succeeded=False"), .degraded),
        .init("example.com/v1/Widget", conditions("Failed=True"), .degraded),
        .init(
            "example.com/v1/Widget",
            #""metadata":{"name":"a","generation":3},"status":{"observedGeneration":2}"#, .progressing),
    ]

    @Test(arguments: others)
    func `every other kind has its own word for it`(_ example: HealthCase) throws { try example.check() }

    /// Statuses that no controller writes and anybody can.
    @Test(arguments: [
        #""status":"text""#, #""status":[]"#, #""status":{"conditions":"x"}"#, #""status":{"conditions":[1,null,{}]}"#,
        #""spec":{"replicas":-9223372036854775808,"updateStrategy":{"rollingUpdate":{"partition":9223372036854775807}}},"status":{"observedGeneration":1,"readyReplicas":0}"#,
        #""spec":{"replicas":"3"},"status":{"replicas":1e300}"#,
        #""status":{"containerStatuses":[1,{"state":{"waiting":{"reason":7}}}]}"#,
    ])
    func `hostile statuses are judged without a trap`(_ body: String) throws {
        for kind in [
            "apps/v1/Deployment", "apps/v1/StatefulSet", "apps/v1/DaemonSet", "apps/v1/ReplicaSet", "v1/Pod",
            "batch/v1/Job", "argoproj.io/v1alpha1/Application", "gateway.networking.k8s.io/v1/HTTPRoute",
            "example.com/v1/Widget",
        ] {
            let health = ObjectHealth.assess(try HealthCase(kind, body, .unknown).resource(), now: 0)
            #expect(!health.message.isEmpty)
        }
    }

    @Test func `the heaviest state speaks for all`() throws {
        let key = try HealthCase("v1/Pod", "", .unknown).resource().key
        let all: [(key: ObjectKey, health: ObjectHealth)] = [
            (key, ObjectHealth(.healthy, "a")), (key, ObjectHealth(.degraded, "b")),
            (key, ObjectHealth(.progressing, "c")),
        ]
        #expect(ObjectHealth.worst(all)?.health.message == "b")
        #expect(ObjectHealth.worst([]) == nil)
    }
}

@Suite struct FirstCauseTests {
    private let workload = HealthCase(
        "apps/v1/Deployment",
        #""metadata":{"name":"shop","namespace":"n"},"spec":{"selector":{"matchLabels":{"app":"shop"}}}"#, .progressing)

    private func pod(_ name: String, label: String = "shop", created: Int = 1, _ status: String) throws -> Resource {
        try HealthCase(
            "v1/Pod",
            #""metadata":{"name":"\#(name)","namespace":"n","labels":{"app":"\#(label)"},"creationTimestamp":"2026-01-0\#(created)T00:00:00Z"},"status":{\#(status)}"#,
            .unknown
        ).resource()
    }

    @Test func `the newest broken pod of the workload says why`() throws {
        let old = try pod("shop-1", created: 1, waiting("ErrImagePull"))
        let new = try pod(
            "shop-2", created: 2,
            waiting("CrashLoopBackOff", #","lastState":{"terminated":{"exitCode":2,"reason":"Error"}}"#))
        let foreign = try pod("other", label: "other", created: 3, waiting("InvalidImageName"))
        #expect(
            FirstCause.find(for: try workload.resource(), pods: [old, foreign, new])
                == "pod shop-2: container web is in CrashLoopBackOff: it ended with status 2 (Error)")
    }

    @Test func `where no pod could be made the newest warning speaks`() throws {
        let event = try HealthCase(
            "v1/Event",
            #""type":"Warning","involvedObject":{"name":"shop-5f","namespace":"n"},"message":"exceeded quota""#,
            .healthy
        ).resource()
        #expect(FirstCause.find(for: try workload.resource(), pods: [], events: [event]) == "exceeded quota")
        #expect(FirstCause.find(for: try workload.resource(), pods: []) == nil)
    }
}
