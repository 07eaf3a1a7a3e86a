import Clusters
import Health
import Kubernetes
import Ledger
import WaybillCore

extension AgentService {
    /// Rounds until the task is cancelled: at once, after a poke, when a watched object changes, when an application may
    /// be tried again, and after the interval.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            var watched: Set<ObjectKind> = []
            isPoked = true
            trigger.yield()
            for await _ in triggers {
                if Task.isCancelled { break }
                // What a watch told is put right without asking the repository for news.
                let isCalled = isPoked || isDue
                isDue = false
                await reconcile(Round(fetches: isCalled, isPatient: !isPoked, lists: isCalled))
                for kind in Set(owners.keys.map(\.kind)).sorted() where watched.count < AgentSettings.watchesMax {
                    if watched.insert(kind).inserted { group.addTask { await self.follow(kind) } }
                }
            }
            group.cancelAll()
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            do { try await doors.clock.sleep(for: untilNext()) } catch { return }
            isDue = true
            trigger.yield()
        }
    }

    /// The interval, or less where an application waits for another attempt.
    private func untilNext() -> Duration {
        let retries = records.values.filter { $0.state.failures > 0 }.map(\.state.retryAt)
        guard let first = retries.min() else { return settings.interval }
        let wait = Duration.milliseconds(max(100, first - doors.now().milliseconds))
        return min(wait, settings.interval)
    }

    /// Foreign changes of a kind's objects call for a round. A watch that ends is opened again.
    private func follow(_ kind: ObjectKind) async {
        while !Task.isCancelled {
            do {
                for try await event in doors.cluster.watch(kind, namespace: nil) {
                    if observe(event) { trigger.yield() }
                }
            } catch {
                // Whatever was missed meanwhile is found by the round below.
            }
            do { try await doors.clock.sleep(for: settings.watchRetry) } catch { return }
            isDue = true
            trigger.yield()
        }
    }

    /// Whether a change is one that a round has to look at.
    private func observe(_ event: WatchEvent) -> Bool {
        let key = event.resource.key
        guard let name = owners[key], let known = live[key] else { return owners[key] != nil && event.kind != .deleted }
        guard event.kind != .deleted else {
            live[key] = nil
            return true
        }
        let mark = LiveMark(event.resource, now: doors.now().milliseconds / 1000, rules: healthRules)
        live[key] = mark
        if mark.version != known.version { return true }
        // Health is only told where it turns: a rollout reports itself many times.
        return mark.health.state != known.health.state && records[name]?.isWaiting == false
    }
}
