import Documents
import Kubernetes
import Testing

struct HealthCase: Sendable, CustomTestStringConvertible {
    var object: String
    var state: ResourceHealth.State
    var testDescription: String { "\(state.rawValue): \(object)" }
}

/// A Deployment with three replicas, its status given.
private func deployment(_ status: String, generation: Int = 2) -> String {
    #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","generation":\#(generation)},"spec":{"replicas":3},"status":{\#(status)}}"#
}

private func pod(_ status: String) -> String {
    #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"status":{\#(status)}}"#
}

@Test(arguments: [
    HealthCase(object: deployment(""), state: .progressing),
    HealthCase(object: deployment(#""observedGeneration":1"#), state: .progressing),
    HealthCase(
        object: deployment(#""observedGeneration":2,"replicas":3,"updatedReplicas":2,"availableReplicas":3"#),
        state: .progressing),
    HealthCase(
        object: deployment(
            #""observedGeneration":2,"replicas":4,"updatedReplicas":3,"availableReplicas":4,"readyReplicas":4"#),
        state: .progressing),
    HealthCase(
        object: deployment(
            #""observedGeneration":2,"replicas":3,"updatedReplicas":3,"availableReplicas":3,"readyReplicas":3"#),
        state: .healthy),
    HealthCase(
        object: deployment(
            #""observedGeneration":2,"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]"#
        ),
        state: .degraded),
    HealthCase(object: pod(#""phase":"Running","conditions":[{"type":"Ready","status":"True"}]"#), state: .healthy),
    HealthCase(
        object: pod(#""phase":"Running","conditions":[{"type":"Ready","status":"False"}]"#), state: .progressing),
    HealthCase(
        object: pod(
            #""phase":"Running","containerStatuses":[{"name":"c","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]"#),
        state: .degraded),
    HealthCase(object: pod(#""phase":"Failed""#), state: .degraded),
    HealthCase(object: pod(#""phase":"Succeeded""#), state: .healthy),
    HealthCase(object: pod(#""phase":"Strange""#), state: .unknown),
    HealthCase(object: pod(""), state: .progressing),
    HealthCase(object: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#, state: .healthy),
    HealthCase(
        object:
            #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z"}}"#,
        state: .progressing),
    HealthCase(
        object: #"{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"type":"LoadBalancer"}}"#,
        state: .progressing),
    HealthCase(
        object:
            #"{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"a"},"status":{"conditions":[{"type":"Failed","status":"True"}]}}"#,
        state: .degraded),
    HealthCase(
        object:
            #"{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a"},"status":{"phase":"Lost"}}"#,
        state: .degraded),
    HealthCase(
        object:
            #"{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"a","generation":1},"status":{"observedGeneration":1,"desiredNumberScheduled":1,"currentNumberScheduled":1}}"#,
        state: .progressing),
    HealthCase(
        object:
            #"{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"a","generation":1},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"currentRevision":"x","updateRevision":"y"}}"#,
        state: .progressing),
    HealthCase(
        object:
            #"{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"a","generation":1},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"availableReplicas":1}}"#,
        state: .healthy),
])
func `health follows from what the object says about itself`(_ example: HealthCase) throws {
    let health = ResourceHealth.assess(try Resource(JSONReader.value(from: example.object)))
    #expect(health.state == example.state)
    #expect(!health.message.isEmpty)
}
