import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import Kustomize

@Suite struct SubstitutionTests {
    private static let variables = ["name": "shop", "count": "3", "empty": "", "path": "a/b/c.txt", "word": "hello"]

    private func expanded(_ text: String) throws -> String {
        try Substitution(Self.variables).expanded(text)
    }

    @Test(arguments: [
        ("${name}", "shop"), ("x-${name}-y", "x-shop-y"), ("${name}${count}", "shop3"), ("$name", "$name"),
        ("$${name}", "${name}"), ("$$$${name}", "$${name}"), ("cost: 5$", "cost: 5$"), ("${empty}", ""),
        ("${missing:=x}", "x"), ("${missing:-x}", "x"), ("${missing=x}", "x"), ("${empty:=x}", "x"),
        ("${empty=x}", ""), ("${missing:=${name}}", "shop"), ("${missing:=}", ""), ("${#name}", "4"),
        ("${word:1}", "ello"), ("${word:1:3}", "ell"), ("${word:9}", ""), ("${word^}", "Hello"),
        ("${word^^}", "HELLO"), ("${word,}", "hello"), ("${word,,}", "hello"), ("${path#*/}", "b/c.txt"),
        ("${path##*/}", "c.txt"), ("${path%.*}", "a/b/c"), ("${path%%/*}", "a"), ("${path/b/x}", "a/x/c.txt"),
        ("${word//l/L}", "heLLo"), ("${word/#he/HE}", "HEllo"), ("${word/%lo/LO}", "helLO"), ("${word/l}", "helo"),
        ("${path#z}", "a/b/c.txt"),
    ])
    func `a variable stands for its value, in every form that shells know`(_ text: String, _ expected: String) throws {
        #expect(try expanded(text) == expected)
    }

    @Test(arguments: [
        "${missing}", "${missing^^}", "${", "${}", "${1}", "${name", "${name:=x", "${-x}", "${name?x}", "${name:+x}",
        "${word:x}", "${word:-1:2", "${#name:1}", "${word//}", "${word^^x}",
    ])
    func `what has no value or no sense is an error`(_ text: String) {
        #expect(throws: Substitution.Failure.self) { try Substitution(Self.variables).expanded(text) }
    }

    @Test func `defaults within defaults end somewhere`() {
        let deep = String(repeating: "${a:=", count: 50) + "x" + String(repeating: "}", count: 50)
        #expect(throws: Substitution.Failure.self) { try Substitution([:]).expanded(deep) }
    }

    private func rendered(_ yaml: String, _ variables: [String: String]) throws -> Value {
        let files = ["kustomization.yaml": "resources: [r.yaml]", "r.yaml": yaml]
        let options = RenderOptions(variables: variables)
        let resources = try KustomizeBuild.render(root: ".", options: options) { files[$0].map { Array($0.utf8) } }
        return try #require(resources.first).value
    }

    @Test func `a number is a number, but a text of a ConfigMap stays one`() throws {
        let scale = try rendered(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: '${n}'}, spec: {replicas: '${count}', paused: '${p}'}}",
            ["n": "7", "count": "3", "p": "true"])
        #expect(scale[path: "metadata", "name"] == "7")
        #expect(scale[path: "spec", "replicas"] == 3)
        #expect(scale[path: "spec", "paused"] == true)
        let map = try rendered(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, labels: {v: '${n}'}}, data: {'${n}': '${n}'}}",
            ["n": "7"])
        #expect(map["data"] == ["7": "7"])
        #expect(map[path: "metadata", "labels"] == ["v": "7"])
    }

    @Test func `a value never becomes more than one value`() throws {
        let evil = "x\n  hostNetwork: true\n#"
        let pod = try rendered(
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {nodeName: '${n}'}}", ["n": evil])
        #expect(pod["spec"] == ["nodeName": .string(evil)])
    }

    @Test func `a variable without a value names its place, and a resource may be left alone`() throws {
        let yaml = "{apiVersion: v1, kind: ConfigMap, metadata: {name: m%@}, data: {a: '${nobody}'}}"
        do {
            _ = try rendered(yaml.replacing("%@", with: ""), [:])
            Issue.record("an undefined variable was taken")
        } catch let error as WaybillError {
            #expect(error.code == .notFound && error.message == "data.a: the variable nobody has no value")
            #expect(error.subject.contains("ConfigMap/m"))
        }
        let disabled = yaml.replacing("%@", with: ", annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}")
        #expect(try rendered(disabled, [:])[path: "data", "a"] == "${nobody}")
    }

    @Test func `without variables nothing is put in`() throws {
        let files = [
            "kustomization.yaml": "resources: [r.yaml]",
            "r.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {a: '${b}'}}",
        ]
        let resources = try KustomizeBuild.render(root: ".", options: RenderOptions()) {
            files[$0].map { Array($0.utf8) }
        }
        #expect(resources.first?.value[path: "data", "a"] == "${b}")
    }
}

extension Value {
    fileprivate subscript(path path: String...) -> Value? { self[Pointer(path)] }
}
