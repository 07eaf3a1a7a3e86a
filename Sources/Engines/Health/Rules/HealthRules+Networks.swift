/// Meshes, gateways, ingress controllers, network policies.
extension HealthRules {
    private static let istioObject = HealthRule(
        [
            HealthRule.when(
                .some("status.validationMessages", [.field("level", ["ERROR"])]), is: .degraded,
                .some("status.validationMessages", condition: nil, field: "documentationUrl")),
            HealthRule.when(
                .some("status.validationMessages", [.field("level", ["WARNING"])]), is: .degraded,
                .some("status.validationMessages", condition: nil, field: "documentationUrl")),
            HealthRule.when(.condition("Reconciled", [.no]), is: .progressing, .condition("Reconciled")),
        ], otherwise: .healthy, "is in place")

    static let mesh: Family = [
        (
            kinds(
                "networking.istio.io", "VirtualService", "Gateway", "DestinationRule", "ServiceEntry", "Sidecar",
                "EnvoyFilter", "WorkloadEntry", "WorkloadGroup", "ProxyConfig"), istioObject
        ),
        (kinds("security.istio.io", "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"), istioObject),
        (kinds("telemetry.istio.io", "Telemetry"), istioObject),
        (kinds("extensions.istio.io", "WasmPlugin"), istioObject),
        (
            kinds("install.istio.io", "IstioOperator"),
            .phase(
                "status.status", healthy: ["HEALTHY"], progressing: ["RECONCILING", "UPDATING", "NONE"],
                degraded: ["ERROR", "ACTION_REQUIRED"])
        ),
        (
            kinds("sailoperator.io", "Istio", "IstioRevision", "IstioCNI", "ZTunnel"),
            .ready(progressing: ["IstiodNotReady", "Reconciling"])
        ),
        (kinds("linkerd.io", "ServiceProfile"), .passive),
        (kinds("policy.linkerd.io", "Server", "ServerAuthorization", "AuthorizationPolicy"), .passive),
        (
            kinds("cilium.io", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"),
            HealthRule(
                [
                    HealthRule.when(.condition("Valid", [.no]), is: .degraded, .condition("Valid")),
                    HealthRule.when(.condition("Valid", [.unknown]), is: .progressing, .condition("Valid")),
                ], otherwise: .healthy, "is in place")
        ),
    ]

    /// Routes answer for each of their parents.
    private static let route = HealthRule([
        HealthRule.when(
            .some("status.parents", [.condition("Accepted", [.no], reasons: ["Pending"])]), is: .progressing,
            .some("status.parents", condition: "Accepted", field: nil)),
        HealthRule.when(
            .some("status.parents", [.condition("Accepted", [.no])]), is: .degraded,
            .some("status.parents", condition: "Accepted", field: nil)),
        HealthRule.when(
            .some("status.parents", [.condition("ResolvedRefs", [.no])]), is: .degraded,
            .some("status.parents", condition: "ResolvedRefs", field: nil)),
        HealthRule.when(
            .some("status.parents", [.condition("PartiallyInvalid", [.yes])]), is: .degraded,
            .text("is partially invalid")),
        HealthRule.when(
            .every("status.parents", [.condition("Accepted", [.yes])]), is: .healthy,
            .text("is accepted by its parents")),
    ])

    static let gateways: Family = [
        (
            kinds("gateway.networking.k8s.io", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"), route
        ),
        (
            kinds("gateway.networking.k8s.io", "Gateway"),
            HealthRule([
                HealthRule.when(
                    .condition("Accepted", [.no], reasons: ["Pending"]), is: .progressing, .condition("Accepted")),
                HealthRule.when(.condition("Accepted", [.no]), is: .degraded, .condition("Accepted")),
                HealthRule.when(
                    .condition("Programmed", [.no], reasons: ["Pending"]), is: .progressing, .condition("Programmed")),
                HealthRule.when(.condition("Programmed", [.no]), is: .degraded, .condition("Programmed")),
                HealthRule.when(
                    .some("status.listeners", [.condition("ResolvedRefs", [.no])]), is: .degraded,
                    .some("status.listeners", condition: "ResolvedRefs", field: nil)),
                HealthRule.when(.condition("Programmed", [.yes]), is: .healthy, .text("is programmed")),
                HealthRule.when(.condition("Ready", [.yes]), is: .healthy, .text("is ready")),
            ])
        ),
        (
            kinds("gateway.networking.k8s.io", "GatewayClass"),
            HealthRule([
                HealthRule.when(.condition("Accepted", [.yes]), is: .healthy, .text("is accepted")),
                HealthRule.when(.condition("Accepted", [.no]), is: .degraded, .condition("Accepted")),
                HealthRule.when(.condition("Accepted", [.unknown]), is: .progressing, .condition("Accepted")),
            ])
        ),
        (kinds("gateway.networking.k8s.io", "ReferenceGrant"), .passive),
        (
            kinds(
                "gateway.envoyproxy.io", "EnvoyProxy", "BackendTrafficPolicy", "ClientTrafficPolicy", "SecurityPolicy"),
            HealthRule(
                [
                    HealthRule.when(
                        .some("status.ancestors", [.condition("Accepted", [.no])]), is: .degraded,
                        .some("status.ancestors", condition: "Accepted", field: nil))
                ], otherwise: .healthy, "is in place")
        ),
        (
            kinds("projectcontour.io", "HTTPProxy"),
            .phase(
                "status.currentStatus", healthy: ["valid"], progressing: ["", "NotReconciled"],
                degraded: ["invalid", "orphaned"], message: "status.description")
        ),
        (
            kinds(
                "traefik.io", "IngressRoute", "IngressRouteTCP", "IngressRouteUDP", "Middleware", "TLSOption",
                "TraefikService"),
            .passive
        ),
        (kinds("configuration.konghq.com", "KongPlugin", "KongConsumer", "KongClusterPlugin"), .ready("Programmed")),
        (
            kinds("k8s.nginx.org", "VirtualServer", "VirtualServerRoute", "TransportServer", "Policy"),
            .phase(
                "status.state", healthy: ["Valid"], degraded: ["Invalid", "Warning"], message: "status.message")
        ),
        (
            kinds("getambassador.io", "Mapping", "Host"),
            .phase(
                "status.state", healthy: ["Ready", "Running"], progressing: ["Initial", "Pending"],
                degraded: ["Error", "Inactive"], message: "status.errorReason")
        ),
        (
            kinds("externaldns.k8s.io", "DNSEndpoint"),
            HealthRule(
                [
                    HealthRule.when(
                        .fewer("status.observedGeneration", than: "metadata.generation", missing: 0), is: .progressing,
                        .text("has not been observed yet"))
                ], otherwise: .healthy, "is in place")
        ),
        (
            kinds("metallb.io", "IPAddressPool", "L2Advertisement", "BGPAdvertisement", "BGPPeer", "BFDProfile"),
            .passive
        ),
        (kinds("elbv2.k8s.aws", "TargetGroupBinding", "IngressClassParams"), .passive),
    ]

    static let monitoring: Family = [
        (
            kinds("monitoring.coreos.com", "Prometheus", "PrometheusAgent", "Alertmanager", "ThanosRuler"),
            HealthRule([
                HealthRule.when(.field("spec.paused", ["true"]), is: .suspended, .text("is paused")),
                HealthRule.when(.condition("Reconciled", [.no]), is: .degraded, .condition("Reconciled")),
                HealthRule.when(.condition("Available", [.yes]), is: .healthy, .text("is available")),
                // The operator's word for some but not all replicas.
                HealthRule.when(
                    .some("status.conditions", [.field("type", ["Available"]), .field("status", ["Degraded"])]),
                    is: .degraded, .condition("Available")),
                HealthRule.when(
                    .condition("Available", [.no], reasons: ["SomePodsNotReady", "NoPodReady"]), is: .progressing,
                    .condition("Available")),
                HealthRule.when(.condition("Available", [.no]), is: .degraded, .condition("Available")),
                HealthRule.when(.condition("Available", [.unknown]), is: .progressing, .condition("Available")),
            ])
        ),
        (
            kinds(
                "monitoring.coreos.com", "ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule", "ScrapeConfig",
                "AlertmanagerConfig"),
            HealthRule(
                [
                    HealthRule.when(
                        .some("status.bindings", [.condition("Accepted", [.no])]), is: .degraded,
                        .some("status.bindings", condition: "Accepted", field: nil))
                ], otherwise: .healthy, "is in place")
        ),
        (
            kinds("grafana.integreatly.org", "Grafana"),
            .phase(
                "status.stageStatus", healthy: ["success"], progressing: ["in progress"], degraded: ["failed"],
                message: "status.lastMessage")
        ),
        (
            kinds(
                "grafana.integreatly.org", "GrafanaDashboard", "GrafanaDatasource", "GrafanaFolder",
                "GrafanaAlertRuleGroup"),
            HealthRule(
                [
                    HealthRule.when(.condition("InvalidSpec", [.yes]), is: .degraded, .condition("InvalidSpec")),
                    HealthRule.when(
                        .condition("NoMatchingInstance", [.yes]), is: .degraded, .condition("NoMatchingInstance")),
                    HealthRule.when(
                        .anyCondition([.no], except: []), is: .degraded, .text("was not taken over by every instance")),
                ], otherwise: .healthy, "is in place")
        ),
        (
            kinds("opentelemetry.io", "OpenTelemetryCollector", "Instrumentation"),
            HealthRule(
                [HealthRule.when(.condition("Ready", [.no]), is: .progressing, .condition("Ready"))],
                otherwise: .healthy,
                "is in place")
        ),
        (
            kinds("jaegertracing.io", "Jaeger"),
            .phase(healthy: ["Running"], progressing: ["Pending", ""], degraded: ["Failed"])
        ),
        (
            kinds("loki.grafana.com", "LokiStack"),
            .ready(first: [
                HealthRule.when(.condition("Failed", [.yes]), is: .degraded, .condition("Failed")),
                HealthRule.when(.condition("Degraded", [.yes]), is: .degraded, .condition("Degraded")),
                HealthRule.when(.condition("Pending", [.yes]), is: .progressing, .condition("Pending")),
            ])
        ),
        (
            kinds(
                "operator.victoriametrics.com", "VMCluster", "VMSingle", "VMAgent", "VMAlert", "VMAlertmanager",
                "VMAuth"),
            .phase(
                "status.updateStatus", healthy: ["operational"], progressing: ["expanding"], degraded: ["failed"],
                suspended: ["paused"], message: "status.reason")
        ),
        (
            kinds("datadoghq.com", "DatadogAgent"),
            HealthRule([
                HealthRule.when(
                    .condition("DatadogAgentReconcileError", [.yes]), is: .degraded,
                    .condition("DatadogAgentReconcileError")),
                HealthRule.when(.condition("AgentReconcile", [.yes]), is: .healthy, .text("is reconciled")),
            ])
        ),
        (
            kinds("datadoghq.com", "DatadogMetric", "DatadogMonitor"),
            HealthRule([
                HealthRule.when(.condition("Error", [.yes]), is: .degraded, .condition("Error")),
                HealthRule.when(.condition("Valid", [.yes]), is: .healthy, .text("is valid")),
                HealthRule.when(.condition("Valid", [.no]), is: .degraded, .condition("Valid")),
                HealthRule.when(.condition("Active", [.yes]), is: .healthy, .text("is active")),
            ])
        ),
    ]
}
