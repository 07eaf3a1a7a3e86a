import Kubernetes
import Testing
import WaybillCore

@testable import Delivery

@Suite struct ProgramRenderingTests {
    private func rendering(_ settings: RendererSettings, folder: String = "apps/shop") -> ProgramRendering {
        ProgramRendering(settings, folder: folder, name: "shop", namespace: "live")
    }

    @Test func `arguments name files from the root and never look like options`() {
        let jsonnet = rendering(
            RendererSettings(.jsonnet, entry: "main.jsonnet", libraries: ["-lib"], arguments: ["b": "-x", "a": "1"]))
        #expect(
            jsonnet.arguments
                == ["--jpath", "./-lib", "--tla-str", "a=1", "--tla-str", "b=-x", "./apps/shop/main.jsonnet"])
        #expect(jsonnet.folders == ["apps/shop", "-lib"])
        let helm = rendering(RendererSettings(.helm, entry: ".", values: ["live.yaml"], release: "cart"), folder: ".")
        #expect(
            helm.arguments
                == ["template", "cart", ".", "--namespace", "live", "--include-crds", "--values", "./live.yaml"])
        #expect(rendering(RendererSettings(.helm, entry: "chart")).arguments[2] == "./apps/shop/chart")
    }

    static let map = #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME"}}"#

    @Test(arguments: [
        (map, ["NAME"]),
        ("[\(map)]", ["NAME"]),
        (#"{"a":"# + map + #","b":{"c":["# + map.replacing("NAME", with: "x") + "]}}", ["NAME", "x"]),
        (#"{"apiVersion":"v1","kind":"List","items":["# + map + "]}", ["NAME"]),
        ("[]", []), ("{}", []),
    ])
    func `objects are found as people write jsonnet`(_ output: String, _ names: [String]) throws {
        let settings = RendererSettings(.jsonnet, entry: "main.jsonnet")
        #expect(try rendering(settings).resources(from: Array(output.utf8)).map(\.name) == names)
    }

    @Test(arguments: [
        ("1", "the root is no object"), (#"{"a":"text"}"#, "a is no object"), (#"{"kind":"ConfigMap"}"#, "apiVersion"),
        ("[\(map),\(map)]", "twice"), ("nonsense", "is not understood"), ("", "is not understood"),
        (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), "lies too deep"),
    ])
    func `output that is no objects is an error that says where`(_ output: String, _ reason: String) {
        let settings = RendererSettings(.jsonnet, entry: "main.jsonnet")
        let error = #expect(throws: WaybillError.self) {
            try rendering(settings).resources(from: Array(output.utf8))
        }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test func `a chart's stream is read without its empty documents`() throws {
        let text = "---\n# Source: a\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n---\n"
        let settings = RendererSettings(.helm, entry: ".")
        #expect(try rendering(settings).resources(from: Array(text.utf8)).map(\.key.name) == ["a"])
    }

    private func read(_ rest: String) throws(WaybillError) -> EnvironmentEntry? {
        let text = "version: 1\nenvironments:\n  - name: production\n    path: production\n" + rest
        return try EnvironmentsFile(parsing: text.utf8).environments.first
    }

    @Test func `clusters, artifacts and programs are read, and applications take the program over`() throws {
        let entry = try #require(
            try read(
                """
                    cluster: edge
                    artifact: { repository: "registry.example:5000/shop", tag: live, key: keys/a.pub }
                    render: { helm: ., release: cart, values: [live.yaml] }
                    applications:
                      - { name: a, path: a }
                      - { name: b, path: b, render: { jsonnet: main.jsonnet, arguments: { replicas: "2" } } }

                """))
        #expect(entry.cluster == "edge")
        #expect(entry.artifact?.version == .tag("live"))
        #expect(entry.artifact?.address.host == "registry.example:5000")
        #expect(entry.artifact?.address.path == "shop")
        #expect(
            entry.applications[0].render == RendererSettings(.helm, entry: ".", values: ["live.yaml"], release: "cart"))
        #expect(entry.applications[1].render?.arguments == ["replicas": "2"])
        #expect(entry.whole.render?.program == .helm)
    }

    @Test(arguments: [
        ("    cluster: Edge\n", "cluster"), ("    cluster: edge\n    drift: refuse\n", "refuse needs"),
        ("    render: { helm: ., jsonnet: a }\n", "expected one of"), ("    render: {}\n", "expected one of"),
        ("    render: { helm: ., libraries: [a] }\n", "unknown key"),
        ("    render: { jsonnet: ../a }\n", "render.jsonnet"),
        ("    render: { jsonnet: a, arguments: { n: 1 } }\n", "put numbers in quotes"),
        ("    render: { jsonnet: a, arguments: { \"a=b\": c } }\n", "names with texts"),
        ("    render: { helm: . }\n    application-folders: [apps]\n", "list applications"),
        ("    artifact: { repository: registry.example, tag: a, key: k }\n", "artifact.repository"),
        ("    artifact: { repository: \"registry.example/shop:1\", tag: a, key: k }\n", "artifact.repository"),
        ("    artifact: { repository: registry.example/shop, key: k }\n", "one of tag and digest"),
        ("    artifact: { repository: registry.example/shop, tag: \"a b\", key: k }\n", "is not a tag"),
        ("    artifact: { repository: registry.example/shop, digest: abc, key: k }\n", "artifact.digest"),
        ("    artifact: { repository: registry.example/shop, tag: a }\n", "“key” is missing"),
    ])
    func `what cannot be meant is refused`(_ text: String, _ reason: String) {
        let error = #expect(throws: WaybillError.self) { try read(text) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
