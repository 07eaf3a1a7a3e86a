import Documents

/// Starts jobs by the clock.
struct CronJobController: Sendable {
    let client: ClusterClient
    private static let manager = "cronjob-controller"
    private static let resource = "cronjobs.batch"

    func pass() async {
        let schedules = await client.list(Self.resource).filter { !$0.isBeingDeleted }
        guard !schedules.isEmpty, let now = APITime.seconds(APITime.now) else { return }
        for schedule in schedules { await reconcile(schedule, now) }
    }

    private func reconcile(_ cron: Value, _ now: Int) async {
        let jobs = await client.list("jobs.batch", cron.namespace).filter { $0.controllerUID == cron.uid }
        func isOver(_ job: Value) -> Bool {
            ["Complete", "Failed"].contains { job.condition($0)?["status"] == "True" }
        }
        let active = jobs.filter { !isOver($0) }
        var status = cron["status"] ?? [:]
        status["active"] =
            active.isEmpty
            ? Value?.none
            : .array(
                active.map {
                    [
                        "apiVersion": "batch/v1", "kind": "Job", "name": .string($0.name),
                        "namespace": .string($0.namespace), "uid": .string($0.uid),
                    ]
                })
        if let last = jobs.compactMap({ $0[path: "status", "completionTime"]?.string }).max() {
            status["lastSuccessfulTime"] = .string(last)
        }
        await tidy(cron, jobs.filter(isOver))
        if cron[path: "spec", "suspend"]?.bool != true, let due = due(cron, now) {
            let policy = cron[path: "spec", "concurrencyPolicy"]?.string
            if policy == "Replace" {
                for job in active { try? await client.delete("jobs.batch", job, as: Self.manager) }
            }
            if policy != "Forbid" || active.isEmpty, await start(cron, due) {
                status["lastScheduleTime"] = .string(APITime.text(due))
            }
        }
        guard cron["status"] ?? [:] != status else { return }
        try? await client.setStatus(Self.resource, cron, status, as: Self.manager)
    }

    /// The latest moment that has passed without a job; nil where there is none. Times are UTC.
    private func due(_ cron: Value, _ now: Int) -> Int? {
        guard case .success(let schedule) = CronSchedule.parse(cron[path: "spec", "schedule"]?.string ?? "") else {
            return nil
        }
        let since =
            cron[path: "status", "lastScheduleTime"]?.string.flatMap(APITime.seconds)
            ?? APITime.seconds(cron.creation) ?? now
        let deadline = cron[path: "spec", "startingDeadlineSeconds"]?.integer
        var last: Int?
        var from = max(since, now - (deadline ?? 86400))
        for _ in 0..<100 {
            guard let next = schedule.next(after: from), next <= now else { break }
            last = next
            from = next
        }
        return last
    }

    private func start(_ cron: Value, _ moment: Int) async -> Bool {
        let template = cron[path: "spec", "jobTemplate"] ?? [:]
        var job: Value = ["apiVersion": "batch/v1", "kind": "Job", "spec": template["spec"] ?? [:]]
        job["metadata"] = template["metadata"] ?? [:]
        job[Pointer(["metadata", "name"])] = .string("\(cron.name)-\(moment / 60)")
        job[Pointer(["metadata", "namespace"])] = .string(cron.namespace)
        job[Pointer(["metadata", "annotations", "batch.kubernetes.io/cronjob-scheduled-timestamp"])] = .string(
            APITime.text(moment))
        job[Pointer(["metadata", "ownerReferences"])] = [.controllerReference(to: cron)]
        do throws(APIError) {
            let created = try await client.create("jobs.batch", job, as: Self.manager)
            await client.event(
                cron, type: "Normal", reason: "SuccessfulCreate", message: "Created job \(created.name)",
                as: Self.manager)
            return true
        } catch {
            return error.reason == "AlreadyExists"
        }
    }

    private func tidy(_ cron: Value, _ over: [Value]) async {
        for (word, key, standard) in [
            ("Complete", "successfulJobsHistoryLimit", 3), ("Failed", "failedJobsHistoryLimit", 1),
        ] {
            let limit = cron[path: "spec", key]?.integer ?? standard
            let jobs = over.filter { $0.condition(word)?["status"] == "True" }.sorted { $0.creation < $1.creation }
            for job in jobs.prefix(max(0, jobs.count - limit)) {
                try? await client.delete("jobs.batch", job, as: Self.manager)
            }
        }
    }
}
