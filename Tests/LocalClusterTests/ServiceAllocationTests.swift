import Documents
import KubernetesAPI
import Testing

@testable import LocalCluster

/// What services get of addresses and ports, and what stays of it when their type changes.
@Suite struct ServiceAllocationTests {
    private static func value(_ json: String) throws -> Value { try JSONReader.value(from: json) }

    struct Refused: Sendable {
        var service: String
        var problem: String
    }

    @Test(arguments: [
        Refused(
            service: #"{"spec":{"clusterIP":"10.96.0.9"}}"#,
            problem:
                #"spec.clusterIPs: Invalid value: ["10.96.0.9"]: failed to allocate IP 10.96.0.9: provided IP is already allocated"#
        ),
        Refused(
            service: #"{"spec":{"clusterIP":"1.2.3.4"}}"#,
            problem:
                #"spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match the current range"#
        ),
        Refused(
            service: #"{"spec":{"type":"NodePort","ports":[{"port":1,"nodePort":80}]}}"#,
            problem:
                "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767"
        ),
        Refused(
            service: #"{"spec":{"type":"NodePort","ports":[{"port":1},{"port":2,"nodePort":30080}]}}"#,
            problem: "spec.ports[1].nodePort: Invalid value: 30080: provided port is already allocated"),
        Refused(
            service: #"{"spec":{"ipFamilies":["IPv6"]}}"#,
            problem: #"spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster"#),
        Refused(
            service: #"{"spec":{"ipFamilyPolicy":"RequireDualStack"}}"#,
            problem:
                #"spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services"#
        ),
    ]) func `What is taken or out of range is refused`(_ one: Refused) throws {
        let other = try Self.value(#"{"spec":{"clusterIPs":["10.96.0.9"],"ports":[{"nodePort":30080}]}}"#)
        var allocation = ServiceAllocation(others: [other])
        switch allocation.complete(try Self.value(one.service), old: nil) {
        case .success(let service): Issue.record("\(service) was given")
        case .failure(let unfit): #expect("\(unfit.cause.field): \(unfit.cause.message)" == one.problem)
        }
    }

    @Test func `Two protocols of a port share a node port, and a local balancer is asked for its health`() throws {
        let service = try Self.value(
            #"{"spec":{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":1,"protocol":"TCP"},{"port":1,"protocol":"UDP"}]}}"#
        )
        var allocation = ServiceAllocation(others: [])
        let given = try allocation.complete(service, old: nil).get()
        let ports = try #require(given[path: "spec", "ports"]?.array).compactMap { $0["nodePort"]?.integer }
        let health = try #require(given[path: "spec", "healthCheckNodePort"]?.integer)
        #expect(ports.count == 2 && ports[0] == ports[1] && ports[0] != health)
        #expect(ServiceAllocation.nodePorts.contains(ports[0]) && ServiceAllocation.nodePorts.contains(health))
        #expect(given[path: "spec", "clusterIPs"]?.array?.first == given[path: "spec", "clusterIP"])
    }

    @Test(arguments: [
        (
            #"{"spec":{"type":"ClusterIP","ports":[{"port":1,"nodePort":30001}],"externalTrafficPolicy":"Cluster"}}"#,
            #"{"spec":{"type":"ClusterIP","ports":[{"port":1}],"clusterIP":"a","clusterIPs":["a"]}}"#
        ),
        (
            #"{"spec":{"type":"ExternalName","ports":[{"port":1}],"clusterIP":"a","clusterIPs":["a"]}}"#,
            #"{"spec":{"type":"ExternalName","ports":[{"port":1}]}}"#
        ),
        (
            #"{"spec":{"type":"NodePort","ports":[{"port":1}]}}"#,
            #"{"spec":{"type":"NodePort","ports":[{"port":1,"nodePort":30001}],"clusterIP":"a","clusterIPs":["a"]}}"#
        ),
    ]) func `What belongs to the old type goes with it and the rest stays`(_ new: String, _ kept: String) throws {
        let old = try Self.value(
            #"{"spec":{"type":"NodePort","clusterIP":"a","clusterIPs":["a"],"ports":[{"port":1,"nodePort":30001}],"externalTrafficPolicy":"Cluster"}}"#
        )
        #expect(ServiceFields.kept(try Self.value(new), old) == (try Self.value(kept)))
    }
}
