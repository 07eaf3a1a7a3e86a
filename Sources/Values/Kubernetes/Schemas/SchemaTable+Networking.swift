extension SchemaTable {
    /// Types of `io.k8s.api.networking.v1`.
    static let networking = SchemaTable(
        package: "io.k8s.api.networking.v1", alias: "networking",
        text: """
            HTTPIngressPath
              backend! IngressBackend={}, path string, pathType!? string
            HTTPIngressRuleValue
              paths! [HTTPIngressPath]
            IPAddress *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec! IPAddressSpec={}
            IPAddressSpec
              parentRef! ParentReference
            IPBlock
              cidr! string, except [string]
            Ingress *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec IngressSpec={}, status
              IngressStatus={}
            IngressBackend
              resource core.TypedLocalObjectReference, service IngressServiceBackend
            IngressClass *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec IngressClassSpec={}
            IngressClassParametersReference
              apiGroup string, kind! string, name! string, namespace string, scope string
            IngressClassSpec
              controller string, parameters IngressClassParametersReference
            IngressLoadBalancerIngress
              hostname string, ip string, ports [IngressPortStatus]
            IngressLoadBalancerStatus
              ingress [IngressLoadBalancerIngress]
            IngressPortStatus
              error string, port! int32, protocol! string
            IngressRule
              host string, http HTTPIngressRuleValue
            IngressServiceBackend
              name! string, port ServiceBackendPort={}
            IngressSpec
              defaultBackend IngressBackend, ingressClassName string, rules [IngressRule], tls [IngressTLS]
            IngressStatus
              loadBalancer IngressLoadBalancerStatus={}
            IngressTLS
              hosts [string], secretName string
            NetworkPolicy *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec NetworkPolicySpec={}
            NetworkPolicyEgressRule
              ports [NetworkPolicyPort], to [NetworkPolicyPeer]
            NetworkPolicyIngressRule
              from [NetworkPolicyPeer], ports [NetworkPolicyPort]
            NetworkPolicyPeer
              ipBlock IPBlock, namespaceSelector meta.LabelSelector, podSelector meta.LabelSelector
            NetworkPolicyPort
              endPort int32, port intOrString, protocol string
            NetworkPolicySpec
              egress [NetworkPolicyEgressRule], ingress [NetworkPolicyIngressRule], podSelector meta.LabelSelector={},
              policyTypes [string]
            ParentReference
              group string, name!? string, namespace string, resource!? string
            ServiceBackendPort atomic
              name string, number int32
            ServiceCIDR *
              apiVersion string, kind string, metadata meta.ObjectMeta={}, spec ServiceCIDRSpec={}, status
              ServiceCIDRStatus={}
            ServiceCIDRSpec
              cidrs [string]
            ServiceCIDRStatus
              conditions [meta.Condition]map(type)~type
            """)
}
