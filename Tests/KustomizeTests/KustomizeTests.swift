import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import Kustomize

/// Renders a map of files.
func render(_ files: [String: String], root: String = ".") throws(WaybillError) -> [Resource] {
    try KustomizeBuild.render(root: root) { files[$0].map { Array($0.utf8) } }
}

private let deployment = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec:
          containers:
            - { name: web, image: "registry:5000/shop/web:1.0" }
            - { name: side, image: proxy }
          volumes:
            - { name: v, configMap: { name: settings } }
    """

@Suite struct KustomizeBuildTests {
    private func one(_ kustomization: String, _ more: [String: String] = [:]) throws -> Value {
        var files = ["kustomization.yaml": "resources: [d.yaml]\n\(kustomization)", "d.yaml": deployment]
        files.merge(more) { $1 }
        let found = try render(files).first { $0.kind == "Deployment" }
        return try #require(found).value
    }

    private func containers(_ value: Value) -> [Value] {
        value[Pointer(["spec", "template", "spec", "containers"])]?.array ?? []
    }

    @Test(arguments: [
        ("images: [{ name: registry:5000/shop/web, newTag: '2.0' }]", "registry:5000/shop/web:2.0"),
        ("images: [{ name: registry:5000/shop/web, newName: other }]", "other:1.0"),
        ("images: [{ name: registry:5000/shop/web, digest: 'sha256:00' }]", "registry:5000/shop/web@sha256:00"),
        (
            "images: [{ name: registry:5000/shop/web, newTag: a, digest: 'sha256:00' }]",
            "registry:5000/shop/web:a@sha256:00"
        ),
        ("images: [{ name: shop/web, newTag: '2.0' }]", "registry:5000/shop/web:1.0"),
    ])
    func `an image is found by its whole name`(_ kustomization: String, _ expected: String) throws {
        #expect(containers(try one(kustomization))[0]["image"]?.string == expected)
    }

    @Test func `a strategic patch merges containers by name and puts its own first`() throws {
        let value = try one(
            "patches: [{ path: p.yaml }]",
            [
                "p.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: new, image: n}, {name: side, env: [{name: A, value: b}]}]}}}"
            ])
        #expect(containers(value).map { $0["name"]?.string } == ["new", "side", "web"])
        #expect(containers(value)[1]["image"]?.string == "proxy")
    }

    @Test(arguments: [
        ("{name: side, $patch: delete}", ["web"]), ("{name: web, image: x}", ["web", "side"]),
        ("{$patch: replace}, {name: only}", ["only"]),
    ])
    func `directives delete and replace`(_ element: String, _ names: [String]) throws {
        let value = try one(
            "patches:\n- target: {kind: Deployment}\n  patch: |\n    kind: Deployment\n    metadata: {name: any}\n    spec: {template: {spec: {containers: [\(element)]}}}\n"
        )
        #expect(containers(value).compactMap { $0["name"]?.string } == names)
    }

    @Test func `a json patch changes what its target selects`() throws {
        let value = try one(
            "patches:\n- target: {kind: Dep.*, name: w.b}\n  patch: |\n    - {op: add, path: /spec/replicas, value: 3}\n"
        )
        #expect(value["spec"]?["replicas"] == 3)
        let other = try one(
            "patches:\n- target: {name: we}\n  patch: |\n    - {op: add, path: /spec/replicas, value: 3}\n")
        #expect(other["spec"]?["replicas"] == nil)
    }

    @Test func `a generated name carries its hash wherever it is referred to`() throws {
        let value = try one("configMapGenerator: [{ name: settings, literals: [a=b] }]\nnamePrefix: x-")
        let name = try #require(
            value[Pointer(["spec", "template", "spec", "volumes", "0", "configMap", "name"])]?.string)
        #expect(name.hasPrefix("x-settings-"))
        #expect(name.utf8.count == "x-settings-".utf8.count + 10)
    }

    @Test func `hashes are those of the reference`() throws {
        let files = [
            "kustomization.yaml":
                "configMapGenerator: [{name: bob, literals: [fruit=Indian Gooseberry, year=2020, crisis=true]}]"
        ]
        #expect(try render(files).map(\.name) == ["bob-79t79mt227"])
    }

    @Test func `namespace, labels and annotations reach what they should`() throws {
        let value = try one(
            "namespace: ns\nlabels: [{ pairs: { a: b }, includeSelectors: true }]\ncommonAnnotations: { c: d }")
        #expect(value["metadata"]?["namespace"] == "ns")
        #expect(value[Pointer(["spec", "selector", "matchLabels", "a"])] == "b")
        #expect(value[Pointer(["spec", "template", "metadata", "labels", "a"])] == "b")
        #expect(value[Pointer(["spec", "template", "metadata", "annotations", "c"])] == "d")
    }

    @Test func `labels stay out of selectors where nobody asks for that`() throws {
        let value = try one("labels: [{ pairs: { a: b }, includeTemplates: true }]")
        #expect(value[Pointer(["spec", "selector", "matchLabels", "a"])] == nil)
        #expect(value[Pointer(["spec", "template", "metadata", "labels", "a"])] == "b")
    }

    @Test func `bases and components are gathered in order`() throws {
        let resources = try render(
            [
                "base/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": deployment,
                "part/kustomization.yaml":
                    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas: [{name: web, count: 5}]",
                "over/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\nnameSuffix: -s",
            ], root: "over")
        #expect(resources.map(\.name) == ["web-s"])
        #expect(resources[0]["spec", "replicas"] == 5)
    }

    @Test func `a replacement copies a field, or a part of it`() throws {
        let value = try one(
            """
            replacements:
            - source: { kind: Deployment, name: web, fieldPath: "spec.template.spec.containers.[name=web].image", options: { delimiter: ":", index: 2 } }
              targets:
              - { select: { kind: Deployment }, fieldPaths: ["metadata.labels.version"], options: { create: true } }
            """)
        #expect(value["metadata"]?["labels"]?["version"] == "1.0")
    }

    @Test func `the words that only YAML 1.1 takes for booleans stay text`() throws {
        let resources = try render([
            "kustomization.yaml": "resources: [a.yaml]",
            "a.yaml":
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: yes, b: on}\nmode: 0644\nport: 1_000",
        ])
        #expect(resources[0]["data"] == ["a": "yes", "b": "on"])
        #expect(resources[0]["mode"] == 420)
        #expect(resources[0]["port"] == 1000)
    }
}

@Suite struct KustomizeRefusalTests {
    struct Refusal: Sendable {
        var kustomization: String, subject: String, word: String, code: WaybillError.Code
        init(_ kustomization: String, _ subject: String, _ word: String, _ code: WaybillError.Code = .invalidInput) {
            (self.kustomization, self.subject, self.word, self.code) = (kustomization, subject, word, code)
        }
    }

    @Test(arguments: [
        Refusal("", "k/kustomization.yaml", "empty"),
        Refusal("resource: [a.yaml]", "k/kustomization.yaml:1:1", "did you mean “resources”"),
        Refusal("resources: [a.yaml]\nresources: [b.yaml]", "k/kustomization.yaml:2:1", "duplicate key"),
        Refusal("resources: [none.yaml]", "k/kustomization.yaml:1:13", "neither a file nor a folder", .notFound),
        Refusal("resources: [../secret.yaml]", "k/kustomization.yaml:1:13", "outside the folder", .forbidden),
        Refusal("resources: [../../../etc/passwd]", "k/kustomization.yaml:1:13", "outside the folder", .forbidden),
        Refusal("resources: [/etc/passwd]", "k/kustomization.yaml:1:13", "outside the folder", .forbidden),
        Refusal("resources: ['https://example.com/a.yaml']", "k/kustomization.yaml:1:13", "remote", .unsupported),
        Refusal("resources: ['github.com/a/b?ref=v1']", "k/kustomization.yaml:1:13", "remote", .unsupported),
        Refusal(
            "configMapGenerator: [{name: a, files: [../secret.yaml]}]", "k/kustomization.yaml:1:40",
            "outside the folder", .forbidden),
        Refusal(
            "patches: [{path: ../secret.yaml, target: {kind: X}}]", "k/kustomization.yaml:1:11", "outside the folder",
            .forbidden),
        Refusal("resources: [.]", "k/kustomization.yaml", "circle"),
        Refusal("resources: [a.yaml, a.yaml]", "k/a.yaml:1:1", "the same resource", .conflict),
        Refusal(
            "resources: [a.yaml]\nhelmCharts: [{name: x}]", "k/kustomization.yaml:2:13", "not supported", .unsupported),
        Refusal("resources: [a.yaml]\ntransformers: [t.yaml]", "k/t.yaml:1:1", "programs are not run", .unsupported),
        Refusal("resources: [a.yaml]\ncommonLabels: {a: 1}", "k/kustomization.yaml:2:19", "expected a string"),
        Refusal("resources: [a.yaml]\nimages: [{name: '['}]", "k/kustomization.yaml:2:10", "regular expression"),
        Refusal(
            "resources: [a.yaml]\npatches: [{patch: '- {op: add}', target: {kind: ConfigMap}}]",
            "k/kustomization.yaml:2:11", ""),
        Refusal(
            "resources: [a.yaml]\nreplicas: [{name: none, count: 1}]", "k/kustomization.yaml:2:12", "no workload",
            .notFound),
        Refusal("resources: [broken.yaml]", "k/broken.yaml:2:1", ""),
        Refusal("resources: [nameless.yaml]", "k/nameless.yaml:1:1", "metadata.name"),
        Refusal(
            "secretGenerator: [{name: a, envs: [env]}]", "k/env:2:1", "environment of whoever renders", .unsupported),
        Refusal(
            "configMapGenerator: [{name: a, behavior: merge}]", "k/kustomization.yaml:1:22", "nothing to merge",
            .notFound),
    ])
    func `what cannot be rendered is refused at its place`(_ refusal: Refusal) throws {
        let error = #expect(throws: WaybillError.self) {
            try render(
                [
                    "k/kustomization.yaml": refusal.kustomization,
                    "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}",
                    "k/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
                    "k/t.yaml": "apiVersion: example.com/v1\nkind: Mutator\nmetadata: {name: m}",
                    "k/broken.yaml": "a: [\n", "k/nameless.yaml": "apiVersion: v1\nkind: ConfigMap",
                    "k/env": "A=b\nHOME\n",
                ], root: "k")
        }
        #expect(error?.subject == refusal.subject, "\(error?.description ?? "")")
        #expect(error?.code == refusal.code)
        #expect(error?.message.contains(refusal.word) == true, "\(error?.message ?? "")")
    }

    @Test func `a folder outside of the files is refused`() {
        #expect(throws: WaybillError.self) { try render([:], root: "../x") }
        #expect(throws: WaybillError.self) { try render([:], root: "x") }
    }

    @Test func `any bytes end in resources or an error`() {
        let alphabet = Array("resources: [a.yaml]\n- {}#\"'|>&*!%@`patchesnamePrefix0x\u{0}é".utf8)
        var seed: UInt64 = 7
        for _ in 0..<2000 {
            var bytes = Array("resources: [a.yaml]\nnamePrefix: x\npatches: [{path: a.yaml}]\n".utf8)
            for _ in 0..<6 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(seed >> 33) % bytes.count] = alphabet[Int(seed >> 20) % alphabet.count]
            }
            let text = bytes
            _ = try? KustomizeBuild.render(root: ".") { $0 == "kustomization.yaml" || $0 == "a.yaml" ? text : nil }
        }
    }
}
