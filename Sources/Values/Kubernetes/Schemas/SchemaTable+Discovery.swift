extension SchemaTable {
    /// Types of `io.k8s.api.discovery.v1`.
    static let discovery = SchemaTable(
        package: "io.k8s.api.discovery.v1", alias: "discovery",
        text: """
            Endpoint
              addresses! [string]set, conditions EndpointConditions={}, deprecatedTopology {string}, hints
              EndpointHints, hostname string, nodeName string, targetRef core.ObjectReference, zone string
            EndpointConditions
              ready bool, serving bool, terminating bool
            EndpointHints
              forNodes [ForNode], forZones [ForZone]
            EndpointPort atomic
              appProtocol string, name string, port int32, protocol string
            EndpointSlice *
              addressType! string, apiVersion string, endpoints [Endpoint], kind string, metadata meta.ObjectMeta={},
              ports [EndpointPort]
            ForNode
              name! string
            ForZone
              name! string
            """)
}
