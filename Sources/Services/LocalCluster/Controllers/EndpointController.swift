import Documents
import Kubernetes

/// Lists, for each service with a selector, the pods behind it.
struct EndpointController: Sendable {
    let client: ClusterClient
    private static let manager = "endpointslice-controller"

    func pass() async {
        for service in await client.list("services") where !service.isBeingDeleted {
            guard let selector = service[path: "spec", "selector"]?.object, !selector.isEmpty,
                service[path: "spec", "type"]?.string != "ExternalName"
            else { continue }
            await reconcile(service, selector)
        }
    }

    /// The pods that a service selects, in order.
    static func pods(of service: Value, among pods: [Value]) -> [Value] {
        guard let selector = service[path: "spec", "selector"]?.object, !selector.isEmpty else { return [] }
        let requirements = selector.map { LabelSelector.Requirement.equals($0.key, $0.value.string ?? "") }
        return pods.filter { pod in
            pod.namespace == service.namespace && (try? Resource(pod)).map(LabelSelector(requirements).matches) ?? false
        }
    }

    /// A slice carries its service's labels and says whose it is.
    private static func labels(of service: Value) -> Value {
        var labels = service[path: "metadata", "labels"] ?? [:]
        labels["kubernetes.io/service-name"] = .string(service.name)
        labels["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io"
        if service[path: "spec", "clusterIP"] == "None" { labels["service.kubernetes.io/headless"] = "" }
        return labels
    }

    private func reconcile(_ service: Value, _ selector: Object) async {
        let pods = Self.pods(of: service, among: await client.list("pods", service.namespace)).filter {
            $0[path: "status", "podIP"]?.string != nil
                && !["Failed", "Succeeded"].contains($0[path: "status", "phase"]?.string)
                && !($0[path: "spec", "nodeName"]?.string ?? "").isEmpty
        }
        let takesAll = service[path: "spec", "publishNotReadyAddresses"]?.bool == true
        let endpoints = pods.map { pod -> Value in
            [
                "addresses": [pod[path: "status", "podIP"] ?? ""],
                "conditions": [
                    "ready": .bool(takesAll || pod.isReadyPod && !pod.isBeingDeleted), "serving": .bool(pod.isReadyPod),
                    "terminating": .bool(pod.isBeingDeleted),
                ],
                "nodeName": .string(Node.name),
                "targetRef": [
                    "kind": "Pod", "namespace": .string(pod.namespace), "name": .string(pod.name),
                    "uid": .string(pod.uid),
                ],
            ]
        }
        let ports = (service[path: "spec", "ports"]?.array ?? []).map { port -> Value in
            [
                "name": port["name"] ?? "", "protocol": port["protocol"] ?? "TCP",
                "port": .integer(PortNumber.target(of: port, in: pods.first) ?? 0),
            ]
        }
        let existing = await client.list("endpointslices.discovery.k8s.io", service.namespace).first {
            $0[path: "metadata", "labels", "kubernetes.io/service-name"]?.string == service.name
                && $0.controllerUID == service.uid
        }
        let parts: Value = ["endpoints": .array(endpoints), "ports": .array(endpoints.isEmpty ? [] : ports)]
        if let existing {
            guard
                existing["endpoints"]?.array ?? [] != endpoints
                    || existing["ports"]?.array ?? [] != parts["ports"]?.array ?? []
            else {
                return
            }
            _ = try? await client.patch("endpointslices.discovery.k8s.io", existing, parts, as: Self.manager)
        } else {
            var slice: Value = [
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
                "metadata": [
                    "generateName": .string("\(service.name)-"), "namespace": .string(service.namespace),
                    "labels": Self.labels(of: service),
                    "ownerReferences": [.controllerReference(to: service)],
                ],
            ]
            slice["endpoints"] = parts["endpoints"]
            slice["ports"] = parts["ports"]
            _ = try? await client.create("endpointslices.discovery.k8s.io", slice, as: Self.manager)
        }
    }
}

/// The port of a pod that a service's port leads to.
enum PortNumber {
    static func target(of port: Value, in pod: Value?) -> Int? {
        if let number = port["targetPort"]?.integer { return number }
        guard let name = port["targetPort"]?.string else { return port["port"]?.integer }
        if let number = Int(name) { return number }
        for container in pod?[path: "spec", "containers"]?.array ?? [] {
            for candidate in container["ports"]?.array ?? [] where candidate["name"]?.string == name {
                return candidate["containerPort"]?.integer
            }
        }
        return nil
    }
}
