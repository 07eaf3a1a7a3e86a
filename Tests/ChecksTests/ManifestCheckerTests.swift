import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import Checks

@Suite struct ManifestCheckerTests {
    static let careful = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: shop, namespace: shop}
        spec:
          replicas: 2
          template:
            metadata: {labels: {app: shop}}
            spec:
              automountServiceAccountToken: false
              securityContext:
                runAsNonRoot: true
                runAsUser: 20000
                runAsGroup: 20000
                seccompProfile: {type: RuntimeDefault}
              containers:
              - name: web
                image: registry.example/shop@sha256:\(String(repeating: "a", count: 64))
                resources:
                  limits: {cpu: "1", memory: 64Mi}
                  requests: {cpu: 100m, memory: 64Mi}
                readinessProbe: {httpGet: {path: /ready, port: 8080}}
                livenessProbe: {httpGet: {path: /live, port: 8080}}
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: {drop: [ALL]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: shop, namespace: shop}
        spec: {podSelector: {matchLabels: {app: shop}}}
        """

    private func findings(_ text: String) throws -> [Finding] {
        ManifestChecker.check(documents: try YAMLReader.nodes(from: Array(text.utf8)).map { ("deploy.yaml", $0) })
    }

    @Test func `a careful deployment has no finding`() throws {
        #expect(try findings(Self.careful).map { "\($0.rule) \($0.place)" } == [])
    }

    @Test(arguments: [
        ("privileged: true", "WB-K8S-001"), ("privileged: \"true\"", "WB-K8S-001"), ("runAsUser: 0", "WB-K8S-014"),
        ("procMount: Unmasked", "WB-K8S-008"), ("seLinuxOptions: {user: x}", "WB-K8S-007"),
        ("runAsNonRoot: false", "WB-K8S-013"),
        ("seccompProfile: {type: Unconfined}", "WB-K8S-015"), ("runAsUser: 500", "WB-K8S-020"),
    ])
    func `one careless line is found with its place`(_ line: String, _ rule: String) throws {
        let text = Self.careful.replacing(
            "readOnlyRootFilesystem: true", with: "readOnlyRootFilesystem: true\n          \(line)")
        let found = try #require(try findings(text).first { $0.rule == rule })
        #expect(found.place.location?.file == "deploy.yaml")
        #expect(found.place.object == "Deployment/shop")
        #expect((found.place.location?.line ?? 0) > 20)
        #expect(found.remedy != nil)
    }

    @Test func `lists are opened and objects without a pod are judged by the other rules`() throws {
        let text = """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {name: view}, subjects: [{kind: User, name: "system:anonymous"}]}
            - {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {password: eA==}}
            """
        #expect(try findings(text).map(\.rule) == ["WB-K8S-060", "WB-K8S-065"])
    }

    @Test func `a secret in the environment is shown by its first characters at most`() throws {
        let text = Self.careful.replacing(
            "        resources:",
            with:
                "        env: [{name: DB_PASSWORD, value: correct-horse-battery}, {name: TOKEN_FILE, value: /x}]\n        resources:"
        )
        let found = try findings(text).filter { $0.rule == "WB-K8S-032" }
        #expect(found.count == 1)
        #expect(found.first?.evidence?.contains("horse") == false)
        #expect(found.first?.place.field == "spec.template.spec.containers[0].env[0].value")
    }

    @Test(arguments: [
        ("nginx", true), ("nginx:latest", true), ("host:5000/nginx", true), ("nginx:1.2", false),
        ("nginx@sha256:ab", false),
    ])
    func `an image without a tag or with latest is found`(_ image: String, _ isFound: Bool) throws {
        let text =
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: \"\(image)\"}]}\n"
        #expect(try findings(text).contains { $0.rule == "WB-K8S-027" } == isFound)
    }

    @Test func `every rule has its own id, a reason and a remedy`() {
        let ids = RuleTable.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(
            RuleTable.all.allSatisfy {
                !$0.why.isEmpty && !$0.remedy.isEmpty && !$0.title.isEmpty && $0.id.hasPrefix("WB-")
            })
        #expect(RuleTable.rule("KSV-0017")?.id == "WB-K8S-001")
    }

    @Test func `a switched off rule finds nothing`() throws {
        let nodes = try YAMLReader.nodes(
            from: Array("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: b}\n".utf8))
        let options = ManifestChecker.Options(disabled: ["WB-K8S-065"])
        #expect(ManifestChecker.check(documents: nodes.map { ("s.yaml", $0) }, options: options).isEmpty)
    }

    @Test func `controls follow the version of Kubernetes`() throws {
        let pod: Value = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
            "spec": ["hostUsers": false, "containers": [["name": "a", "securityContext": ["procMount": "Unmasked"]]]],
        ]
        let resource = try Resource(pod)
        #expect(PodSecurity.violations(of: resource, level: .baseline, version: 34).map(\.control) == ["procMount"])
        #expect(PodSecurity.violations(of: resource, level: .baseline, version: 35).isEmpty)
        #expect(
            PodSecurity.violations(of: resource, level: .restricted, version: 99).map(\.control).contains(
                "procMount_restricted"))
        #expect(PodSecurity.violations(of: resource, level: .privileged).isEmpty)
    }
}
