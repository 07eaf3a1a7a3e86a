import Documents
import Testing
import WaybillCore

@testable import Gatekeeper

@Suite struct ConstraintTests {
    @Test func `a violation has message, details and the constraint's name`() throws {
        let review = try Review(Sample.object(), file: "pod.yaml")
        let violations = try Sample.policy().violations(of: review)
        #expect(violations.map(\.message) == ["missing owner"])
        #expect(violations.first?.details == ["label": "owner"])
        #expect(violations.first?.constraint == "K8sRequiredLabels/owner")
        #expect(violations.first?.enforcement.action(at: "validation.gatekeeper.sh") == .deny)
        let good = try Review(Sample.object(labels: ["owner": "me"]), file: "pod.yaml")
        #expect(try Sample.policy().violations(of: good).isEmpty)
    }

    struct Match: Sendable, CustomTestStringConvertible {
        var match: String
        var isMatch: Bool
        var object: Value
        var testDescription: String { match }

        init(_ match: String, _ isMatch: Bool, _ object: Value = Sample.object()) {
            self.match = match
            self.isMatch = isMatch
            self.object = object
        }
    }

    static let namespace = Sample.object(kind: "Namespace", name: "shop", namespace: "", labels: ["team": "a"])
    static let role = Sample.object(kind: "ClusterRole", apiVersion: "rbac.authorization.k8s.io/v1", namespace: "")

    @Test(arguments: [
        Match("{}", true), Match("kinds: [{apiGroups: [''], kinds: [Pod]}]", true),
        Match("kinds: [{apiGroups: ['apps'], kinds: [Pod]}]", false),
        Match("kinds: [{apiGroups: ['*'], kinds: ['*']}]", true),
        Match("kinds: [{apiGroups: [apps], kinds: [Deployment]}, {kinds: [Pod]}]", true),
        Match("kinds: []", true), Match("namespaces: [shop]", true), Match("namespaces: [kube-*]", false),
        Match("namespaces: ['sh*']", true), Match("namespaces: ['*op']", true), Match("namespaces: ['*ho*']", true),
        Match("excludedNamespaces: ['sh*']", false), Match("excludedNamespaces: [other]", true),
        Match("namespaces: [shop]", true, role), Match("excludedNamespaces: [shop]", true, role),
        Match("namespaces: [shop]", true, namespace), Match("excludedNamespaces: [shop]", false, namespace),
        Match("scope: Namespaced", true), Match("scope: Cluster", false), Match("scope: '*'", true),
        Match("scope: Cluster", true, role), Match("scope: Namespaced", false, role),
        Match("scope: Cluster", true, namespace),
        Match("name: web", true), Match("name: 'w*'", true), Match("name: '*x'", false),
        Match("labelSelector: {matchLabels: {a: b}}", false),
        Match("labelSelector: {matchLabels: {a: b}}", true, Sample.object(labels: ["a": "b"])),
        Match("labelSelector: {matchExpressions: [{key: a, operator: NotIn, values: [b]}]}", true),
        Match("namespaceSelector: {matchLabels: {team: a}}", true),
        Match("namespaceSelector: {matchLabels: {team: b}}", false),
        Match("namespaceSelector: {matchLabels: {team: b}}", true, role),
        Match("namespaceSelector: {matchLabels: {team: b}}", false, namespace),
        Match("source: Original", true), Match("source: Generated", false), Match("source: All", true),
        Match("operations: [CREATE]", true), Match("operations: [DELETE]", false), Match("operations: ['*']", true),
    ])
    func `a match selects by everything that it states`(_ example: Match) throws {
        var inventory = Inventory()
        try inventory.insert(Self.namespace, file: "ns.yaml")
        let match = try ConstraintMatch(try Sample.value(example.match), file: "c.yaml")
        let review = try Review(example.object, file: "o.yaml")
        #expect(try match.matches(review, namespaces: inventory.namespaces) == example.isMatch)
    }

    @Test func `a namespace whose labels are not known is an error, not a miss`() throws {
        let match = try ConstraintMatch(try Sample.value("namespaceSelector: {matchLabels: {a: b}}"), file: "c.yaml")
        let review = try Review(Sample.object(), file: "o.yaml")
        #expect(throws: WaybillError.self) { try match.matches(review, namespaces: [:]) }
    }

    @Test func `an update matches by its old state too`() throws {
        let document: Value = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": [
                "operation": "UPDATE", "object": Sample.object(),
                "oldObject": Sample.object(labels: ["guarded": "yes"]),
            ],
        ]
        let review = try Review(document, file: "review.yaml")
        let policy = try Sample.policy(
            "match: {labelSelector: {matchLabels: {guarded: 'yes'}}}\nparameters: {labels: [owner]}")
        #expect(try policy.violations(of: review).count == 1)
    }

    @Test func `what a DELETE removes is the object that is judged`() throws {
        let document: Value = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": ["operation": "DELETE", "oldObject": Sample.object()],
        ]
        #expect(try Review(document, file: "r.yaml").request["object"] == Sample.object())
        let empty: Value = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": ["operation": "DELETE"],
        ]
        #expect(throws: WaybillError.self) { try Review(empty, file: "r.yaml") }
    }

    @Test(arguments: [
        ("match: {kind: [Pod]}\nparameters: {labels: [a]}", "did you mean “kinds”"),
        ("match: {scope: cluster}\nparameters: {labels: [a]}", "is not one of"),
        ("match: {labelSelector: {matchLables: {}}}\nparameters: {labels: [a]}", "labelSelector"),
        ("parameters: {}", "labels: missing"), ("parameters: {labels: []}", "fewer than 1"),
        ("parameters: {labels: [A]}", "does not match"), ("parameters: {labels: a}", "expected array"),
        ("parameters: {labels: [a]}\nenforcementAction: denny", "did you mean “deny”"),
        ("parameters: {labels: [a]}\nenforcementAction: scoped", "names no point"),
        ("parameter: {labels: [a]}", "unknown key"),
    ])
    func `a constraint that is wrong is refused`(_ specification: String, _ reason: String) {
        let error = #expect(throws: WaybillError.self) { try Sample.policy(specification) }
        #expect(error?.message.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `enforcement may differ by point`() throws {
        let policy = try Sample.policy(
            """
            parameters: {labels: [owner]}
            enforcementAction: scoped
            scopedEnforcementActions:
              - {action: deny, enforcementPoints: [{name: validation.gatekeeper.sh}]}
              - {action: warn, enforcementPoints: [{name: "*"}]}
            """)
        #expect(policy.constraint.enforcement.action(at: "validation.gatekeeper.sh") == .deny)
        #expect(policy.constraint.enforcement.action(at: "audit.gatekeeper.sh") == .warn)
    }

    @Test(arguments: [
        ("name: k8srequiredlabels", "name: other", "in lower case"),
        ("target: admission.k8s.gatekeeper.sh", "target: other", "unknown target"),
        ("violation[{", "violations[{", "no rule “violation”"),
        ("not has(", "not nope(", "does not compile"), ("package lib.labels", "package labels", "must be lib.NAME"),
        ("type: array", "type: arrays", "unknown type"), ("sh/v1\n", "sh/v9\n", "unknown version"),
    ])
    func `a template that is wrong is refused`(_ part: String, _ other: String, _ reason: String) throws {
        #expect(Sample.template.contains(part))
        let text = Sample.template.split(separator: part, maxSplits: 1).joined(separator: other)
        let error = #expect(throws: WaybillError.self) {
            try ConstraintTemplate(try Sample.value(text), file: "template.yaml")
        }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a template with nothing but unknown engines is refused as unsupported`() throws {
        var template = try Sample.value(Sample.template)
        template[Pointer(["spec", "targets", "0"])] = [
            "target": "admission.k8s.gatekeeper.sh", "code": [["engine": "Oracle", "source": [:]]],
        ]
        let error = #expect(throws: WaybillError.self) { try ConstraintTemplate(template, file: "t.yaml") }
        #expect(error?.code == .unsupported)
    }

    @Test func `a template in code form may say that it is Rego v1`() throws {
        var template = try Sample.value(Sample.template)
        let target: Value = [
            "target": "admission.k8s.gatekeeper.sh",
            "code": [
                ["engine": "K8sNativeValidation", "source": [:]],
                [
                    "engine": "Rego",
                    "source": [
                        "version": "v1",
                        "rego": "package x\nviolation contains {\"msg\": \"no\"} if input.review.name == \"web\"",
                    ],
                ],
            ],
        ]
        template[Pointer(["spec", "targets", "0"])] = target
        let read = try ConstraintTemplate(template, file: "t.yaml")
        let constraint = try Constraint(try Sample.value(Sample.constraint()), of: read, file: "c.yaml")
        let review = try Review(Sample.object(), file: "o.yaml")
        #expect(try ConstraintPolicy(read, constraint).violations(of: review).map(\.message) == ["no"])
    }
}
