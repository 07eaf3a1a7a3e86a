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
            let ports = (slice["ports"]?.array ?? []).map {
                $0["port"]?.integer.map(String.init) ?? $0["name"]?.string ?? "*"
            }
            return ports.isEmpty ? "<unset>" : firstThree(ports)
        },
        made("Endpoints", from: ("io.k8s.api.discovery.v1.EndpointSlice", "endpoints")) { slice in
            let addresses = (slice["endpoints"]?.array ?? []).flatMap { $0["addresses"]?.array ?? [] }.compactMap(
                \.string)
            return addresses.isEmpty ? "<unset>" : firstThree(addresses)
        }, age,
    ]

    static let ingresses: [Column] = {
        return [
            name,
            made(
                "Class",
                detail: "The name of the IngressClass resource that should be used for additional configuration"
            ) { $0[path: "spec", "ingressClassName"]?.string ?? "<none>" },
            made("Hosts", detail: "Hosts that incoming requests are matched against before the ingress rule") {
                object in
                let hosts = (object[path: "spec", "rules"]?.array ?? []).compactMap { $0["host"]?.string }.filter {
                    !$0.isEmpty
                }
                return hosts.isEmpty ? "*" : firstThree(hosts)
            },
            made("Address", detail: "Address is a list containing ingress points for the load-balancer") { object in
                (object[path: "status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
                    $0["ip"]?.string ?? $0["hostname"]?.string
                }.joined(separator: ",")
            },
            made("Ports", detail: "Ports of TLS configurations that open") {
                $0[path: "spec", "tls"]?.array?.isEmpty == false ? "80, 443" : "80"
            }, age,
        ]
    }()

    static func firstThree(_ words: [String]) -> String {
        words.prefix(3).joined(separator: ",") + (words.count > 3 ? " + \(words.count - 3) more..." : "")
    }

    /// Addresses with ports of an Endpoints object.
    static func addresses(of endpoints: Value) -> String {
        let subsets = endpoints["subsets"]?.array ?? []
        guard !subsets.isEmpty else { return "<none>" }
        let words = subsets.flatMap { subset -> [String] in
            let hosts = (subset["addresses"]?.array ?? []).map { $0["ip"]?.string ?? "" }
            let ports = subset["ports"]?.array ?? []
            guard !ports.isEmpty else { return hosts }
            return ports.flatMap { port in
                hosts.map { "\($0.contains(":") ? "[\($0)]" : $0):\(port["port"]?.integer ?? 0)" }
            }
        }
        return firstThree(words)
    }
}
