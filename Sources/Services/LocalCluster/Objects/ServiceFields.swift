import Documents

/// What a service keeps of its addresses and ports through an update, and what goes with its type.
enum ServiceFields {
    static func kept(_ new: Value, _ old: Value) -> Value {
        var service = new
        keepAddresses(&service, old)
        keepPorts(&service, old)
        drop(&service, old)
        return service
    }

    static func hasAddress(_ service: Value) -> Bool { service[path: "spec", "type"] != "ExternalName" }

    static func hasNodePorts(_ service: Value) -> Bool {
        switch service[path: "spec", "type"]?.string {
        case "NodePort": true
        case "LoadBalancer": service[path: "spec", "allocateLoadBalancerNodePorts"] != false
        default: false
        }
    }

    static func hasHealthPort(_ service: Value) -> Bool {
        service[path: "spec", "type"] == "LoadBalancer" && service[path: "spec", "externalTrafficPolicy"] == "Local"
    }

    static func isOutside(_ service: Value) -> Bool {
        switch service[path: "spec", "type"]?.string {
        case "NodePort", "LoadBalancer": true
        case "ClusterIP": service[path: "spec", "externalIPs"]?.array?.isEmpty == false
        default: false
        }
    }

    private static func keepAddresses(_ service: inout Value, _ old: Value) {
        guard hasAddress(service) else { return }
        // One address was changed and the list was not: the list follows.
        if let address = service[path: "spec", "clusterIP"], address != old[path: "spec", "clusterIP"],
            service[path: "spec", "clusterIPs"] == old[path: "spec", "clusterIPs"]
        {
            service[Pointer(["spec", "clusterIPs"])] = [address]
        }
        guard hasAddress(old) else { return }
        for key in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
            if let value = old[path: "spec", key] { service.fill(["spec", key], value) }
        }
    }

    private static func keepPorts(_ service: inout Value, _ old: Value) {
        if hasNodePorts(service), hasNodePorts(old) {
            let ports = old[path: "spec", "ports"]?.array ?? []
            service.each(["spec", "ports"]) { port in
                let same = ports.first { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }
                if let number = same?["nodePort"] { port.fill(["nodePort"], number) }
            }
        }
        if hasHealthPort(service), hasHealthPort(old), let number = old[path: "spec", "healthCheckNodePort"] {
            service.fill(["spec", "healthCheckNodePort"], number)
        }
    }

    /// What belongs to the old type goes with it, unless the update says otherwise.
    private static func drop(_ service: inout Value, _ old: Value) {
        func forget(_ keys: String...) {
            for key in keys where service[path: "spec", key] == old[path: "spec", key] {
                service[Pointer(["spec", key])] = nil
            }
        }
        if hasAddress(old), !hasAddress(service) {
            forget("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
        }
        if hasNodePorts(old), !hasNodePorts(service) {
            func numbers(_ service: Value) -> [Value?] {
                (service[path: "spec", "ports"]?.array ?? []).map { $0["nodePort"] }
            }
            if numbers(service) == numbers(old) { service.each(["spec", "ports"]) { $0["nodePort"] = nil } }
        }
        if hasHealthPort(old), !hasHealthPort(service) { forget("healthCheckNodePort") }
        if old[path: "spec", "type"] == "LoadBalancer", service[path: "spec", "type"] != "LoadBalancer" {
            forget("allocateLoadBalancerNodePorts", "loadBalancerClass")
        }
        if isOutside(old), !isOutside(service) { forget("externalTrafficPolicy") }
    }
}
