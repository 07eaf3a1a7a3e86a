import Documents
import KubernetesAPI
import Testing

@testable import LocalCluster

/// What the server says of unfit objects, kind by kind.
@Suite struct ValidationRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var resource: String
        var json: String
        var causes: [String]
        var testDescription: String { "\(resource) \(json.prefix(80))" }
    }

    private static func spec(_ text: String) -> String { #"{"metadata":{"name":"a"},"spec":\#(text)}"# }

    static let cases: [Case] = [
        Case(
            resource: "ingresses.networking.k8s.io", json: spec("{}"),
            causes: ["spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"]),
        Case(
            resource: "ingresses.networking.k8s.io",
            json: spec(
                #"{"rules":[{"host":"1.2.3.4","http":{"paths":[{"path":"a//b","pathType":"Exact","backend":{}}]}}]}"#),
            causes: [
                #"spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address"#,
                #"spec.rules[0].http.paths[0].path: Invalid value: "a//b": must be an absolute path"#,
                #"spec.rules[0].http.paths[0].path: Invalid value: "a//b": must not contain '//'"#,
                #"spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required"#,
            ]),
        Case(
            resource: "networkpolicies.networking.k8s.io",
            json: spec(
                #"{"podSelector":{},"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.0.0.0/8"]}}],"ports":[{"endPort":3}]}]}"#
            ),
            causes: [
                "spec.egress[0].ports[0].endPort: Invalid value: 3: may not be specified when `port` is not specified",
                #"spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`"#,
            ]),
        Case(
            resource: "ingressclasses.networking.k8s.io", json: spec(#"{"controller":"nodomain"}"#),
            causes: [
                #"spec.controller: Invalid value: "nodomain": must be a domain-prefixed path (such as "acme.io/foo")"#
            ]),
        Case(
            resource: "persistentvolumes",
            json: spec(#"{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"local":{"path":"/a"}}"#),
            causes: ["spec.nodeAffinity: Required value: Local volume requires node affinity"]),
        Case(
            resource: "limitranges",
            json: spec(#"{"limits":[{"type":"Pod","min":{"cpu":"2"},"max":{"cpu":"1"},"default":{"cpu":"1"}}]}"#),
            causes: [
                "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
                #"spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1"#,
            ]),
        Case(
            resource: "resourcequotas", json: spec(#"{"hard":{"cpu":"1"},"scopes":["BestEffort"]}"#),
            causes: [#"spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource"#]),
        Case(
            resource: "endpoints",
            json:
                #"{"metadata":{"name":"a"},"subsets":[{"addresses":[{"ip":"127.0.0.1"}],"ports":[{"port":1,"protocol":"TCP"}]}]}"#,
            causes: [
                #"subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)"#
            ]),
        Case(
            resource: "cronjobs.batch",
            json: spec(
                #"{"schedule":"TZ=UTC 0 * * * *","concurrencyPolicy":"Allow","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","dnsPolicy":"Default","containers":[{"name":"a","image":"a","imagePullPolicy":"Always","terminationMessagePolicy":"File"}]}}}}}"#
            ),
            causes: [
                #"spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead"#
            ]),
        Case(
            resource: "certificatesigningrequests.certificates.k8s.io",
            json: spec(#"{"request":"AAAA","signerName":"bad","usages":["signing"]}"#),
            causes: [
                #"spec.request: Invalid value: "AAAA": PEM block type must be CERTIFICATE REQUEST"#,
                #"spec.signerName: Invalid value: "bad": must be a fully qualified domain and path of the form 'example.com/signer-name'"#,
            ]),
        Case(
            resource: "rolebindings.rbac.authorization.k8s.io",
            json:
                #"{"metadata":{"name":"a"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u"}]}"#,
            causes: [
                #"subjects[0].apiGroup: Unsupported value: "": supported values: "rbac.authorization.k8s.io""#
            ]),
    ]

    @Test(arguments: cases) func `An unfit object is refused with the causes in order`(_ one: Case) throws {
        let type = try #require(ResourceTable.type(named: one.resource))
        let object = try JSONReader.value(from: one.json)
        let causes = Validation.specific(object, type, old: nil)
        #expect(causes.map { "\($0.field): \($0.message)" } == one.causes)
    }

    @Test(arguments: [
        ("10.0.0.1", true), ("010.0.0.1", true), ("256.0.0.1", false), ("1.2.3", false), ("::", true), ("::1", true),
        ("1::2::3", false), ("2001:db8::ffff", true), ("::ffff:1.2.3.4", true), ("1:2:3:4:5:6:7:8:9", false),
        ("1:2:3:4:5:6:7:8", true), ("1:2:3:4:5:6:7::", true), ("12345::", false), ("", false), (":", false),
    ]) func `Addresses are read in both families`(_ text: String, _ isFit: Bool) {
        #expect((NetworkAddress(text) != nil) == isFit)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.0.0/16", true), ("10.0.0.0/8", "10.0.0.0/8", false), ("10.0.0.0/8", "11.0.0.0/16", false),
        ("fd00::/8", "fd01::/16", true), ("10.0.0.0/8", "fd01::/16", false),
    ]) func `A block contains smaller ones of its own range`(_ outer: String, _ inner: String, _ isInside: Bool) throws
    {
        #expect(try #require(NetworkBlock(outer)).strictlyContains(#require(NetworkBlock(inner))) == isInside)
    }

    @Test(arguments: [
        ("0,2-3", 5, "3"), ("", 5, "0"), ("5", 5, "too large index: \"5\""),
        ("3-1", 5, "non-increasing order, previous: 3, current: 1"),
        ("a", 5, "cannot convert string to integer for index: \"a\""),
    ]) func `Indexes of jobs are counted`(_ text: String, _ completions: Int, _ wanted: String) {
        switch IndexList.count(text, completions: completions) {
        case .success(let count): #expect(String(count) == wanted)
        case .failure(let problem): #expect(problem.message == wanted)
        }
    }
}
