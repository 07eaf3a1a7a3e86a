import Delivery
import Documents
import Health
import Kubernetes
import Kustomize
import Secrets
import WaybillCore

/// Readers of what environments are made of.
enum DeliveryFuzz {
    static let targets = [
        FuzzTarget("delivery-kustomization", kustomization), FuzzTarget("delivery-patch", patch),
        FuzzTarget("delivery-selector", selector), FuzzTarget("delivery-environments", environments),
        FuzzTarget("delivery-sops", sops), FuzzTarget("delivery-health", health),
    ]

    /// Files, told apart by lines of `%%`: the kustomization, then those that it may name.
    private static func files(_ bytes: [UInt8], _ names: [String]) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        var part: [UInt8] = [], index = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.elementsEqual("%%".utf8), index + 1 < names.count {
                files[names[index]] = part
                part = []
                index += 1
            } else {
                part += line + [0x0A]
            }
        }
        files[names[index]] = part
        return files
    }

    static func kustomization(_ bytes: [UInt8]) throws {
        let files = files(bytes, ["kustomization.yaml", "a.yaml", "b.yaml", "base/kustomization.yaml", "base/a.yaml"])
        let options = RenderOptions(variables: ["name": "value"])
        func render() -> [Resource]? { try? KustomizeBuild.render(root: ".", options: options) { files[$0] } }
        let first = render()
        guard first == render() else { throw FuzzTarget.Finding(message: "two renderings differ") }
        guard let first else { return }
        let stream = KubernetesYAMLWriter.bytes(documents: first.map(\.value))
        guard (try? YAMLReader.nodes(from: stream, schema: .kustomize)) != nil else {
            throw FuzzTarget.Finding(message: "what was rendered cannot be read")
        }
    }

    /// A patch, in every place that takes one, over a workload.
    static func patch(_ bytes: [UInt8]) throws {
        let workload = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: web, labels: { a: b } }
            spec: { template: { spec: { containers: [{ name: web, image: "a:1", ports: [{ containerPort: 80 }] }] } } }
            """
        let kustomizations = [
            "patches: [{ path: p.yaml }]", "patches: [{ path: p.yaml, target: { kind: Deployment } }]",
            "patchesStrategicMerge: [p.yaml]", "openapi: { path: p.yaml }", "crds: [p.yaml]", "transformers: [p.yaml]",
            "replacements: [{ path: p.yaml }]", "configurations: [p.yaml]",
        ]
        for text in kustomizations {
            _ = try? KustomizeBuild.render(root: ".") { path in
                switch path {
                case "kustomization.yaml": Array("resources: [a.yaml]\n\(text)\n".utf8)
                case "a.yaml": Array(workload.utf8)
                case "p.yaml": bytes
                default: nil
                }
            }
        }
    }

    static func selector(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        if let selector = try? LabelSelector(parsing: text) { _ = selector.matches(["a": "b", "x": "1"]) }
        let rule: Value = [
            "resources": ["a.yaml"],
            "patches": [["target": ["labelSelector": .string(text), "name": .string(text)], "patch": "[]"]],
        ]
        _ = try? KustomizeBuild.render(root: ".") { path in
            switch path {
            case "kustomization.yaml": JSONWriter.bytes(rule)
            case "a.yaml": Array("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n".utf8)
            default: nil
            }
        }
    }

    static func environments(_ bytes: [UInt8]) throws {
        if let file = try? EnvironmentsFile(parsing: bytes) {
            for environment in file.environments {
                _ = try? environment.allApplications(files: ["apps/a/kustomization.yaml", "a/b/c/kustomization.yaml"])
                for follow in environment.follow { _ = try? follow.newest(of: ["1.0.0", "v2", "main-3", ""]) }
                for window in environment.promotion.windows { _ = window.opens(from: 1_800_000_000) }
            }
        }
        _ = try? ProjectFile(parsing: bytes)
        _ = try? PromotionEdit(image: "web", digest: .sha256(of: [1])).applied(
            to: String(decoding: bytes, as: UTF8.self))
    }

    static func sops(_ bytes: [UInt8]) throws {
        let identities = (try? AgeIdentity.identities(in: bytes, file: "keys")) ?? []
        for name in ["a.yaml", "a.json", "a.env"] {
            guard SOPSFile.isEncrypted(bytes) else { continue }
            _ = try? SOPSFile.decrypted(bytes, file: name, with: identities)
        }
    }

    static func health(_ bytes: [UInt8]) throws {
        let parts = files(bytes, ["object", "rule"])
        guard let value = try? YAMLReader.node(from: parts["object"] ?? [], schema: .kustomize).value,
            let resource = try? Resource(value)
        else { return }
        let rule = (try? YAMLReader.node(from: parts["rule"] ?? [], schema: .core)).flatMap {
            try? CustomHealthRule($0)
        }
        _ = ObjectHealth.assess(resource, now: 1_800_000_000, rules: rule.map { [$0] } ?? [])
        _ = ObjectHealth.assess(resource)
    }
}
