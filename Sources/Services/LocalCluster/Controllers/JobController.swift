import Documents

/// Runs jobs' pods until enough of them succeeded, or too many failed.
struct JobController: Sendable {
    let client: ClusterClient
    let backOff: CreationBackOff
    private static let manager = "job-controller"
    private static let resource = "jobs.batch"

    func pass() async {
        for job in await client.list(Self.resource) where !job.isBeingDeleted { await reconcile(job) }
    }

    private static func isOver(_ job: Value) -> Bool {
        ["Complete", "Failed"].contains { job.condition($0)?["status"] == "True" }
    }

    private func reconcile(_ job: Value) async {
        if Self.isOver(job) { return await expire(job) }
        let pods = await client.pods(of: job)
        let active = pods.filter(\.isActivePod)
        let succeeded = pods.filter { $0[path: "status", "phase"] == "Succeeded" }
        let failed = pods.filter { $0[path: "status", "phase"] == "Failed" }
        var status = job["status"] ?? [:]
        let isSuspended = job[path: "spec", "suspend"]?.bool == true
        let now = APITime.now
        if isSuspended {
            for pod in active { try? await client.delete("pods", pod, as: Self.manager) }
            Self.set(&status, "Suspended", true, "JobSuspended", "Job suspended", now)
            status["startTime"] = nil
            return await report(job, status, active: 0, succeeded.count, failed.count, pods)
        }
        if job.condition("Suspended")?["status"] == "True" {
            Self.set(&status, "Suspended", false, "JobResumed", "Job resumed", now)
        }
        status.fill(["startTime"], .string(now))
        let completions = job[path: "spec", "completions"]?.integer
        let parallelism = job[path: "spec", "parallelism"]?.integer ?? 1
        let limit = job[path: "spec", "backoffLimit"]?.integer ?? 6
        let isIndexed = job[path: "spec", "completionMode"] == "Indexed"
        let done = isIndexed ? Set(succeeded.compactMap(Self.index)).count : succeeded.count
        let restarts = active.reduce(0) { sum, pod in
            sum
                + (pod[path: "status", "containerStatuses"]?.array ?? []).reduce(0) {
                    $0 + ($1["restartCount"]?.integer ?? 0)
                }
        }
        if failed.count + restarts > limit {
            return await fail(
                job, &status, active, "BackoffLimitExceeded", "Job has reached the specified backoff limit",
                succeeded.count, failed.count, pods)
        }
        if let deadline = job[path: "spec", "activeDeadlineSeconds"]?.integer,
            let start = status["startTime"]?.string.flatMap(APITime.seconds), let moment = APITime.seconds(now),
            moment - start >= deadline
        {
            return await fail(
                job, &status, active, "DeadlineExceeded", "Job was active longer than specified deadline",
                succeeded.count, failed.count, pods)
        }
        let isComplete = completions.map { done >= $0 } ?? (done > 0 && active.isEmpty)
        if isComplete {
            status["completionTime"] = .string(now)
            Self.set(
                &status, "SuccessCriteriaMet", true, "CompletionsReached", "Reached expected number of succeeded pods",
                now)
            Self.set(&status, "Complete", true, "CompletionsReached", "Reached expected number of succeeded pods", now)
            await client.event(
                job, type: "Normal", reason: "Completed", message: "Job completed", as: Self.manager)
            for pod in active { try? await client.delete("pods", pod, as: Self.manager) }
            return await report(job, status, active: 0, succeeded.count, failed.count, pods)
        }
        let left = completions.map { $0 - done } ?? (done > 0 ? 0 : parallelism)
        var count = active.count
        let wanted = min(parallelism, max(left, completions == nil ? active.count : 0))
        if count > wanted {
            for pod in ReplicaSetController.leastWanted(active).prefix(count - wanted) {
                try? await client.delete("pods", pod, as: Self.manager)
                count -= 1
            }
        }
        while count < min(wanted, active.count + 50) {
            guard let pod = make(job, taken: pods, isIndexed, completions ?? 0, count - active.count),
                await client.createPod(pod, for: job, backOff, as: Self.manager)
            else { break }
            count += 1
        }
        await report(job, status, active: count, succeeded.count, failed.count, pods)
    }

    private static func index(_ pod: Value) -> Int? {
        pod[path: "metadata", "annotations", "batch.kubernetes.io/job-completion-index"]?.string.flatMap { Int($0) }
    }

    private func make(_ job: Value, taken: [Value], _ isIndexed: Bool, _ completions: Int, _ made: Int) -> Value? {
        var pod = PodFactory.pod(of: job, template: job[path: "spec", "template"])
        guard isIndexed else { return pod }
        let busy = Set(
            taken.filter { $0.isActivePod || $0[path: "status", "phase"] == "Succeeded" }.compactMap(Self.index))
        let free = (0..<completions).filter { !busy.contains($0) }
        guard free.indices.contains(made) else { return nil }
        let index = String(free[made])
        pod[Pointer(["metadata", "annotations", "batch.kubernetes.io/job-completion-index"])] = .string(index)
        pod[Pointer(["metadata", "labels", "batch.kubernetes.io/job-completion-index"])] = .string(index)
        pod[Pointer(["metadata", "generateName"])] = .string("\(job.name)-\(index)-")
        pod[Pointer(["spec", "hostname"])] = .string("\(job.name)-\(index)")
        pod.each(["spec", "containers"]) { container in
            let variable: Value = ["name": "JOB_COMPLETION_INDEX", "value": .string(index)]
            container["env"] = .array((container["env"]?.array ?? []) + [variable])
        }
        return pod
    }

    private func fail(
        _ job: Value, _ status: inout Value, _ active: [Value], _ reason: String, _ message: String, _ succeeded: Int,
        _ failed: Int, _ pods: [Value]
    ) async {
        for pod in active { try? await client.delete("pods", pod, as: Self.manager) }
        Self.set(&status, "FailureTarget", true, reason, message, APITime.now)
        Self.set(&status, "Failed", true, reason, message, APITime.now)
        await client.event(job, type: "Warning", reason: reason, message: message, as: Self.manager)
        await report(job, status, active: 0, succeeded, failed, pods)
    }

    private static func set(
        _ status: inout Value, _ type: String, _ isTrue: Bool, _ reason: String, _ message: String, _ now: String
    ) {
        var conditions = status["conditions"]?.array ?? []
        let word: Value = isTrue ? "True" : "False"
        if conditions.contains(where: { $0["type"]?.string == type && $0["status"] == word }) { return }
        conditions.removeAll { $0["type"]?.string == type }
        conditions.append([
            "type": .string(type), "status": word, "reason": .string(reason), "message": .string(message),
            "lastProbeTime": .string(now), "lastTransitionTime": .string(now),
        ])
        status["conditions"] = .array(conditions)
    }

    private func report(
        _ job: Value, _ status: Value, active: Int, _ succeeded: Int, _ failed: Int, _ pods: [Value]
    ) async {
        var status = status
        for (key, count) in [("active", active), ("succeeded", succeeded), ("failed", failed)] {
            status[key] = count > 0 ? .integer(count) : Value?.none
        }
        status["ready"] = .integer(pods.count { $0.isReadyPod && $0.isActivePod })
        status["terminating"] = .integer(pods.count(where: \.isBeingDeleted))
        status.fill(["uncountedTerminatedPods"], [:])
        guard let current = await client.get(Self.resource, job.namespace, job.name), current.uid == job.uid else {
            return
        }
        try? await client.setStatus(Self.resource, current, status, as: Self.manager)
    }

    /// A finished job goes when its time is over.
    private func expire(_ job: Value) async {
        guard let seconds = job[path: "spec", "ttlSecondsAfterFinished"]?.integer,
            let end = (job.condition("Complete") ?? job.condition("Failed"))?["lastTransitionTime"]?.string.flatMap(
                APITime.seconds), let now = APITime.seconds(APITime.now), now - end >= seconds
        else { return }
        try? await client.delete(Self.resource, job, as: Self.manager)
    }
}
