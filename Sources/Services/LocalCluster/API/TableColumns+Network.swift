import Documents
import Kubernetes
import KubernetesAPI

/// The columns of services, their endpoints and ingresses.
extension TableColumns {
    static let services: [Column] = {
        let from = core + "ServiceSpec"
        return [
            name, text("Type", "spec", "type", from: from), text("Cluster-IP", "spec", "clusterIP", from: from),
            made("External-IP", from: (from, "externalIPs")) { service in
                // Where the service is really reached on this machine.
                if let address = service[path: "metadata", "annotations", LocalCluster.addressAnnotation]?.string {
                    return address
                }
                let given = (service[path: "spec", "externalIPs"]?.array ?? []).compactMap(\.string)
                switch service[path: "spec", "type"]?.string {
                case "ExternalName": return service[path: "spec", "externalName"]?.string ?? "<none>"
                case "LoadBalancer":
                    let ips = (service[path: "status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
                        $0["ip"]?.string ?? $0["hostname"]?.string
                    }
                    return ips.isEmpty && given.isEmpty ? "<pending>" : (ips + given).joined(separator: ",")
                default: return given.isEmpty ? "<none>" : given.joined(separator: ",")
                }
            },
            made("Port(s)", from: (from, "ports")) { service in
                let ports = service[path: "spec", "ports"]?.array ?? []
                guard !ports.isEmpty else { return "<none>" }
                return ports.map { port in
                    let node = port["nodePort"]?.integer.map { ":\($0)" } ?? ""
                    return "\(port["port"]?.integer ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
                }.joined(separator: ",")
            }, age, made("Selector", from: (from, "selector"), wide: true) { labels($0[path: "spec", "selector"]) },
        ]
    }()

    static let slices: [Column] = [
        name, text("AddressType", "addressType", from: "io.k8s.api.discovery.v1.EndpointSlice"),
        made("Ports", from: ("io.k8s.api.discovery.v1.EndpointSlice", "ports")) { slice in
            let ports = (slice["ports"]?.array ?? []).compactMap { $0["port"]?.integer }
            return ports.isEmpty ? "<unset>" : ports.map(String.init).joined(separator: ",")
        },
        made("Endpoints", from: ("io.k8s.api.discovery.v1.EndpointSlice", "endpoints")) { slice in
            let addresses = (slice["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array ?? [] }.compactMap(
                \.string)
            guard !addresses.isEmpty else { return "<unset>" }
            let more = addresses.count > 3 ? " + \(addresses.count - 3) more..." : ""
            return addresses.prefix(3).joined(separator: ",") + more
        }, age,
    ]

    static let ingresses: [Column] = {
        let from = "io.k8s.api.networking.v1.IngressSpec"
        return [
            name, text("Class", "spec", "ingressClassName", from: from),
            made("Hosts", detail: "Hosts that incoming requests are matched against before the ingress rule") {
                object in
                let hosts = (object[path: "spec", "rules"]?.array ?? []).compactMap { $0["host"]?.string }
                return hosts.isEmpty ? "*" : hosts.joined(separator: ",")
            },
            made("Address", detail: "Address is a list containing ingress points for the load-balancer") { object in
                (object[path: "status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
                    $0["ip"]?.string ?? $0["hostname"]?.string
                }.joined(separator: ",")
            },
            made("Ports", detail: "Ports of TLS configurations that open") {
                $0[path: "spec", "tls"] == nil ? "80" : "80, 443"
            }, age,
        ]
    }()
}
