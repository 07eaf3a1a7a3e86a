import Documents
import Kubernetes
import Testing
import WaybillCore

@testable import Delivery

@Suite struct SyncStagesTests {
    private func plan(
        _ desired: [Resource], live: [Resource] = [], refused: [ObjectKey: WaybillError] = [:],
        inventory: [ObjectKey] = [], options: SyncOptions = SyncOptions()
    ) -> SyncPlan {
        SyncPlan(
            desired: desired, predicted: Dictionary(desired.map { ($0.key, $0) }) { first, _ in first },
            refused: refused,
            live: Dictionary(live.map { ($0.key, $0) }) { first, _ in first }, inventory: inventory,
            environment: "staging", prunes: true, options: options)
    }

    private func noted(_ kind: String, _ name: String, _ notes: [String: String]) throws -> Resource {
        let api = kind == "Job" ? "batch/v1" : kind == "Deployment" ? "apps/v1" : "v1"
        let members = notes.sorted { $0.key < $1.key }.map { (key: $0.key, value: Value.string($0.value)) }
        return try object(kind, name, api: api, ["metadata": ["annotations": .object(Object(members))]])
    }

    @Test func `definitions come first and what follows them waits until they are established`() throws {
        let crd = try object("CustomResourceDefinition", "c", api: "apiextensions.k8s.io/v1")
        let plan = plan([
            try object("ConfigMap", "a"), crd, try object("StorageClass", "s", api: "storage.k8s.io/v1"),
            try object("MutatingWebhookConfiguration", "w", api: "admissionregistration.k8s.io/v1"),
        ])
        #expect(plan.stages.map(\.tier) == [.definitions, .classes, .rest, .webhooks])
        #expect(plan.stages[0].requires.isEmpty)
        #expect(plan.stages[2].requires == [crd.key])
    }

    @Test(arguments: ["waybill.dev/wave", "argocd.argoproj.io/sync-wave"])
    func `waves come in their order, each when all before are healthy`(_ annotation: String) throws {
        let first = try noted("ConfigMap", "first", [annotation: "-1"])
        let there = try noted("ConfigMap", "there", [annotation: "-1"])
        let last = try noted("ConfigMap", "last", [annotation: "5"])
        let plan = plan([last, try object("ConfigMap", "middle"), first, there], live: [there])
        #expect(plan.stages.map { $0.actions.map(\.key.name) } == [["first"], ["middle"], ["last"]])
        #expect(plan.stages[0].requires.isEmpty)
        #expect(Set(plan.stages[1].requires.map(\.name)) == ["first", "there"])
        #expect(Set(plan.stages[2].requires.map(\.name)) == ["first", "there", "middle"])
    }

    @Test(arguments: [
        ("argocd.argoproj.io/hook", "PreSync", "PostSync"), ("waybill.dev/hook", "pre-sync", "post-sync"),
        ("helm.sh/hook", "pre-install,pre-upgrade", "post-upgrade"),
    ])
    func `hooks run before and after, only with a new revision, and are not kept`(
        _ annotation: String, _ before: String, _ after: String
    ) throws {
        let desired = [
            try noted("Job", "after", [annotation: after]), try object("ConfigMap", "a"),
            try noted("Job", "before", [annotation: before]),
        ]
        var options = SyncOptions(revision: "0123456789")
        #expect(plan(desired, options: options).stages.flatMap(\.actions).map(\.word) == ["apply"])
        options.runsHooks = true
        let plan = plan(desired, options: options)
        #expect(plan.stages.map { $0.actions.map(\.key.name) } == [["before"], ["a"], ["after"]])
        #expect(plan.stages[1].requiredHooks.map(\.name) == ["before"])
        #expect(plan.stages[2].requires.map(\.name) == ["a"])
        #expect(plan.apply.map(\.name) == ["a"])
    }

    @Test func `a hook without a name gets one of its revision, and failures have their own`() throws {
        let hook = try Resource([
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": ["generateName": "migrate-", "annotations": ["argocd.argoproj.io/hook": "PreSync"]],
        ])
        let alarm = try noted("Job", "alarm", ["argocd.argoproj.io/hook": "SyncFail"])
        let plan = plan([hook, alarm], options: SyncOptions(revision: "0123456789", runsHooks: true))
        #expect(plan.stages.first?.actions.first?.key.name == "migrate-0123456-presync")
        #expect(plan.failureHooks.map(\.resource.name) == ["alarm"])
        #expect(plan.failureHooks.first?.deletePolicies == [.beforeCreation])
    }

    @Test(arguments: [
        ["waybill.dev/wave": "soon"], ["waybill.dev/hook": "Presync"], ["argocd.argoproj.io/sync-wave": "1e9999"],
    ])
    func `a mark that nobody understands refuses its object and no other`(_ notes: [String: String]) throws {
        let plan = plan([try noted("ConfigMap", "odd", notes), try object("ConfigMap", "a")])
        #expect(plan.apply.map(\.name) == ["a"] || plan.rejected.map(\.key.name) == [])
        let isHook = notes.keys.contains("waybill.dev/hook")
        #expect(plan.rejected.map(\.key.name) == (isHook ? [] : ["odd"]))
    }

    @Test func `what a dry run refuses stays as it is and the others go on`() throws {
        let bad = try object("ConfigMap", "bad"), good = try object("ConfigMap", "good")
        let refusal = WaybillError(.forbidden, "denied the request: no", subject: "x")
        let plan = plan([bad, good], live: [bad], refused: [bad.key: refusal])
        #expect(plan.apply.map(\.name) == ["good"])
        #expect(plan.rejected.map(\.reason) == ["denied the request: no"])
    }

    @Test(
        arguments: [
            ("Deployment", [:], false), ("Deployment", ["waybill.dev/replace": "enabled"], true),
            ("Deployment", ["argocd.argoproj.io/sync-options": "Force=true,Replace=true"], true),
            ("Deployment", ["kustomize.toolkit.fluxcd.io/force": "enabled"], true),
            ("PersistentVolumeClaim", ["argocd.argoproj.io/sync-options": "Replace=true"], false),
            ("PersistentVolumeClaim", ["waybill.dev/replace": "enabled"], true),
        ] as [(String, [String: String], Bool)])
    func `an immutable field is changed by a new object only where that is allowed`(
        _ kind: String, _ notes: [String: String], _ isReplaced: Bool
    ) throws {
        let resource = try noted(kind, "x", notes)
        let refusal = WaybillError(.invalidInput, "spec.selector: Invalid value: field is immutable", subject: "x")
        let plan = plan([resource], live: [resource], refused: [resource.key: refusal])
        #expect(plan.stages.flatMap(\.actions).map(\.word) == (isReplaced ? ["replace"] : []))
        #expect(plan.rejected.isEmpty == isReplaced)
    }

    @Test func `pruning goes backwards through the waves, webhooks first`() throws {
        let gone = [
            try noted("ConfigMap", "early", ["waybill.dev/wave": "-1"]),
            try noted("ConfigMap", "late", ["waybill.dev/wave": "2"]), try object("ConfigMap", "middle"),
            try object("ValidatingWebhookConfiguration", "hook", api: "admissionregistration.k8s.io/v1"),
        ]
        let plan = plan([try object("ConfigMap", "new")], live: gone, inventory: gone.map(\.key))
        let pruned = plan.stages.flatMap(\.actions).filter { $0.word == "prune" }.map(\.key.name)
        #expect(pruned == ["late", "hook", "middle", "early"])
        #expect(plan.stages.first?.actions.map(\.word) == ["apply"])
    }

    @Test(arguments: [(12, 20, true), (10, 20, false), (5, 5, false), (6, 6, true)])
    func `too much may not vanish at once unless somebody confirms it`(_ gone: Int, _ total: Int, _ isKept: Bool) throws
    {
        let all = try (0..<total).map { try object("ConfigMap", "c\($0)") }
        let desired = Array(all.dropFirst(gone)) + [try object("ConfigMap", "new")]
        let limited = plan(desired, live: all, inventory: all.map(\.key))
        #expect(limited.prune.count == (isKept ? 0 : gone))
        #expect(limited.kept.count == (isKept ? gone : 0))
        #expect(
            plan(desired, live: all, inventory: all.map(\.key), options: SyncOptions(confirmsPruning: true)).prune.count
                == gone)
    }

    static let owners: [Value] = [
        ["ownerReferences": [["kind": "ReplicaSet", "name": "r", "controller": true]]],
        ["annotations": ["argocd.argoproj.io/tracking-id": "shop:/ConfigMap:n/x"]],
        ["annotations": ["meta.helm.sh/release-name": "r"], "labels": ["app.kubernetes.io/managed-by": "Helm"]],
        ["labels": ["kustomize.toolkit.fluxcd.io/name": "apps"]],
        ["labels": ["waybill.dev/application": "other"]],
    ]

    @Test(arguments: owners)
    func `what somebody else holds is never pruned`(_ metadata: Value) throws {
        let live = try object("ConfigMap", "x", ["metadata": metadata])
        let plan = plan(
            [try object("ConfigMap", "other")], live: [live], inventory: [live.key],
            options: SyncOptions(application: "shop"))
        #expect(plan.prune.isEmpty)
        #expect(plan.kept.count == 1)
    }

    @Test func `an object that moved to another application is let go and one that two declare is refused`() throws {
        let object = try object("ConfigMap", "x")
        let options = SyncOptions(application: "a", claimedBy: { $0 == InventoryName(object.key) ? "b" : nil })
        let moved = plan([try another()], live: [object], inventory: [object.key], options: options)
        #expect(moved.prune.isEmpty)
        #expect(moved.kept.first?.isOurs == false)
        let both = plan([object], live: [object], options: options)
        #expect(both.violations.map(\.rule) == ["WB-AGT-003"])
        #expect(both.stages.isEmpty)
    }

    private func another() throws -> Resource { try object("ConfigMap", "y") }

    @Test func `settled objects are left alone without being looked at`() throws {
        let object = try object("ConfigMap", "x")
        let plan = plan([object], options: SyncOptions(settled: [object.key]))
        #expect(plan.isEmpty)
        #expect(plan.unchanged == [object.key])
    }

    @Test func `the same input gives the same plan`() throws {
        let all = try (0..<30).map { try object("ConfigMap", "c\($0)") }
        #expect(plan(all) == plan(all.reversed()))
    }
}

@Suite struct DependencyOrderTests {
    @Test func `who is waited for comes first`() throws {
        let order = try DependencyOrder([
            "shop": ["database", "queue"], "queue": ["database"], "database": [], "a": [],
        ])
        #expect(order.sorted == ["a", "database", "queue", "shop"])
    }

    @Test(
        arguments: [
            (["a": ["b"], "b": ["c"], "c": ["a"]], "a → b → c → a"), (["a": ["a"]], "a → a"),
            (["a": ["shopp"], "shop": []], "did you mean shop"),
        ] as [([String: [String]], String)])
    func `circles and strangers are refused by name`(_ dependencies: [String: [String]], _ says: String) {
        let error = #expect(throws: WaybillError.self) { try DependencyOrder(dependencies) }
        #expect(error?.message.contains(says) == true)
    }
}

@Suite struct BackoffTests {
    @Test func `waits grow to the limit and differ from name to name`() {
        let backoff = Backoff()
        let waits = (0...8).map { backoff.delay(after: $0, of: "shop") }
        #expect(waits[0] == .zero)
        #expect(waits[1] >= .seconds(4) && waits[1] <= .seconds(6))
        #expect(waits[2] > waits[1] && waits[3] > waits[2])
        #expect(waits.allSatisfy { $0 <= .seconds(180) })
        #expect(backoff.delay(after: .max, of: "shop") <= .seconds(180))
        #expect(Set((0..<50).map { backoff.delay(after: 3, of: "app-\($0)") }).count > 10)
    }

    @Test(arguments: [
        ("25%", true), ("10", true), ("0", true), ("101%", false), ("-1", false), ("", false), ("%", false),
        ("1e3", false),
    ])
    func `a prune limit is a number or a share`(_ text: String, _ isOne: Bool) {
        #expect((PruneLimit(setting: text) != nil) == isOne)
    }
}

@Suite struct DriftTests {
    private static let managed: Value = [
        [
            "manager": "hpa", "operation": "Update", "apiVersion": "apps/v1",
            "fieldsV1": ["f:spec": ["f:replicas": [:]]],
        ],
        [
            "manager": "waybill-agent", "operation": "Apply", "apiVersion": "apps/v1",
            "fieldsV1": [
                "f:spec": [
                    "f:template": [
                        "f:spec": ["f:containers": ["k:{\"name\":\"web\"}": [".": [:], "f:image": [:], "f:name": [:]]]]
                    ]
                ],
                "f:metadata": ["f:labels": ["f:waybill.dev/environment": [:]]],
            ],
        ],
    ]

    private func live(replicas: Int = 3, image: String = "a", extra: Value? = nil) throws -> Resource {
        var containers: [Value] = [["name": "web", "image": .string(image)]]
        if let extra { containers.insert(extra, at: 0) }
        return try object(
            "Deployment", "d", api: "apps/v1",
            [
                "metadata": ["managedFields": Self.managed, "labels": ["waybill.dev/environment": "staging"]],
                "spec": ["replicas": .integer(replicas), "template": ["spec": ["containers": .array(containers)]]],
            ])
    }

    static let rules: [(IgnoreRule, Bool)] = [
        (IgnoreRule(kind: "Deployment", pointers: [Pointer(["spec", "replicas"])]), true),
        (IgnoreRule(managers: ["hpa"]), true),
        (IgnoreRule(kind: "StatefulSet", pointers: [Pointer(["spec", "replicas"])]), false),
        (IgnoreRule(name: "other", managers: ["hpa"]), false),
        (IgnoreRule(managers: ["somebody"]), false),
    ]

    @Test(arguments: rules)
    func `what is ignored is no difference and is not sent`(_ rule: IgnoreRule, _ isIgnored: Bool) throws {
        let live = try live(replicas: 7)
        var desired = live
        desired.value[Pointer(["spec", "replicas"])] = 1
        desired["metadata", "managedFields"] = nil
        func plan(_ predicted: Resource) -> SyncPlan {
            SyncPlan(
                desired: [desired], predicted: [desired.key: predicted], live: [live.key: live], inventory: [],
                environment: "staging", prunes: true, options: SyncOptions(ignores: [rule]))
        }
        #expect(plan(desired).isEmpty == isIgnored)
        // With another difference the object is sent, without the ignored field.
        var other = desired
        other.value[Pointer(["spec", "paused"])] = true
        #expect((plan(other).apply.first?["spec", "replicas"] == nil) == isIgnored)
    }

    private let guarding = HandEdit(manager: "waybill-agent")

    @Test func `a hand edit of an owned field is refused and the owner is named`() throws {
        let old = try live(), new = try live(image: "evil")
        let verdict = guarding.judge(key: old.key, old: old.value, new: new.value, user: "eve", fieldManager: "kubectl")
        #expect(verdict.violations.map(\.rule) == ["WB-AGT-005"])
        #expect(verdict.violations.first?.message.contains("image belongs to the environment staging") == true)
    }

    @Test func `fields of others, other containers and the agent's own changes pass`() throws {
        let old = try live()
        let sidecar = try live(extra: ["name": "sidecar", "image": "x"])
        for new in [try live(replicas: 9), sidecar] {
            #expect(
                guarding.judge(key: old.key, old: old.value, new: new.value, user: "eve", fieldManager: "kubectl")
                    .isAllowed)
        }
        let changed = try live(image: "new")
        #expect(
            guarding.judge(key: old.key, old: old.value, new: changed.value, user: "x", fieldManager: "waybill-agent")
                .isAllowed)
        // With a list of users the name of a manager opens nothing: anybody can give it.
        let strict = HandEdit(manager: "waybill-agent", trustedUsers: ["agent"])
        #expect(
            strict.judge(key: old.key, old: old.value, new: changed.value, user: "eve", fieldManager: "waybill-agent")
                .isAllowed == false)
        #expect(
            strict.judge(key: old.key, old: old.value, new: changed.value, user: "agent", fieldManager: "x").isAllowed)
    }

    @Test func `deleting, renaming a container and taking the label off are hand edits as well`() throws {
        let old = try live()
        var unlabelled = old.value
        unlabelled[Pointer(["metadata", "labels"])] = nil
        var renamed = old.value
        renamed[Pointer(["spec", "template", "spec", "containers", "0", "name"])] = "other"
        for new in [nil, unlabelled, renamed] as [Value?] {
            #expect(
                guarding.judge(key: old.key, old: old.value, new: new, user: "eve", fieldManager: "k").isAllowed
                    == false)
        }
        #expect(guarding.judge(key: old.key, old: nil, new: old.value, user: "eve", fieldManager: "k").isAllowed)
    }
}
