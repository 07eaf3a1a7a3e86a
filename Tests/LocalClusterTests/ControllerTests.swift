import Clusters
import Documents
import Kubernetes
import Testing

@testable import LocalCluster

/// What the controllers make of services, pods and claims.
@Suite struct ControllerTests {
    @Test func `Endpoints tell pods that answer from those that do not yet`() {
        let service: Value = ["spec": ["selector": ["a": "b"], "ports": [["port": 80, "targetPort": "web"]]]]
        func pod(_ name: String, _ address: String, ready: Bool) -> Value {
            [
                "metadata": ["name": .string(name), "namespace": "n", "uid": .string(name)],
                "spec": ["containers": [["ports": [["name": "web", "containerPort": 8080]]]]],
                "status": [
                    "podIP": .string(address), "conditions": [["type": "Ready", "status": ready ? "True" : "False"]],
                ],
            ]
        }
        func target(_ name: String) -> Value {
            ["kind": "Pod", "namespace": "n", "name": .string(name), "uid": .string(name)]
        }
        let subsets = EndpointsObjectController.subsets(
            service, [pod("y", "192.0.2.9", ready: false), pod("x", "192.0.2.2", ready: true)])
        #expect(
            subsets == [
                [
                    "addresses": [["ip": "192.0.2.2", "targetRef": target("x")]],
                    "notReadyAddresses": [["ip": "192.0.2.9", "targetRef": target("y")]],
                    "ports": [["port": 8080, "protocol": "TCP"]],
                ]
            ])
        #expect(EndpointsObjectController.subsets(service, [["status": ["phase": "Pending"]]]).isEmpty)
    }

    @Test func `A replication controller keeps its pods, takes orphans in, and its endpoints follow`() async throws {
        try await withCluster { _, cluster in
            let labels = "{app: x}"
            try await cluster.create(
                resource(
                    "{apiVersion: v1, kind: Pod, metadata: {name: orphan, namespace: default, labels: \(labels)}, "
                        + "spec: {schedulerName: none, containers: [{name: a, image: i}]}}"), dryRun: false)
            try await cluster.create(
                resource(
                    "{apiVersion: v1, kind: ReplicationController, metadata: {name: rc, namespace: default}, "
                        + "spec: {replicas: 2, template: {metadata: {labels: \(labels)}, "
                        + "spec: {schedulerName: none, containers: [{name: a, image: i}]}}}}"), dryRun: false)
            try await cluster.create(
                resource(
                    "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: default}, "
                        + "spec: {selector: \(labels), ports: [{port: 80}]}}"), dryRun: false)
            let isReached = try await eventually {
                let set = try await cluster.get(key("ReplicationController", "rc"))?.value
                return set?[path: "status", "replicas"]?.integer == 2
            }
            #expect(isReached)
            let pod = try await cluster.get(key("Pod", "orphan"))?.value
            #expect(pod?[path: "metadata", "ownerReferences"]?.array?.first?["kind"] == "ReplicationController")
            let hasEndpoints = try await eventually { try await cluster.get(key("Endpoints", "s")) != nil }
            #expect(hasEndpoints)
        }
    }

    @Test func `A claim waits for its protection to be taken, and then it goes`() async throws {
        try await withCluster { _, cluster in
            try await cluster.create(
                resource(
                    "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: default}, "
                        + "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, "
                        + "dataSource: {kind: PersistentVolumeClaim, name: other}}}"), dryRun: false)
            let claim = try #require(try await cluster.get(key("PersistentVolumeClaim", "c"))?.value)
            #expect(claim[path: "metadata", "finalizers"] == ["kubernetes.io/pvc-protection"])
            #expect(claim[path: "spec", "dataSourceRef"] == claim[path: "spec", "dataSource"])
            try await cluster.delete(key("PersistentVolumeClaim", "c"))
            let isGone = try await eventually { try await cluster.get(key("PersistentVolumeClaim", "c")) == nil }
            #expect(isGone)
        }
    }
}
