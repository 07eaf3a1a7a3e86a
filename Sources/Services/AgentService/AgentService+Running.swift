import Clusters
import Kubernetes
import WaybillCore

extension AgentService {
    /// Rounds until the task is cancelled: at once, after a poke, when a watched object changes, and after the interval.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            var watched: Set<ObjectKind> = []
            trigger.yield()
            for await _ in triggers {
                if Task.isCancelled { break }
                await reconcile()
                for kind in Set(seen.keys.map(\.kind)).sorted() where watched.count < AgentSettings.watchesMax {
                    if watched.insert(kind).inserted { group.addTask { await self.follow(kind) } }
                }
            }
            group.cancelAll()
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            do { try await doors.clock.sleep(for: settings.interval) } catch { return }
            trigger.yield()
        }
    }

    /// Foreign changes of a kind's objects call for a round. A watch that ends is opened again.
    private func follow(_ kind: ObjectKind) async {
        while !Task.isCancelled {
            do {
                for try await event in doors.cluster.watch(kind, namespace: nil) {
                    if isForeign(event) { trigger.yield() }
                }
            } catch {
                // Whatever was missed meanwhile is found by the round below.
            }
            do { try await doors.clock.sleep(for: settings.watchRetry) } catch { return }
            trigger.yield()
        }
    }

    private func isForeign(_ event: WatchEvent) -> Bool {
        let key = event.resource.key
        guard let version = seen[key] else { return false }
        return event.kind == .deleted || version != Self.version(of: event.resource)
    }
}
