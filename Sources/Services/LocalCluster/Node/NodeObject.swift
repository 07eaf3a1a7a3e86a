import Documents

/// The node as an object of the API.
struct NodeObject: Sendable {
    let client: ClusterClient
    /// Nil where pods are simulated.
    let runtime: String?

    func ensure() async {
        guard await client.get("nodes", "", Node.name) == nil else { return }
        let node: Value = [
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": .string(Node.name),
                "labels": ["kubernetes.io/hostname": .string(Node.name), "kubernetes.io/os": "linux"],
            ],
            "status": [
                "addresses": [
                    ["type": "InternalIP", "address": "127.0.0.1"],
                    ["type": "Hostname", "address": .string(Node.name)],
                ],
                "conditions": [
                    [
                        "type": "Ready", "status": "True", "reason": "KubeletReady",
                        "message": .string(
                            runtime.map { "containers run with \($0)" } ?? "no container runtime: pods are simulated"),
                        "lastTransitionTime": .string(APITime.now),
                    ]
                ],
                "nodeInfo": [
                    "kubeletVersion": .string("v\(Discovery.version)+waybill"),
                    "containerRuntimeVersion": .string(runtime ?? "simulated"),
                    "operatingSystem": "linux", "architecture": "", "bootID": "", "kernelVersion": "",
                    "kubeProxyVersion": "",
                    "machineID": "", "osImage": "", "systemUUID": "",
                ],
            ],
        ]
        _ = try? await client.create("nodes", node, as: "waybill-node")
    }
}
