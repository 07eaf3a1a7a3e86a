import Documents

/// Keeps the older `Endpoints` beside the slices: one object for each service with a selector, under its name.
struct EndpointsObjectController: Sendable {
    let client: ClusterClient
    private static let manager = "endpoint-controller"
    private static let mark = "endpoints.kubernetes.io/managed-by"

    func pass() async {
        let known = await client.list("endpoints")
        var living: Set<String> = []
        for service in await client.list("services") where !service.isBeingDeleted {
            guard service[path: "spec", "selector"]?.object?.isEmpty == false,
                service[path: "spec", "type"] != "ExternalName"
            else { continue }
            living.insert("\(service.namespace)/\(service.name)")
            let existing = known.first { $0.name == service.name && $0.namespace == service.namespace }
            await reconcile(service, existing)
        }
        for object in known
        where object[path: "metadata", "labels", Self.mark]?.string == Self.manager
            && !living.contains("\(object.namespace)/\(object.name)")
        {
            // Gone already, or gone with the next pass.
            try? await client.delete("endpoints", object, as: Self.manager)
        }
    }

    private func reconcile(_ service: Value, _ existing: Value?) async {
        let pods = EndpointController.pods(of: service, among: await client.list("pods", service.namespace))
        let subsets = Self.subsets(service, pods)
        var labels = service[path: "metadata", "labels"] ?? [:]
        labels[Self.mark] = .string(Self.manager)
        if service[path: "spec", "clusterIP"] == "None" { labels["service.kubernetes.io/headless"] = "" }
        guard let existing else {
            var object: Value = [
                "apiVersion": "v1", "kind": "Endpoints",
                "metadata": [
                    "name": .string(service.name), "namespace": .string(service.namespace), "labels": labels,
                ],
            ]
            if !subsets.isEmpty { object["subsets"] = .array(subsets) }
            // Refused where the namespace ends: nobody asks any more.
            _ = try? await client.create("endpoints", object, as: Self.manager)
            return
        }
        guard existing["subsets"]?.array ?? [] != subsets || existing[path: "metadata", "labels"] != labels else {
            return
        }
        _ = try? await client.patch(
            "endpoints", existing,
            ["metadata": ["labels": labels], "subsets": subsets.isEmpty ? .null : .array(subsets)], as: Self.manager)
    }

    /// The pods that answer and those that do not yet, with the ports they answer on.
    static func subsets(_ service: Value, _ pods: [Value]) -> [Value] {
        let takesAll = service[path: "spec", "publishNotReadyAddresses"]?.bool == true
        var ready: [Value] = []
        var waiting: [Value] = []
        let able = pods.filter { pod in
            pod[path: "status", "podIP"]?.string?.isEmpty == false && pod.isActivePod
        }
        for pod in able.sorted(by: { $0.address < $1.address }) {
            var address: Value = ["ip": .string(pod.address)]
            if let node = pod[path: "spec", "nodeName"]?.string, !node.isEmpty { address["nodeName"] = .string(node) }
            address["targetRef"] = [
                "kind": "Pod", "namespace": .string(pod.namespace), "name": .string(pod.name), "uid": .string(pod.uid),
            ]
            if pod.isReadyPod || takesAll { ready.append(address) } else { waiting.append(address) }
        }
        guard !able.isEmpty else { return [] }
        let ports = (service[path: "spec", "ports"]?.array ?? []).compactMap { port -> Value? in
            guard let number = PortNumber.target(of: port, in: able.first) else { return nil }
            var shown: Value = [:]
            if !port.named.isEmpty { shown["name"] = port["name"] }
            shown["port"] = .integer(number)
            shown["protocol"] = port["protocol"] ?? "TCP"
            return shown
        }
        var subset: Value = [:]
        if !ready.isEmpty { subset["addresses"] = .array(ready) }
        if !waiting.isEmpty { subset["notReadyAddresses"] = .array(waiting) }
        if !ports.isEmpty { subset["ports"] = .array(ports) }
        return [subset]
    }
}

extension Value {
    /// A pod's address.
    fileprivate var address: String { self[path: "status", "podIP"]?.string ?? "" }
}
