import Documents
import KubernetesAPI

/// The addresses and node ports that services get. An address is a name within the API only: pods of a local cluster
/// are reached through the port of `waybill.dev/address`.
struct ServiceAllocation {
    static let nodePorts = 30000...32767
    private static let attemptsMax = 10_000

    /// What will not be stored takes no address, and its ports are not held against the range.
    private let isDryRun: Bool
    private var addresses: Set<String> = []
    private var ports: Set<Int> = []

    /// `others` are all services but the one in question.
    init(others: [Value], isDryRun: Bool = false) {
        self.isDryRun = isDryRun
        for service in others {
            addresses.formUnion((service[path: "spec", "clusterIPs"]?.array ?? []).compactMap(\.string))
            ports.formUnion((service[path: "spec", "ports"]?.array ?? []).compactMap { $0["nodePort"]?.integer })
            if let port = service[path: "spec", "healthCheckNodePort"]?.integer { ports.insert(port) }
        }
    }

    /// The service with all that it lacks, or why it cannot have what it asks for.
    mutating func complete(_ service: Value, old: Value?) -> Result<Value, Unfit> {
        guard ServiceFields.hasAddress(service) else { return .success(service) }
        var service = service
        if let problem = families(&service) ?? address(&service, old) ?? nodePorts(&service, old) {
            return .failure(Unfit(cause: problem))
        }
        if ServiceFields.hasHealthPort(service), service[path: "spec", "healthCheckNodePort"]?.integer ?? 0 == 0,
            let port = freePort()
        {
            service[Pointer(["spec", "healthCheckNodePort"])] = .integer(port)
        }
        return .success(service)
    }

    struct Unfit: Error { var cause: FieldError }

    private func families(_ service: inout Value) -> FieldError? {
        let given = service[path: "spec", "ipFamilies"]?.array ?? []
        // Without a selector nobody knows which families a headless service's endpoints will have.
        let isOpen =
            service[path: "spec", "clusterIP"] == "None"
            && service[path: "spec", "selector"]?.object?.isEmpty ?? true
        if !isOpen {
            if let index = given.firstIndex(where: { $0 != "IPv4" }) {
                return .invalid("spec.ipFamilies[\(index)]", given[index], "not configured on this cluster")
            }
            if service[path: "spec", "ipFamilyPolicy"] == "RequireDualStack" {
                return .invalid(
                    "spec.ipFamilyPolicy", "RequireDualStack",
                    "this cluster is not configured for dual-stack services")
            }
        }
        let isSingle = service[path: "spec", "ipFamilyPolicy"] == "SingleStack"
        service.fill(["spec", "ipFamilies"], isOpen && !isSingle ? ["IPv4", "IPv6"] : ["IPv4"])
        service.fill(["spec", "ipFamilyPolicy"], isOpen ? "RequireDualStack" : "SingleStack")
        return nil
    }

    private mutating func address(_ service: inout Value, _ old: Value?) -> FieldError? {
        let given = service[path: "spec", "clusterIP"]?.string ?? ""
        if given.isEmpty {
            for _ in 0..<Self.attemptsMax {
                let address = "10.96.\(Int.random(in: 1...254)).\(Int.random(in: 1...254))"
                guard addresses.insert(address).inserted else { continue }
                service[Pointer(["spec", "clusterIP"])] = .string(address)
                service[Pointer(["spec", "clusterIPs"])] = [.string(address)]
                return nil
            }
            return .invalid("spec.clusterIPs", [], "failed to allocate a serviceIP: range is full")
        }
        service.fill(["spec", "clusterIPs"], [.string(given)])
        guard given != "None", old?[path: "spec", "clusterIP"]?.string != given else { return nil }
        func refused(_ why: String) -> FieldError {
            .invalid("spec.clusterIPs", [.string(given)], "failed to allocate IP \(given): \(why)")
        }
        if !given.hasPrefix("10.96.") { return refused("the provided network does not match the current range") }
        return !isDryRun && addresses.contains(given) ? refused("provided IP is already allocated") : nil
    }

    private mutating func nodePorts(_ service: inout Value, _ old: Value?) -> FieldError? {
        guard ServiceFields.hasNodePorts(service) || ServiceFields.isOutside(service) else { return nil }
        var list = service[path: "spec", "ports"]?.array ?? []
        let before = Set((old?[path: "spec", "ports"]?.array ?? []).compactMap { $0["nodePort"]?.integer })
        var own: Set<Int> = []
        for (index, port) in list.enumerated() {
            let number = port["nodePort"]?.integer ?? 0
            guard number != 0 else { continue }
            defer { own.insert(number) }
            // Two protocols of one service share a port.
            guard !before.contains(number), !own.contains(number) else { continue }
            let field = "spec.ports[\(index)].nodePort"
            if !isDryRun, !Self.nodePorts.contains(number) {
                return .invalid(
                    field, .integer(number),
                    "provided port is not in the valid range. The range of valid ports is 30000-32767")
            }
            if ports.contains(number) { return .invalid(field, .integer(number), "provided port is already allocated") }
        }
        ports.formUnion(own)
        guard ServiceFields.hasNodePorts(service) else { return nil }
        for index in list.indices where list[index]["nodePort"]?.integer ?? 0 == 0 {
            // The same number for both protocols of a port.
            let twin = list.first { $0["port"] == list[index]["port"] && $0["nodePort"]?.integer ?? 0 != 0 }
            if let port = twin?["nodePort"]?.integer ?? freePort() { list[index]["nodePort"] = .integer(port) }
        }
        service[Pointer(["spec", "ports"])] = .array(list)
        return nil
    }

    private mutating func freePort() -> Int? {
        guard let port = Self.nodePorts.filter({ !ports.contains($0) }).randomElement() else { return nil }
        ports.insert(port)
        return port
    }
}
