import AdmissionService
import Clusters
import Documents
import Kubernetes
import Ledger
import Logging
import WaybillCore

/// Keeps admission registered at the API server. Somebody with enough rights can delete or change the registration; then
/// it is put back at once, the ledger says so, and what came in without papers meanwhile is named.
actor AdmissionGuard {
    private let cluster: any Cluster
    private let admission: AdmissionService
    private let ledger: any Ledger
    private let port: Int
    private let authority: String
    private let now: @Sendable () -> Instant
    private let logger = Logger(label: "admission")

    /// Environments whose objects take no changes by hand.
    private var refusing: Set<String> = []
    /// The webhooks as the server keeps them, with its defaults; nil before they were registered.
    private var registered: Value?
    private var isChecking = false

    /// How often one looks beside the watch, which may be cut.
    static let interval = Duration.seconds(10)
    static let pause = Duration.seconds(1)

    /// - Parameters:
    ///   - port: where admission listens on loopback.
    ///   - authority: the certificate (PEM) by which the API server knows it.
    init(
        cluster: any Cluster, admission: AdmissionService, ledger: any Ledger, port: Int, authority: String,
        now: @escaping @Sendable () -> Instant
    ) {
        self.cluster = cluster
        self.admission = admission
        self.ledger = ledger
        self.port = port
        self.authority = authority
        self.now = now
    }

    /// Tells the API server who judges. From then on it lets nothing in without an answer.
    func register() async throws(WaybillError) {
        let stored = try await cluster.apply(
            try AdmissionWebhook.configuration(port: port, authority: authority, refusing: refusing),
            fieldManager: "waybill", force: true, dryRun: false)
        registered = stored.value["webhooks"]
    }

    /// In these environments changes by hand are refused from now on.
    func protect(_ environments: Set<String>) async {
        guard refusing != environments else { return }
        let before = refusing
        refusing = environments
        do throws(WaybillError) { try await register() } catch {
            refusing = before
            logger.error("changes by hand are not refused", metadata: ["error": "\(error)"])
        }
    }

    /// Looks after the registration until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow() }
            group.addTask {
                while !Task.isCancelled {
                    await self.check()
                    do { try await Task.sleep(for: Self.interval) } catch { return }
                }
            }
        }
    }

    private func follow() async {
        while !Task.isCancelled {
            do {
                for try await event in cluster.watch(AdmissionWebhook.key.kind, namespace: nil)
                where event.resource.name == AdmissionWebhook.key.name {
                    await check()
                }
            } catch {
                logger.warning("the watch of the registration was cut", metadata: ["error": "\(error)"])
            }
            do { try await Task.sleep(for: Self.pause) } catch { return }
        }
    }

    /// Puts the registration back where it is not what it should be.
    private func check() async {
        guard !isChecking, let registered else { return }
        isChecking = true
        defer { isChecking = false }
        do throws(WaybillError) {
            let found = try await cluster.get(AdmissionWebhook.key)
            // Meanwhile `protect` may have changed what should be there.
            guard registered == self.registered, found?.value["webhooks"] != registered else { return }
            try await register()
            try await note(
                "admission.restored", "\(AdmissionWebhook.key)", verdict: nil,
                "the registration of admission was \(found == nil ? "deleted" : "changed"); it is there again")
            for pod in try await cluster.list(
                ObjectKind(group: "", version: "v1", kind: "Pod"), namespace: nil, labels: nil)
            {
                let verdict = await admission.review(pod)
                guard !verdict.isAllowed else { continue }
                try await note(
                    "admission.bypassed", "\(pod.namespace)/Pod/\(pod.name)", verdict: verdict.word,
                    "runs without being allowed: " + verdict.violations.map(\.message).joined(separator: "; "))
            }
        } catch {
            logger.error("the registration of admission cannot be looked after", metadata: ["error": "\(error)"])
        }
    }

    private func note(
        _ action: String, _ subject: String, verdict: String?, _ message: String
    ) async throws(WaybillError) {
        try await ledger.record(
            Event(
                moment: now(), actor: "admission", action: action, subject: subject, verdict: verdict, message: message)
        )
    }
}
