import Clusters
import Documents
import Foundation
import HTTPServing
import Health
import Hummingbird
import Kubernetes
import LocalCluster
import Processes
import Testing
import WaybillCore

@Suite(.serialized) struct LocalClusterTests {
    @Test func `state and address survive a restart`() async throws {
        let folder = "/var/tmp/waybill-test-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try await LocalCluster.start(LocalClusterConfiguration(folder: folder, runsContainers: false))
        let client = try KubernetesClient(kubeconfig: first.kubeconfigPath)
        try await client.create(
            try resource("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}"), dryRun: false)
        await first.stop()
        let second = try await LocalCluster.start(LocalClusterConfiguration(folder: folder, runsContainers: false))
        #expect(second.address == first.address)
        #expect(try await client.get(key("ConfigMap", "a")) != nil)
        await client.stop()
        await second.stop()
    }

    @Test func `who has no token gets nothing`() async throws {
        try await withCluster { cluster, _ in
            let stranger = try KubernetesClient(
                ClusterAccess(server: cluster.address, credentials: .token("wrong"), authorityPEM: cluster.authorityPEM)
            )
            let error = await #expect(throws: WaybillError.self) { try await stranger.get(key("ConfigMap", "a")) }
            #expect(error?.code == .unauthenticated)
            await stranger.stop()
        }
    }

    @Test func `a namespace that does not exist takes nothing, one that goes takes its content along`() async throws {
        try await withCluster { _, client in
            let map = try resource("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}")
            await #expect(throws: WaybillError.self) { try await client.create(map, dryRun: false) }
            try await client.create(
                try resource("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"), dryRun: false)
            try await client.create(map, dryRun: false)
            try await client.delete(key("Namespace", "shop", namespace: ""))
            #expect(try await eventually { try await client.get(key("Namespace", "shop", namespace: "")) == nil })
            #expect(try await client.get(map.key) == nil)
        }
    }

    @Test func `a deployment becomes pods, and its objects go with it`() async throws {
        try await withCluster { _, client in
            let web = try resource(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: default}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: example.com/web:1}]}
                """)
            try await client.apply(web, fieldManager: "test", force: false, dryRun: false)
            // No container runs here, so the pods say that they are simulated.
            #expect(
                try await eventually {
                    guard let found = try await client.get(web.key) else { return false }
                    return ObjectHealth.assess(found).state == .healthy
                })
            let pods = try await client.list(key("Pod", "").kind, namespace: "default", labels: "app=web")
            #expect(pods.count == 2)
            #expect(pods.allSatisfy { $0.condition("waybill.dev/Simulated")?.isTrue == true })
            try await client.delete(web.key)
            #expect(
                try await eventually(40) {
                    try await client.list(key("Pod", "").kind, namespace: "default", labels: "app=web").isEmpty
                })
        }
    }

    @Test func `a quota is kept`() async throws {
        try await withCluster { _, client in
            let quota = try resource(
                "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: default}, spec: {hard: {count/secrets: '1'}}}"
            )
            try await client.create(quota, dryRun: false)
            #expect(
                try await eventually {
                    try await client.get(quota.key)?.value["status"]?["hard"]?["count/secrets"]?.string == "1"
                })
            try await client.create(
                try resource("{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: default}}"), dryRun: false)
            let error = await #expect(throws: WaybillError.self) {
                try await client.create(
                    try resource("{apiVersion: v1, kind: Secret, metadata: {name: b, namespace: default}}"),
                    dryRun: false)
            }
            #expect(error?.code == .forbidden)
        }
    }

    @Test(arguments: [
        (true, "Fail", true), (false, "Fail", false), (false, "Ignore", false),
    ])
    func `a webhook's word counts, whatever its failure policy`(_ allows: Bool, _ policy: String, _ isStored: Bool)
        async throws
    {
        let tls = try TLSIdentity.selfSigned(hosts: ["127.0.0.1"])
        let router = Router(context: ServiceContext.self)
        router.post("/hook") { request, _ in
            let review = try await JSONBody.value(of: request)
            return JSONBody.response([
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "response": [
                    "uid": review["request"]?["uid"] ?? "", "allowed": .bool(allows), "warnings": ["look here"],
                    "status": ["code": 403, "message": "no papers"],
                ],
            ])
        }
        let hook = try await HTTPServer.start(router, name: "hook", tls: tls)
        try await withCluster { _, client in
            try await client.create(
                try configuration("https://127.0.0.1:\(hook.port)/hook", tls.authorityPEM, policy), dryRun: false)
            let map = try resource("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}")
            if isStored {
                try await client.create(map, dryRun: false)
            } else {
                let error = await #expect(throws: WaybillError.self) { try await client.create(map, dryRun: false) }
                #expect(error?.message == "admission webhook \"gate.waybill.dev\" denied the request: no papers")
                #expect(error?.code == .forbidden)
            }
            #expect((try await client.get(map.key) != nil) == isStored)
        }
        await hook.stop()
    }

    @Test(arguments: [("Fail", false), ("Ignore", true)])
    func `a webhook that cannot be asked keeps the gate closed unless it may be ignored`(
        _ policy: String, _ isStored: Bool
    ) async throws {
        let tls = try TLSIdentity.selfSigned(hosts: ["127.0.0.1"])
        try await withCluster { _, client in
            // Nothing listens on port 1.
            try await client.create(
                try configuration("https://127.0.0.1:1/hook", tls.authorityPEM, policy), dryRun: false)
            let map = try resource("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}")
            if isStored {
                try await client.create(map, dryRun: false)
            } else {
                await #expect(throws: WaybillError.self) { try await client.create(map, dryRun: false) }
            }
            #expect((try await client.get(map.key) != nil) == isStored)
        }
    }

    private func configuration(_ url: String, _ authority: String, _ policy: String) throws -> Resource {
        try Resource([
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
            "metadata": ["name": "gate"],
            "webhooks": [
                [
                    "name": "gate.waybill.dev", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                    "failurePolicy": .string(policy), "timeoutSeconds": 5,
                    "clientConfig": ["url": .string(url), "caBundle": .string(Base64.encode(authority.utf8))],
                    "rules": [
                        [
                            "operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                            "resources": ["configmaps"],
                        ]
                    ],
                ]
            ],
        ])
    }

    private static let hasKubectl = FileManager.default.isExecutableFile(atPath: "/usr/bin/kubectl")

    @Test(.enabled(if: hasKubectl, "needs kubectl"))
    func `kubectl applies, explains, prints and deletes`() async throws {
        try await withCluster { cluster, _ in
            // It keeps a cache at home.
            let home = URL(fileURLWithPath: cluster.kubeconfigPath).deletingLastPathComponent().path
            func kubectl(_ arguments: String..., input: String = "") async throws -> Outcome {
                try await ProcessRunner.run(
                    Command(
                        "/usr/bin/kubectl", arguments,
                        environment: ["KUBECONFIG": cluster.kubeconfigPath, "HOME": home],
                        input: Array(input.utf8), timeout: .seconds(30)))
            }
            let manifest = """
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {selector: {app: web}, ports: [{port: 80}]}
                """
            #expect(
                try await kubectl("apply", "-f", "-", input: manifest).line
                    == "namespace/shop created\nservice/web created")
            #expect(
                try await kubectl("apply", "-f", "-", input: manifest).line
                    == "namespace/shop unchanged\nservice/web unchanged")
            #expect(
                try await kubectl("create", "configmap", "c", "--from-literal=a=b", "-n", "shop").line
                    == "configmap/c created")
            let table = try await kubectl("get", "services", "-n", "shop")
            #expect(table.text.hasPrefix("NAME") && table.text.contains("web    ClusterIP"))
            #expect(try await kubectl("explain", "deployment.spec.replicas").text.contains("FIELD: replicas <integer>"))
            let wrong = try await kubectl(
                "apply", "-f", "-", input: manifest.replacingOccurrences(of: "selector", with: "selektor"))
            #expect(!wrong.isSuccess)
            #expect(wrong.errorText.contains("unknown field \"spec.selektor\""))
            #expect(try await kubectl("delete", "namespace", "shop").isSuccess)
        }
    }
}
