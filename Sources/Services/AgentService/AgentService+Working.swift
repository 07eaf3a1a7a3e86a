import Clusters
import Delivery
import Documents
import GitRepositories
import Health
import Kubernetes
import Ledger
import WaybillCore

extension AgentService {
    typealias Declared = (environment: EnvironmentEntry, applications: [ApplicationEntry])

    /// Reads what is there of the environment's kinds: a version and a health for each object, nothing more is kept.
    func list() async throws(WaybillError) {
        var kinds: Set<ObjectKind> = []
        for record in records.values {
            for item in record.state.inventory { kinds.insert(item.key.kind) }
            for key in record.content?.wanted.keys ?? [:].keys { kinds.insert(key.kind) }
        }
        let ours = Set(records.values.flatMap { $0.state.inventory.map(\.key) })
        let now = doors.now().milliseconds / 1000
        for kind in kinds.subtracting(followed).sorted() {
            counters.add(\.lists)
            var found: [ObjectKey: LiveMark] = [:]
            do throws(WaybillError) {
                let label = "\(Ownership.environmentLabel)=\(settings.environment)"
                for resource in try await doors.cluster.list(kind, namespace: nil, labels: label)
                where ours.contains(resource.key) {
                    found[resource.key] = LiveMark(resource, now: now, rules: healthRules)
                }
            } catch  where error.code == .notFound {
                // A kind that is not known yet has no objects.
            }
            for key in live.keys where key.kind == kind && found[key] == nil { live[key] = nil }
            live.merge(found) { _, new in new }
        }
    }

    /// Works until nothing is left to do now, waits for health for a while, and says which applications it touched.
    func work(
        _ declared: Declared, _ state: AgentState, _ orders: AgentOrders, _ round: Round
    ) async throws(WaybillError) -> Set<String> {
        let order = try DependencyOrder(
            Dictionary(declared.applications.map { ($0.name, $0.dependsOn) }) { first, _ in first })
        let claims = declared.environment.isDivided ? claims() : [:]
        var touched: Set<String> = []
        var waited = Duration.zero
        var tried: Set<String> = []
        judgeHealth(declared.applications)
        while true {
            var ready: [(name: String, isRemoved: Bool)] = []
            for name in order.sorted {
                guard let record = records[name], !tried.contains(name) || record.isWaiting else { continue }
                guard record.needsWork(live, order: orders.applications[name]), mayTry(record, round) else { continue }
                if let other = blocker(order.dependencies[name] ?? []) {
                    records[name]?.condition.state = .progressing
                    records[name]?.condition.message = "waits for the application \(other)"
                    continue
                }
                ready.append((name, false))
            }
            let declaredNames = Set(order.sorted)
            for name in state.applications
            where !declaredNames.contains(name) && !tried.contains(name)
                && records[name]?.state.inventory.isEmpty == false
            {
                ready.append((name, true))
            }
            if !ready.isEmpty {
                try await run(ready, declared.environment, orders, claims)
                touched.formUnion(ready.map(\.name))
                tried.formUnion(ready.map(\.name))
            }
            judgeHealth(declared.applications)
            let isAnyOpen = touched.contains { isOnItsWay($0) }
            // Who waits for something that is on its way gets its turn in this round.
            let isBlocked = order.sorted.contains { name in
                guard !tried.contains(name), let record = records[name], mayTry(record, round),
                    let other = blocker(order.dependencies[name] ?? [])
                else { return false }
                return isOnItsWay(other) || tried.contains(other)
            }
            guard isAnyOpen || isBlocked, !touched.isEmpty, waited < settings.healthTimeout, !isPoked,
                !Task.isCancelled
            else { break }
            do { try await doors.clock.sleep(for: settings.healthInterval) } catch { break }
            waited += settings.healthInterval
            try await observe(touched)
            judgeHealth(declared.applications)
        }
        for name in touched.sorted().prefix(AgentSettings.causesMax) { await addCause(name) }
        return touched
    }

    private func isOnItsWay(_ name: String) -> Bool {
        records[name]?.condition.state == .progressing || records[name]?.isWaiting == true
    }

    /// An application that failed waits its time, unless somebody asked for this round.
    private func mayTry(_ record: ApplicationRecord, _ round: Round) -> Bool {
        !round.isPatient || record.state.failures == 0 || record.state.retryAt <= doors.now().milliseconds
    }

    private func blocker(_ dependencies: [String]) -> String? {
        dependencies.first { name in
            guard let record = records[name], let content = record.content else { return true }
            return record.condition.state != .synced || record.state.digest != content.digest
        }
    }

    private func claims() -> [InventoryName: [String]] {
        var claims: [InventoryName: [String]] = [:]
        for (name, record) in records {
            for key in record.content?.wanted.keys ?? [:].keys { claims[InventoryName(key), default: []].append(name) }
        }
        return claims.mapValues { $0.sorted() }
    }

    private func run(
        _ ready: [(name: String, isRemoved: Bool)], _ environment: EnvironmentEntry, _ orders: AgentOrders,
        _ claims: [InventoryName: [String]]
    ) async throws(WaybillError) {
        var jobs: [ApplicationJob] = []
        for (name, isRemoved) in ready {
            guard let record = records[name] else { continue }
            var marks: [ObjectKey: LiveMark] = [:]
            for item in record.state.inventory { marks[item.key] = live[item.key] }
            var job = ApplicationJob(
                name: name, record: record, marks: marks, order: orders.applications[name], isRemoved: isRemoved,
                claims: claims)
            if let content = record.content, !isRemoved {
                job.tree = try await tree(of: content)
                job.policies = try await tree(content.revision)
            }
            jobs.append(job)
        }
        let bench = ApplicationBench(doors: doors, settings: settings, counters: counters, environment: environment)
        let outcomes = try await Self.bounded(jobs) { job in await bench.run(job) }
        for (job, outcome) in zip(jobs, outcomes) { take(outcome, of: job) }
    }

    private func take(_ outcome: ApplicationWork.Outcome, of job: ApplicationJob) {
        for (key, mark) in outcome.live {
            // What a watch told meanwhile is newer: it must be looked at again.
            if live[key] != job.marks[key], live[key]?.version != mark?.version, job.marks[key] != nil { continue }
            live[key] = mark
        }
        if job.isRemoved, outcome.state.inventory.isEmpty, outcome.error == nil {
            records[job.name]?.content = nil
        }
        records[job.name]?.state = outcome.state
        records[job.name]?.condition = outcome.condition
        records[job.name]?.isWaiting = outcome.isWaiting
        records[job.name]?.isStuck = outcome.isStuck
        records[job.name]?.hasSynced = outcome.error == nil
        if outcome.error == nil, let order = job.order { records[job.name]?.syncDone = order.syncAsked }
        for item in outcome.state.inventory { owners[item.key] = job.name }
    }

    /// How the objects of applications that are being waited for are now.
    private func observe(_ names: Set<String>) async throws(WaybillError) {
        let open = names.filter { isOnItsWay($0) }
        let keys = open.flatMap { records[$0]?.state.inventory.map(\.key) ?? [] }
            .filter { live[$0]?.health.isSettled != true && !followed.contains($0.kind) }
        let now = doors.now().milliseconds / 1000
        guard keys.count < 32 else { return try await list() }
        for key in keys {
            counters.add(\.gets)
            live[key] = try await doors.cluster.get(key).map { LiveMark($0, now: now, rules: healthRules) }
        }
    }

    /// What the objects say, for every application that was applied.
    func judgeHealth(_ applications: [ApplicationEntry]) {
        for entry in applications {
            guard let record = records[entry.name], let content = record.content else { continue }
            guard record.state.digest == content.digest, !record.isWaiting, !record.isStuck else { continue }
            switch record.condition.state {
            case .synced, .progressing, .degraded: break
            // What failed and has nothing left to do was done by an earlier attempt.
            case .failed where !record.needsWork(live, order: nil): records[entry.name]?.state.failures = 0
            default: continue
            }
            let all = content.wanted.keys.map { key in
                (key: key, health: live[key]?.health ?? ObjectHealth(.missing, "is not there yet"))
            }
            let worst = ObjectHealth.worst(all)
            var condition = record.condition
            condition.objects = all.count
            condition.health = worst?.health.state ?? .healthy
            let unsettled = all.count { !$0.health.isSettled }
            if let worst, !worst.health.isSettled, worst.health.state != .unknown {
                condition.state = worst.health.state == .degraded ? .degraded : .progressing
                condition.message =
                    "\(worst.key) \(worst.health.message)" + (unsettled > 1 ? ", and \(unsettled - 1) more" : "")
            } else {
                condition.state = .synced
                condition.message = "\(all.count) objects as the repository says"
            }
            records[entry.name]?.condition = condition
        }
    }

    /// The words of the first pod that stands in the way.
    private func addCause(_ name: String) async {
        guard let record = records[name], [.progressing, .degraded].contains(record.condition.state),
            let content = record.content
        else { return }
        let broken = content.wanted.keys.filter { live[$0]?.health.isSettled == false }.sorted()
        for key in broken {
            // Why it is so is said as far as it can be found out; that it is so stands without.
            guard let workload = try? await doors.cluster.get(key), FirstCause.podSelector(of: workload) != nil,
                let pods = try? await doors.cluster.list(
                    ObjectKind(group: "", version: "v1", kind: "Pod"), namespace: key.namespace, labels: nil),
                let cause = FirstCause.find(for: workload, pods: pods, now: doors.now().milliseconds / 1000)
            else { continue }
            records[name]?.condition.message = "\(key): \(cause)"
            return
        }
    }
}
