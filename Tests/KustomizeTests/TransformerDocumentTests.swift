import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import Kustomize

/// Built-in transformers as documents, schemas and definitions of the user's own.
@Suite struct TransformerDocumentTests {
    private static let objects = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: d }
        spec: { template: { spec: { containers: [{ name: c, image: "nginx:1" }] } } }
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: m, namespace: has }
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: r }
        roleRef: { kind: Role, name: x }
        subjects: [{ kind: ServiceAccount, name: one }]
        """

    private func transformed(_ document: String, _ more: [String: String] = [:]) throws -> [String: Value] {
        var files = [
            "kustomization.yaml": "resources: [o.yaml]\ntransformers: [t.yaml]\n", "o.yaml": Self.objects,
            "t.yaml": "apiVersion: builtin\nmetadata: { name: t, namespace: target }\n" + document,
        ]
        files.merge(more) { $1 }
        return Dictionary(try render(files).map { ($0.kind, $0.value) }) { first, _ in first }
    }

    /// What a generator is put over says whether there is a hash: both must want one.
    @Test(arguments: [
        ("", "", true), ("true", "", false), ("", "true", false), ("true", "true", false),
    ])
    func `a generated resource over another has a hash where both ask for one`(
        _ below: String, _ above: String, _ hasHash: Bool
    ) throws {
        for behavior in ["merge", "replace"] {
            func options(_ word: String) -> String {
                word.isEmpty ? "" : ", options: { disableNameSuffixHash: \(word) }"
            }
            let names = try render([
                "kustomization.yaml":
                    "resources: [base]\nconfigMapGenerator: [{ name: g, behavior: \(behavior), literals: [c=d]\(options(above)) }]\n",
                "base/kustomization.yaml": "configMapGenerator: [{ name: g, literals: [a=b]\(options(below)) }]\n",
            ]).map(\.name)
            #expect(names.count == 1 && (names != ["g"]) == hasHash, "\(names)")
        }
        let plain = try render([
            "kustomization.yaml":
                "resources: [m.yaml]\nconfigMapGenerator: [{ name: g, behavior: merge, literals: [c=d] }]\n",
            "m.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: g }\n",
        ])
        #expect(plain.map(\.name) == ["g"])
    }

    @Test func `a secret without data says so, and its hash is the reference's`() throws {
        let made = try render(["kustomization.yaml": "secretGenerator: [{ name: t, literals: [] }]\n"])
        #expect(made.map(\.name) == ["t-46f8b28mk5"])
        #expect(made.first?["data"] == [:])
    }

    @Test(arguments: ["kind: ConfigMap", "metadata: { name: m }", "data: { a: b }"])
    func `a strategic patch names a kind and an object, also beside a target`(_ patch: String) {
        #expect(throws: WaybillError.self) {
            try render([
                "kustomization.yaml":
                    "resources: [o.yaml]\npatches: [{ target: { kind: ConfigMap }, patch: \"\(patch)\" }]\n",
                "o.yaml": Self.objects,
            ])
        }
    }

    @Test(arguments: ["namePrefix: yes", "images: [{ name: nginx, newName: on }]", "commonLabels: { a: y }"])
    func `what YAML 1.1 takes for a boolean is no text of a kustomization`(_ line: String) {
        #expect(throws: WaybillError.self) {
            try render(["kustomization.yaml": "resources: [o.yaml]\n\(line)\n", "o.yaml": Self.objects])
        }
    }

    @Test(
        arguments: [
            ("", "a", "a"), ("a", "b", "a/b"), ("a/b", "../c", "a/c"), ("a", "./b/../c/", "a/c"), ("a", ".", "a"),
            ("a", "..", ""), ("a/", "b", "a/b"), ("/a", "b", "a/b"), ("a", "..b", "a/..b"), ("a", ".b", "a/.b"),
            ("a", "", "a"), ("a", "/b", nil), ("", "..", nil), ("a", "../../b", nil),
        ] as [(String, String, String?)])
    func `paths are joined without leaving the root`(_ folder: String, _ path: String, _ joined: String?) {
        #expect(FolderPath.join(folder, path) == joined)
    }

    /// A document, where to look, and what must stand there.
    struct Case: Sendable, CustomTestStringConvertible {
        var document: String
        var kind = "Deployment"
        var pointer: [String]
        var value: Value?
        var testDescription: String { document }
    }

    @Test(arguments: [
        Case(
            document: "kind: LabelTransformer\nlabels: { a: b }\nfieldSpecs: [{ path: metadata/labels, create: true }]",
            pointer: ["metadata", "labels", "a"], value: "b"),
        Case(document: "kind: LabelTransformer\nlabels: { a: b }", pointer: ["metadata", "labels"], value: nil),
        Case(
            document:
                "kind: AnnotationsTransformer\nannotations: { a: b }\nfieldSpecs: [{ path: metadata/annotations, create: true }]",
            pointer: ["metadata", "annotations", "a"], value: "b"),
        Case(
            document: "kind: ImageTagTransformer\nimageTag: { name: nginx, newTag: v2 }",
            pointer: ["spec", "template", "spec", "containers", "0", "image"], value: "nginx:v2"),
        Case(
            document:
                "kind: ReplicaCountTransformer\nreplica: { name: d, count: 4 }\nfieldSpecs: [{ path: spec/replicas, create: true }]",
            pointer: ["spec", "replicas"], value: 4),
        Case(
            document:
                "kind: PatchTransformer\npatch: '[{\"op\":\"add\",\"path\":\"/spec/paused\",\"value\":true}]'\ntarget: { kind: Deployment }",
            pointer: ["spec", "paused"], value: true),
        Case(
            document:
                "kind: PatchJson6902Transformer\njsonOp: '[{\"op\":\"add\",\"path\":\"/spec/paused\",\"value\":true}]'\ntarget: { kind: Deployment }",
            pointer: ["spec", "paused"], value: true),
        Case(
            document:
                "kind: PatchStrategicMergeTransformer\npatches: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {paused: true}}'",
            pointer: ["spec", "paused"], value: true),
        Case(
            document:
                "kind: ValueAddTransformer\nvalue: v\ntargets: [{ selector: { kind: Deployment }, fieldPath: metadata/annotations/x }]",
            pointer: ["metadata", "annotations", "x"], value: "v"),
        Case(
            document:
                "kind: ReplacementTransformer\nreplacements: [{ source: { kind: ConfigMap }, targets: [{ select: { kind: Deployment }, fieldPaths: [spec.from], options: { create: true } }] }]",
            pointer: ["spec", "from"], value: "m"),
        Case(document: "kind: NamespaceTransformer", pointer: ["metadata", "namespace"], value: "target"),
        Case(
            document: "kind: NamespaceTransformer\nunsetOnly: true", kind: "ConfigMap",
            pointer: ["metadata", "namespace"], value: "has"),
        Case(
            document: "kind: NamespaceTransformer\nsetRoleBindingSubjects: allServiceAccounts", kind: "RoleBinding",
            pointer: ["subjects", "0", "namespace"], value: "target"),
        Case(
            document: "kind: NamespaceTransformer\nsetRoleBindingSubjects: none", kind: "RoleBinding",
            pointer: ["subjects", "0", "namespace"], value: nil),
    ])
    func `a built-in transformer does what its document says`(_ example: Case) throws {
        let value = try #require(try transformed(example.document)[example.kind])
        #expect(value[Pointer(example.pointer)] == example.value)
    }

    @Test(arguments: [
        "kind: Unknown", "kind: ImageTagTransformer", "kind: PatchTransformer",
        "kind: LabelTransformer\nlabel: { a: b }", "kind: NamespaceTransformer\nsetRoleBindingSubjects: some",
    ])
    func `a document that says nothing, or something unknown, is refused with its file`(_ document: String) throws {
        let error = #expect(throws: WaybillError.self) { _ = try transformed(document) }
        #expect(error?.subject.hasPrefix("t.yaml") == true)
    }

    @Test func `a schema of the user's own says by what its lists are merged`() throws {
        let patch =
            "patches: [{ patch: '{apiVersion: x/v1, kind: My, metadata: {name: a}, spec: {l: [{id: b, v: 2}], p: [9]}}' }]"
        let schema = """
            {"definitions": {"My": {"properties": {"spec": {"properties": {
              "l": {"type": "array", "items": {"type": "object"}, "x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "id"},
              "p": {"type": "array", "items": {"type": "integer"}}}}},
              "x-kubernetes-group-version-kind": [{"group": "x", "version": "v1", "kind": "My"}]}}}
            """
        let rendered = try render([
            "kustomization.yaml": "resources: [o.yaml]\nopenapi: { path: s.json }\n\(patch)\n", "s.json": schema,
            "o.yaml":
                "apiVersion: x/v1\nkind: My\nmetadata: { name: a }\nspec: { l: [{ id: a, v: 1 }, { id: b, v: 1, w: 1 }], p: [1] }\n",
        ])
        let spec = try #require(rendered.first?.value["spec"])
        #expect(spec == ["l": [["id": "b", "v": 2, "w": 1], ["id": "a", "v": 1]], "p": [9]])
    }

    @Test(arguments: [
        "openapi: { path: s.json, version: v1.21.2 }", "openapi: { version: v9 }", "openapi: { path: none.json }",
        "openapi: { path: bad.json }",
    ])
    func `a schema that cannot be had is refused`(_ line: String) throws {
        #expect(throws: WaybillError.self) {
            try render([
                "kustomization.yaml": "resources: [o.yaml]\n\(line)\n", "o.yaml": Self.objects,
                "s.json": "{\"definitions\": {}}", "bad.json": "[1",
            ])
        }
    }

    @Test func `definitions of custom kinds say which fields hold names`() throws {
        let rendered = try render([
            "kustomization.yaml": "namePrefix: p-\ncrds: [c.json]\nresources: [o.yaml]\n",
            "c.json": """
            {"x.My": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "spec": {"$ref": "x.Spec"}}}},
             "x.Spec": {"Schema": {"properties": {"ref": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Secret"}}}}}
            """,
            "o.yaml":
                "apiVersion: x/v1\nkind: My\nmetadata: { name: a }\nspec: { ref: { name: s } }\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: s }\n",
        ])
        #expect(rendered.first { $0.kind == "My" }?["spec", "ref", "name"] == "p-s")
    }

    @Test func `definitions in a circle end in an error`() {
        #expect(throws: WaybillError.self) {
            try render([
                "kustomization.yaml": "crds: [c.json]\nresources: [o.yaml]\n", "o.yaml": Self.objects,
                "c.json":
                    "{\"x.My\": {\"Schema\": {\"properties\": {\"apiVersion\": {}, \"kind\": {}, \"metadata\": {}, \"a\": {\"$ref\": \"x.My\"}, \"b\": {\"$ref\": \"x.My\"}}}}}",
            ])
        }
    }

    @Test(arguments: [
        ("1.0", "1"), ("0.50", "0.5"), ("1e10", "10000000000"), ("1e21", "1e+21"), ("1234567.5", "1.2345675e+06"),
        ("0.00001", "1e-05"), ("123456.7", "123456.7"), ("-0.0", "0"), ("9223372036854775808", "9223372036854775808"),
        ("-9223372036854775809", "-9.223372036854776e+18"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("7", "7"), ("-3.25", "-3.25"), ("0.1", "0.1"),
    ])
    func `numbers are printed as the reference prints them`(_ written: String, _ printed: String) throws {
        let rendered = try render([
            "kustomization.yaml": "resources: [o.yaml]\n",
            "o.yaml": "apiVersion: x/v1\nkind: My\nmetadata: { name: a }\nspec: { n: \(written) }\n",
        ])
        #expect(rendered.first?["spec", "n"].flatMap { $0.number?.text } == printed)
    }

    @Test func `annotations are texts, however they were written, and none at all are left out`() throws {
        let rendered = try render([
            "kustomization.yaml": "resources: [o.yaml]\n",
            "o.yaml":
                "apiVersion: v1\nkind: Service\nmetadata: { name: a, annotations: { n: 80, t: true, e: } }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: b, annotations: }\n",
        ])
        #expect(rendered[0].annotations == ["n": "80", "t": "true", "e": ""])
        #expect(rendered[1].value["metadata"]?["annotations"] == nil)
    }

    @Test func `elements with several keys keep their places and new ones come first`() throws {
        let rendered = try render([
            "kustomization.yaml":
                "resources: [o.yaml]\npatches: [{ patch: '{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 2, protocol: UDP, name: two}, {port: 3, protocol: TCP}]}}' }]\n",
            "o.yaml":
                "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [{ port: 2, protocol: TCP }, { port: 2, protocol: UDP }] }\n",
        ])
        let ports = rendered[0]["spec", "ports"]?.array?.map {
            "\($0["port"]?.integer ?? 0)\($0["protocol"]?.string ?? "")"
        }
        #expect(ports == ["3TCP", "2TCP", "2UDP"])
    }

    @Test(arguments: [
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "resources:\n",
        "vars: [{ name: X, objref: { kind: Secret, name: no, apiVersion: v1 } }]\nresources: [o.yaml]\n",
        "patches: [{ target: { kind: Deployment }, path: two.yaml }]\nresources: [o.yaml]\n",
        "replacements: [{ source: { kind: ConfigMap }, targets: [{ select: { kind: Deployment }, fieldPaths: [spec.none.x] }] }]\nresources: [o.yaml]\n",
    ])
    func `what the reference refuses is refused`(_ kustomization: String) {
        #expect(throws: WaybillError.self) {
            try render([
                "kustomization.yaml": kustomization, "o.yaml": Self.objects,
                "two.yaml":
                    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d }\n",
            ])
        }
    }

    @Test func `a replacement chooses by whole names, a patch by expressions`() throws {
        let rendered = try render([
            "kustomization.yaml":
                "resources: [o.yaml]\nreplacements: [{ source: { kind: ConfigMap }, targets: [{ select: { kind: Deploy.* }, fieldPaths: [metadata.name] }] }]\n",
            "o.yaml": Self.objects,
        ])
        #expect(rendered.contains { $0.kind == "Deployment" && $0.name == "d" })
    }

    @Test func `operations of a patch have the booleans of YAML 1.1, and pod templates refer to configuration`() throws
    {
        let rendered = try render([
            "kustomization.yaml":
                "namePrefix: p-\nresources: [o.yaml]\npatches: [{ path: p.yaml, target: { kind: PodTemplate } }]\n",
            "p.yaml": "- op: add\n  path: /template/spec/hostNetwork\n  value: yes\n",
            "o.yaml":
                "apiVersion: v1\nkind: PodTemplate\nmetadata: { name: t }\ntemplate: { spec: { serviceAccountName: m, volumes: [{ name: v, configMap: { name: m } }] } }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\n",
        ])
        let spec = rendered.first { $0.kind == "PodTemplate" }?["template", "spec"]
        #expect(spec?["hostNetwork"] == true)
        #expect(spec?["volumes"]?[0]?["configMap"]?["name"] == "p-m")
        #expect(spec?["serviceAccountName"] == "m")
    }

    @Test func `a variable that stands for more than one value stays as it is written`() throws {
        let rendered = try render([
            "kustomization.yaml":
                "resources: [o.yaml]\nvars: [{ name: X, objref: { kind: ConfigMap, name: m, apiVersion: v1 }, fieldref: { fieldpath: data } }]\n",
            "o.yaml":
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m, annotations: { a: $(X) } }\ndata: { k: v }\n",
        ])
        #expect(rendered.first?.annotations["a"] == "$(X)")
    }

    @Test func `a replacement into a place that it makes is typed by how it reads`() throws {
        let rendered = try render([
            "kustomization.yaml":
                "resources: [o.yaml]\nreplacements: [{ source: { kind: ConfigMap, fieldPath: data.n }, targets: [{ select: { kind: My }, fieldPaths: [spec.made, spec.text], options: { create: true } }] }]\n",
            "o.yaml":
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m }\ndata: { n: \"7\" }\n---\napiVersion: x/v1\nkind: My\nmetadata: { name: a }\nspec: { text: old }\n",
        ])
        let spec = rendered.first { $0.kind == "My" }?.value["spec"]
        #expect(spec == ["text": "7", "made": 7])
    }
}
