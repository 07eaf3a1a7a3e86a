import Clusters
import Delivery
import Kubernetes
import WaybillCore

extension AgentService {
    struct Health {
        var state: AgentCondition.State
        var message: String
    }

    /// Asks once, or until everything is healthy, something is broken for good, time is up or a new push waits.
    func waitForHealth(of desired: DesiredState, patiently: Bool) async throws(WaybillError) -> Health {
        var waited = Duration.zero
        while true {
            let health = try await health(of: desired)
            guard patiently, health.state == .progressing, waited < settings.healthTimeout, !isPoked, !Task.isCancelled
            else {
                return health
            }
            do { try await doors.clock.sleep(for: settings.healthInterval) } catch { return health }
            waited += settings.healthInterval
        }
    }

    private func health(of desired: DesiredState) async throws(WaybillError) -> Health {
        var progressing: [String] = []
        for resource in desired.resources {
            guard let live = try await doors.cluster.get(resource.key) else {
                progressing.append("\(resource.key) is not there yet")
                continue
            }
            let health = ResourceHealth.assess(live)
            switch health.state {
            case .degraded: return Health(state: .degraded, message: "\(resource.key) \(health.message)")
            case .progressing: progressing.append("\(resource.key) \(health.message)")
            case .healthy, .unknown: continue
            }
        }
        guard let first = progressing.first else {
            return Health(state: .synced, message: "\(desired.resources.count) objects as the repository says")
        }
        return Health(
            state: .progressing, message: progressing.count == 1 ? first : "\(first), and \(progressing.count - 1) more"
        )
    }
}
