import Clusters
import Documents
import Files
import Foundation
import Kubernetes
import Ledger
import Testing
import WaybillCore

@testable import CommandLineTool

/// Somebody who may do everything at the API server takes admission away.
@Suite(.serialized, .enabled(if: RunningServices.isBuilt, "the product waybill is not built"))
struct AdmissionGuardTests {
    private let root = NSTemporaryDirectory() + "waybill-guard-\(UInt32.random(in: .min ... .max))"
    private var state: StateFolder { StateFolder(root + "/state") }
    private static let pods = ObjectKind(group: "", version: "v1", kind: "Pod")

    private func pod(_ name: String) throws -> Resource {
        try Resource([
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name), "namespace": "default"],
            "spec": ["containers": [["name": "c", "image": "stranger:1"]]],
        ])
    }

    private func eventually(_ limit: Duration = .seconds(30), _ holds: () async throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if try await holds() { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test func `a registration that is deleted or weakened comes back, and what slipped in is named`() async throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Files.makeFolder(root)
        let services = try await RunningServices(state: state.path)
        defer { services.end(SIGTERM) }
        let cluster = try KubernetesClient(kubeconfig: state.kubeconfig)
        let ledger = try SQLiteLedger(path: state.ledger)
        func restored() async throws -> [String] {
            try await ledger.events(about: "\(AdmissionWebhook.key)", limit: 10).map(\.message)
        }
        let webhooks = try #require(try await cluster.get(AdmissionWebhook.key)).value["webhooks"]

        var weak = try #require(try await cluster.get(AdmissionWebhook.key))
        weak.value["webhooks"] = .array(
            (webhooks?.array ?? []).map { webhook in
                var webhook = webhook
                webhook["failurePolicy"] = "Ignore"
                webhook["rules"] = []
                return webhook
            })
        _ = try await cluster.patch(
            AdmissionWebhook.key, merge: ["webhooks": weak.value["webhooks"] ?? .null], subresource: nil)
        #expect(try await eventually { try await cluster.get(AdmissionWebhook.key)?.value["webhooks"] == webhooks })
        #expect(try await eventually { try await restored().first?.contains("was changed") == true })

        // Between a deletion and its end somebody may be quicker: try until a pod is in.
        var slipped: String?
        for attempt in 0..<50 where slipped == nil {
            try await cluster.delete(AdmissionWebhook.key)
            let stranger = try pod("stranger-\(attempt)")
            do throws(WaybillError) {
                _ = try await cluster.create(stranger, dryRun: false)
                slipped = "stranger-\(attempt)"
            } catch {
                #expect(error.code == .forbidden, "\(error)")
            }
            let isBack = try await eventually { try await cluster.get(AdmissionWebhook.key) != nil }
            try #require(isBack)
        }
        #expect(try await eventually { try await cluster.get(AdmissionWebhook.key)?.value["webhooks"] == webhooks })
        let error = await #expect(throws: WaybillError.self) {
            _ = try await cluster.create(try pod("late"), dryRun: false)
        }
        #expect(error?.message.contains("WB-ADM-008") == true)
        if let slipped {
            let told = try await eventually {
                try await ledger.events(about: "default/Pod/\(slipped)", limit: 10).contains {
                    $0.action == "admission.bypassed" && $0.verdict == "deny"
                }
            }
            #expect(told)
        }
        await cluster.stop()
    }
}
