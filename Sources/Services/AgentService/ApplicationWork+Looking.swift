import Clusters
import Delivery
import Documents
import GitRepositories
import Kubernetes
import WaybillCore

extension ApplicationWork {
    /// What one look at the cluster found.
    struct Reading {
        var live: [ObjectKey: Resource] = [:]
        var missing: [ObjectKey] = []
        var predicted: [ObjectKey: Resource] = [:]
        var refused: [ObjectKey: WaybillError] = [:]
        var settled: Set<ObjectKey> = []
    }

    /// Objects that are known to be as they should be are not asked for; of the others the live state is read, and what
    /// an application would make of it is tried.
    func look(_ state: ApplicationState, _ known: [ObjectKey: LiveMark]) async throws(WaybillError) -> Reading {
        var reading = Reading()
        let items = Dictionary(state.inventory.map { ($0.key, $0) }) { first, _ in first }
        var wanted: Set<ObjectKey> = []
        for resource in desired.resources where SyncMarks(resource).hooks.isEmpty {
            let key = resource.key
            wanted.insert(key)
            if let item = items[key], let mark = known[key], !isForced, item.live == mark.version, !item.live.isEmpty,
                item.desired == Self.hash(resource)
            {
                reading.settled.insert(key)
                continue
            }
            guard let live = try await get(key) else {
                reading.missing.append(key)
                continue
            }
            reading.live[key] = live
            try await predict(resource, &reading)
        }
        for key in items.keys.sorted() where !wanted.contains(key) {
            if let live = try await get(key) { reading.live[key] = live } else { reading.missing.append(key) }
        }
        return reading
    }

    private func get(_ key: ObjectKey) async throws(WaybillError) -> Resource? {
        counters.add(\.gets)
        do throws(WaybillError) { return try await cluster.get(key) } catch  where error.code == .notFound {
            // Its kind left the cluster, and every object with it.
            return nil
        }
    }

    /// A namespace or a kind that comes with the same revision cannot be tried yet. A refusal is the object's own: the
    /// others go on. A door that fails ends the round.
    private func predict(_ resource: Resource, _ reading: inout Reading) async throws(WaybillError) {
        counters.add(\.dryRuns)
        do throws(WaybillError) {
            reading.predicted[resource.key] = try await cluster.apply(
                resource, fieldManager: settings.fieldManager, force: true, dryRun: true)
        } catch {
            switch error.code {
            case .notFound, .unsupported: return
            case .invalidInput, .forbidden, .conflict, .failed: reading.refused[resource.key] = error
            default: throw error
            }
        }
    }

    func plan(_ reading: Reading, _ state: ApplicationState, isDrift: Bool) throws(WaybillError) -> SyncPlan {
        var options = SyncOptions(
            application: environment.isDivided ? application.name : nil, revision: revision.hex,
            pruneLimit: application.pruneLimit, confirmsPruning: isForced && order.prunes, claimedBy: claimedBy,
            settled: reading.settled, ignores: application.ignore, runsHooks: !isDrift || isForced)
        options.isRemoved = isRemoved
        options.ignored = try ignoredByPolicy(reading)
        return SyncPlan(
            desired: desired.resources, predicted: reading.predicted, refused: reading.refused, live: reading.live,
            inventory: state.inventory.map(\.key), environment: settings.environment, prunes: application.prune,
            options: options)
    }

    private func ignoredByPolicy(_ reading: Reading) throws(WaybillError) -> [ObjectKey: [Pointer]] {
        guard let driftPolicy else { return [:] }
        let rules = application.ignore.filter { !$0.rego.isEmpty }
        let wanted = Dictionary(desired.resources.map { ($0.key, $0) }) { first, _ in first }
        var ignored: [ObjectKey: [Pointer]] = [:]
        for (key, live) in reading.live where rules.contains(where: { $0.covers(key) }) {
            ignored[key] = try driftPolicy.ignored(live: live, desired: wanted[key])
        }
        return ignored
    }
}
