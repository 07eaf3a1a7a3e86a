import Clusters
import Documents
import Files
import Foundation
import Kubernetes
import LocalCluster
import WaybillCore

/// A cluster in a fresh folder for the length of `body`.
func withCluster(
    runsContainers: Bool = false, puller: (any ImagePuller)? = nil, program: String = "/bin/false",
    _ body: (LocalCluster, KubernetesClient) async throws -> Void
) async throws {
    let folder = "/var/tmp/waybill-test-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cluster = try await LocalCluster.start(
        LocalClusterConfiguration(folder: folder, puller: puller, programPath: program, runsContainers: runsContainers))
    let client = try KubernetesClient(kubeconfig: cluster.kubeconfigPath)
    let result: Result<Void, any Error>
    do {
        try await body(cluster, client)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    await client.stop()
    await cluster.stop()
    try result.get()
}

/// Asks again and again until the answer is yes; false after `seconds`.
func eventually(_ seconds: Int = 20, _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(100))
    }
    return false
}

func resource(_ yaml: String) throws -> Resource { try Resource(YAMLReader.node(from: yaml).value) }

func key(_ kind: String, _ name: String, group: String = "", namespace: String = "default") -> ObjectKey {
    ObjectKey(kind: ObjectKind(group: group, version: "v1", kind: kind), namespace: namespace, name: name)
}
