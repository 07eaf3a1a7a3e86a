import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import Delivery

func object(_ kind: String, _ name: String, api: String = "v1", _ extra: Value = [:]) throws -> Resource {
    var value: Value = ["apiVersion": .string(api), "kind": .string(kind), "metadata": ["name": .string(name)]]
    for member in extra.object?.members ?? [] {
        if member.key == "metadata" {
            for inner in member.value.object?.members ?? [] { value[Pointer(["metadata", inner.key])] = inner.value }
        } else {
            value[member.key] = member.value
        }
    }
    return try Resource(value)
}

@Suite struct SyncPlanTests {
    func plan(
        desired: [Resource], live: [Resource], inventory: [ObjectKey] = [], prunes: Bool = true
    ) -> SyncPlan {
        SyncPlan(
            desired: desired, predicted: Dictionary(uniqueKeysWithValues: desired.map { ($0.key, $0) }),
            live: Dictionary(uniqueKeysWithValues: live.map { ($0.key, $0) }), inventory: inventory,
            environment: "staging",
            prunes: prunes)
    }

    @Test func `what others need is applied first and what may refuse others last`() throws {
        let desired = [
            try object("ValidatingWebhookConfiguration", "w", api: "admissionregistration.k8s.io/v1"),
            try object("Widget", "w", api: "example.com/v1"), try object("Deployment", "d", api: "apps/v1"),
            try object("ConfigMap", "b"), try object("ConfigMap", "a"), try object("Namespace", "n"),
            try object("CustomResourceDefinition", "c", api: "apiextensions.k8s.io/v1"),
        ]
        #expect(
            plan(desired: desired, live: []).apply.map(\.name) == ["n", "c", "a", "b", "d", "w", "w"])
    }

    @Test func `an object that is as it should be is left alone and its bookkeeping does not count`() throws {
        let live = try object(
            "ConfigMap", "a", ["metadata": ["uid": "1", "managedFields": [["manager": "x"]]], "status": ["x": 1]])
        let plan = plan(desired: [try object("ConfigMap", "a")], live: [live])
        #expect(plan.isEmpty)
        #expect(plan.unchanged.map(\.name) == ["a"])
    }

    @Test func `a change names its fields`() throws {
        let container: (String) -> Value = {
            ["spec": ["containers": [["name": "a", "image": "x"], ["name": "web", "image": .string($0)]]]]
        }
        let plan = plan(
            desired: [try object("Pod", "p", container("new"))], live: [try object("Pod", "p", container("old"))])
        #expect(plan.apply.count == 1)
        #expect(
            plan.changes.first?.differences == [.init(field: "spec.containers[1].image", desired: "new", live: "old")])
    }

    @Test func `pruning runs backwards and only over the inventory`() throws {
        let live = [
            try object("ConfigMap", "mine"), try object("Deployment", "old", api: "apps/v1"),
            try object("ConfigMap", "foreign"),
        ]
        let plan = plan(desired: [try object("ConfigMap", "new")], live: live, inventory: [live[0].key, live[1].key])
        #expect(plan.prune.map(\.name) == ["old", "mine"])
    }

    @Test(
        arguments: [
            ("ConfigMap", "v1", ["annotations": ["waybill.dev/prune": "disabled"]], true),
            (
                "ConfigMap", "v1", ["annotations": ["argocd.argoproj.io/sync-options": "Validate=false, Prune=false"]],
                true
            ),
            ("ConfigMap", "v1", ["labels": ["waybill.dev/environment": "production"]], true),
            ("ConfigMap", "v1", ["labels": ["waybill.dev/environment": "staging"]], false),
            ("Namespace", "v1", [:], true),
            ("Namespace", "v1", ["annotations": ["waybill.dev/prune": "enabled"]], false),
            ("PersistentVolumeClaim", "v1", [:], true),
        ] as [(String, String, Value, Bool)])
    func `a protected object is kept with the reason`(_ kind: String, _ api: String, _ metadata: Value, _ kept: Bool)
        throws
    {
        let live = try object(kind, "x", api: api, ["metadata": metadata])
        let plan = plan(desired: [try object("ConfigMap", "other")], live: [live], inventory: [live.key])
        #expect(plan.kept.isEmpty == !kept)
        #expect(plan.prune.isEmpty == kept)
    }

    @Test func `nothing is pruned where the repository renders to nothing or the environment says no`() throws {
        let live = try object("ConfigMap", "x")
        #expect(plan(desired: [], live: [live], inventory: [live.key]).prune.isEmpty)
        #expect(
            plan(desired: [try object("ConfigMap", "y")], live: [live], inventory: [live.key], prunes: false).prune
                .isEmpty)
    }

    @Test func `an object that moved to another version of its API is not pruned`() throws {
        let old = try object("Ingress", "i", api: "networking.k8s.io/v1beta1")
        let plan = plan(
            desired: [try object("Ingress", "i", api: "networking.k8s.io/v1")], live: [old], inventory: [old.key])
        #expect(plan.prune.isEmpty)
    }

    @Test func `an object of another environment is a violation`() throws {
        let live = try object("ConfigMap", "x", ["metadata": ["labels": ["waybill.dev/environment": "production"]]])
        let plan = plan(desired: [try object("ConfigMap", "x")], live: [live])
        #expect(plan.violations.map(\.rule) == ["WB-AGT-003"])
        #expect(plan.apply.isEmpty)
    }

    @Test func `a secret's values are told apart and not told`() throws {
        let report = DriftReport(
            object: try object("Secret", "s").key, desired: try object("Secret", "s", ["data": ["a": "aGk="]]),
            live: try object("Secret", "s", ["data": ["a": "eW8="]]))
        #expect(report.differences.map(\.field) == ["data.a"])
        #expect(report.differences.first?.desired == "(secret)")
    }
}
