import Attestations
import Documents
import Kubernetes
import Signatures
import Testing
import WaybillCore

@testable import DeployPolicies

struct ClusterImagePolicyTests {
    static let ann = Sample()

    static func policy(_ authority: String, glob: String = "registry.example/shop/**", more: String = "") throws
        -> String
    {
        """
        apiVersion: policy.sigstore.dev/v1beta1
        kind: ClusterImagePolicy
        metadata: {name: shop}
        spec:
        \(more)
          images:
          - glob: "\(glob)"
          authorities:
        \(authority)
        """
    }

    static func key(_ more: String = "") throws -> String {
        """
          - name: ann
            key:
              data: |
        \(try ann.indented(8))
        \(more)
        """
    }

    static func attestation(_ language: String, _ text: String) -> String {
        let lines = text.split(separator: "\n").map { "            \($0)" }.joined(separator: "\n")
        return """
                attestations:
                - name: test
                  predicateType: https://in-toto.io/attestation/test-result/v0.1
                  policy:
                    type: \(language)
                    data: |
            \(lines)
            """
    }

    static func isAllowed(_ text: String, _ layers: [CosignLayer], resource: Resource? = nil) throws -> Bool {
        try Sample.decide(
            Sample.policies(text), resource, evidence: ImageEvidence(digest: Sample.digest, layers: layers)
        ).isAllowed
    }

    @Test func `a signature by the key is asked for, about this image`() throws {
        let text = try Self.policy(Self.key())
        #expect(try Self.isAllowed(text, [Self.ann.cosign()]))
        #expect(!(try Self.isAllowed(text, [])))
        #expect(!(try Self.isAllowed(text, [Sample().cosign()])))
        #expect(!(try Self.isAllowed(text, [Self.ann.cosign(of: .sha256(of: [1]))])))
        #expect(try Self.isAllowed(text, [Self.ann.statement(PredicateType.cosignSignature, [:])]))
    }

    @Test func `another key, and the other hash, are not the key`() throws {
        let text = try Self.policy(Self.key()).replacing("key:\n", with: "key:\n      hashAlgorithm: sha512\n")
        #expect(!(try Self.isAllowed(text, [Self.ann.cosign()])))
    }

    @Test(
        arguments: [
            (
                "cue",
                #"predicateType: "https://in-toto.io/attestation/test-result/v0.1""# + "\n"
                    + #"predicate: result: "PASSED""#, true
            ),
            ("cue", #"predicate: result: "PASSED" | "WARNED""#, true),
            ("cue", #"predicate: result: "FAILED""#, false),
            ("cue", #"predicate: other: "PASSED""#, false),
            ("cue", #"predicate: {result: =~"^PASS", count: >=3 & <5}"#, true),
            ("cue", #"predicate: count: >3"#, false),
            (
                "cue",
                "import \"time\"\nbefore: time.Parse(time.RFC3339, \"2027-01-01T00:00:00+01:00\")\npredicate: when: <before",
                true
            ),
            (
                "cue",
                "import \"time\"\nbefore: time.Parse(time.RFC3339, \"2025-01-01T00:00:00Z\")\npredicate: when: <before",
                false
            ),
            ("cue", "import \"list\"\npredicate: x: list.MaxItems(1)", false),
            (
                "rego",
                "package sigstore\ndefault isCompliant = false\nisCompliant {\n  input.predicate.result == \"PASSED\"\n}",
                true
            ),
            (
                "rego",
                "package sigstore\ndefault isCompliant = false\nisCompliant {\n  input.predicate.result == \"FAILED\"\n}",
                false
            ),
            ("rego", "package sigstore\nimport rego.v1\nisCompliant if input.predicate.count == 3", true),
        ] as [(String, String, Bool)])
    func `an attestation must say what the policy asks`(_ language: String, _ policy: String, _ expected: Bool) throws {
        let layer = try Self.ann.statement(
            PredicateType.testResult, ["result": "PASSED", "count": 3, "when": "2026-06-01T00:00:00Z"])
        let text = try Self.policy(Self.key(Self.attestation(language, policy)))
        #expect(try Self.isAllowed(text, [layer]) == expected)
        #expect(!(try Self.isAllowed(text, [Self.ann.cosign()])))
        #expect(!(try Self.isAllowed(text, [Sample().statement(PredicateType.testResult, ["result": "PASSED"])])))
    }

    @Test(arguments: [
        "ctlog: {url: https://rekor.example}", "ctlog: {trustRootRef: ours}", "ctlog: {}",
        "rfc3161timestamp: {trustRootRef: ours}", "source: [{oci: registry.example/signatures}]",
        "source: [{tagPrefix: other}]",
    ])
    func `what an authority asks and is not enforced here lets nothing through`(_ more: String) throws {
        let text = try Self.policy(Self.key("    \(more)"))
        let decision = try Sample.decide(
            Sample.policies(text), nil,
            evidence: ImageEvidence(digest: Sample.digest, layers: [try Self.ann.cosign()]))
        #expect(!decision.isAllowed)
        let message = decision.verdict.violations.map(\.message).joined()
        #expect(message.contains(more.prefix { $0 != ":" }), "\(message)")
    }

    @Test func `authorities are alternatives, policies are not`() throws {
        let either = try Self.policy("  - static: {action: fail}\n\(Self.key())")
        #expect(try Self.isAllowed(either, [Self.ann.cosign()]))
        let fails = try Self.policy("  - static: {action: fail, message: not here}")
        #expect(!(try Self.isAllowed("\(either)\n---\n\(fails)", [Self.ann.cosign()])))
        let warns = try Self.policy("  - static: {action: fail}", more: "  mode: warn")
        let decision = try Sample.decide(
            Sample.policies(warns), evidence: ImageEvidence(digest: Sample.digest))
        #expect(decision.isAllowed)
        #expect(decision.verdict.warnings.count == 1)
    }

    @Test func `a key that is out of reach lets nothing through`() throws {
        for key in ["kms: hashivault://x", "secretRef: {name: s}"] {
            #expect(!(try Self.isAllowed(Self.policy("  - key: {\(key)}"), [Self.ann.cosign()])))
        }
        let keyless = try Self.policy(
            "  - keyless: {url: https://fulcio.example, identities: [{issuer: i, subject: s}]}")
        #expect(!(try Self.isAllowed(keyless, [Self.ann.cosign()])))
    }

    @Test(arguments: [
        ("pods", "app: shop", true), ("deployments", "app: shop", false), ("pods", "app: other", false),
    ])
    func `a policy is about the objects that it matches`(_ resource: String, _ label: String, _ isAbout: Bool) throws {
        let more = "  match:\n  - {resource: \(resource), version: v1, selector: {matchLabels: {\(label)}}}"
        let text = try Self.policy("  - static: {action: pass}", more: more)
        let pod = try Sample.pod(
            ["containers": [["name": "c", "image": .string(Sample.image)]]],
            metadata: ["name": "cart", "labels": ["app": "shop"]])
        #expect(try Self.isAllowed(text, [], resource: pod) == isAbout)
    }

    @Test(
        arguments: [
            ("nginx*", "nginx:1.2", true), ("nginx*", "index.docker.io/library/nginx:1.2", true),
            ("**", "a.example/b/c:1", true),
            ("registry.example/*", "registry.example/a/b:1", false),
            ("registry.example/**", "registry.example/a/b:1", true),
            (
                "registry.example/a*",
                "registry.example/a:1@sha256:0000000000000000000000000000000000000000000000000000000000000000", true
            ),
            ("registry.example/a", "registry.example.evil/a", false), ("**demo**", "x.example/demo:1", true),
            ("shop/cart", "docker.io/shop/cart", true),
            // Short names, as they are written and as they are meant.
            ("*", "nginx", true), ("*", "x.example/a", false), ("*/*", "shop/cart", true),
            ("*/*", "x.example/shop/cart", false), ("*/cart", "shop/cart", true), ("nginx:latest", "nginx", true),
            ("index.docker.io/library/nginx:latest", "nginx", true), ("nginx:latest", "nginx:1", false),
            ("registry.example:5000/a:latest", "registry.example:5000/a", true),
            ("registry.example:5000/a", "registry.example:5000/a", true),
            ("registry.example/a", "registry.example/a:1", false),
        ] as [(String, String, Bool)])
    func `globs match as they do for sigstore`(_ glob: String, _ image: String, _ expected: Bool) throws {
        #expect(try ImagePattern(glob, style: .glob).matches(image) == expected)
    }

    @Test(arguments: ["", "[", "a?", "a b", "a@sha256:00", "a{b,c}", "a\\*", "ä"])
    func `a glob that sigstore does not read is refused`(_ glob: String) {
        #expect(throws: WaybillError.self) { try ImagePattern(glob, style: .glob) }
    }

    @Test func `a glob full of stars costs little`() throws {
        let pattern = try ImagePattern(String(repeating: "*a", count: 30), style: .glob)
        #expect(!pattern.matches(String(repeating: "a", count: 500) + "b"))
    }

    @Test(arguments: [
        "  - {keyless: {url: https://f.example, identities: [{subject: a, issuer: b}]}, source: [{oci: r.example/x}]}",
        "  - {keyless: {identities: [{subject: a, issuer: b}]}, source: [{tagPrefix: t}]}",
        "  - {key: {kms: 'awskms://localhost:4566/arn:aws:kms:eu-west-1:1:key/2'}}",
        "  - {key: {kms: 'awskms:///arn:aws:kms:eu-west-1:1:alias/two'}}", "  - {key: {kms: 'hashivault://x'}}",
        "  - {key: {kms: 'k8s://space/name'}}", "  - {static: {action: pass}}",
        "  - {static: {action: fail, message: none}}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: 'https://x.example/v1'}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: cue, configMapRef: {name: settings, key: policy}}}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: rego, remote: {url: 'https://x.example/p', sha256sum: '0000000000000000000000000000000000000000000000000000000000000000'}}}]}",
    ])
    func `authorities of every form are read`(_ authority: String) throws {
        #expect(throws: Never.self) { try Sample.policies(Self.policy(authority)) }
    }

    @Test(arguments: [
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vulns}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: ''}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: '', predicateType: vuln}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{predicateType: vuln}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: cue}}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: python, data: x}}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: cue, data: 'x: 1', fetchConfigFile: true}}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: cue, configMapRef: {name: n}}}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: cue, remote: {url: 'https://x.example/p'}}}]}",
        "  - {key: {secretRef: {name: k}}, attestations: [{name: a, predicateType: vuln, policy: {type: cue, remote: {url: 'http://x.example/p', sha256sum: '0000000000000000000000000000000000000000000000000000000000000000'}}}]}",
        "  - {static: {action: pass}, source: [{oci: r.example/x}]}", "  - {static: {action: maybe}}",
        "  - {static: {}}",
        "  - {static: {action: pass}, ctlog: {url: 'https://r.example'}}",
        "  - {static: {action: pass}, attestations: [{name: a, predicateType: vuln}]}",
        "  - {key: {kms: 'awskms://localhost/arn:aws:kms:eu-west-1:1:key/2'}}",
        "  - {key: {kms: 'awskms:///arn:aws:s3:eu-west-1:1:key/2'}}", "  - {key: {kms: 'x'}}",
        "  - {key: {secretRef: {}}}", "  - {key: {secretRef: {name: k}, hashAlgorithm: md5}}",
        "  - {keyless: {identities: [{subject: a, subjectRegExp: b, issuer: c}]}}",
        "  - {keyless: {identities: [{subject: a, issuer: b, issuerRegExp: c}]}}",
        "  - {keyless: {identities: [{subject: a, issuerRegExp: '('}]}}", "  - {keyless: {identities: []}}",
        "  - {keyless: {url: fulcio, identities: [{subject: a, issuer: b}]}}",
        "  - {keyless: {identities: [{subject: a, issuer: b}]}, source: [{oci: 'a b'}]}",
        "  - {keyless: {identities: [{subject: a, issuer: b}]}, source: [{signaturePullSecrets: [{}]}]}",
        "  - {keyless: {identities: [{subject: a, issuer: b}], insecureIgnoreSct: true}}", "  - {name: none}", "  - {}",
    ])
    func `an authority that upstream refuses, or that nobody could satisfy, is refused`(_ authority: String) throws {
        let text = try Self.policy(authority)
        #expect(throws: (any Error).self) { try Sample.policies(text) }
    }

    @Test(arguments: [
        ("  match: [{resource: pods, selector: {matchLabels: {a: b}}}]", true), ("  match: [{group: apps}]", true),
        ("  match: [{selector: {matchLabels: {a: b}}}]", false), ("  match: [{resource: apples}]", false),
        ("  mode: warn", true), ("  mode: Warn", false), ("  mode: audit", false), ("  modes: warn", false),
        ("  policy: {type: cue, data: 'x: 1', includeSpec: true}", true), ("  policy: {type: cue}", false),
    ])
    func `what stands beside the authorities is read strictly`(_ more: String, _ isRead: Bool) throws {
        let text = try Self.policy("  - {static: {action: pass}}", more: more)
        #expect(((try? Sample.policies(text)) != nil) == isRead)
    }
}
