import Documents

/// Tells how far a deployment is.
struct DeploymentStatus: Sendable {
    let client: ClusterClient
    let manager: String

    func report(_ seen: Value) async {
        guard let deployment = await client.get("deployments.apps", seen.namespace, seen.name),
            deployment.uid == seen.uid
        else { return }
        let sets = await client.list("replicasets.apps", deployment.namespace).filter {
            $0.controllerUID == deployment.uid
        }
        let current = sets.first { DeploymentController.template(of: $0) == deployment[path: "spec", "template"] }
        let status = Self.status(of: deployment, seen, current: current, sets: sets, now: APITime.now)
        try? await client.setStatus("deployments.apps", deployment, status, as: manager)
    }

    static func status(of deployment: Value, _ seen: Value, current: Value?, sets: [Value], now: String) -> Value {
        func sum(_ key: String) -> Int { sets.reduce(0) { $0 + ($1[path: "status", key]?.integer ?? 0) } }
        let wanted = deployment[path: "spec", "replicas"]?.integer ?? 1
        let total = sum("replicas")
        let updated = current?[path: "status", "replicas"]?.integer ?? 0
        let available = sum("availableReplicas")
        var status: Value = ["observedGeneration": seen[path: "metadata", "generation"] ?? 1]
        for (key, count) in [
            ("replicas", total), ("updatedReplicas", updated), ("readyReplicas", sum("readyReplicas")),
            ("availableReplicas", available), ("unavailableReplicas", max(0, wanted - available)),
        ] where count > 0 {
            status[key] = .integer(count)
        }
        let unavailable = RollingUpdate.share(
            deployment[path: "spec", "strategy", "rollingUpdate", "maxUnavailable"] ?? 0, of: wanted, roundsUp: false)
        let isAvailable = available >= wanted - unavailable
        var conditions = [
            condition(
                "Available", isAvailable ? "True" : "False",
                isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                isAvailable ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                deployment, now, progressed: false),
            progressing(deployment, current, status, wanted, now),
        ]
        if let failure = sets.compactMap({ $0.condition("ReplicaFailure") }).first {
            conditions.append(
                condition(
                    "ReplicaFailure", "True", "FailedCreate", failure["message"]?.string ?? "", deployment, now,
                    progressed: false))
        }
        status["conditions"] = .array(conditions)
        return status
    }

    private static func progressing(
        _ deployment: Value, _ current: Value?, _ status: Value, _ wanted: Int, _ now: String
    ) -> Value {
        func count(_ key: String) -> Int { status[key]?.integer ?? 0 }
        let name = current?.name ?? ""
        let isComplete =
            current != nil && count("updatedReplicas") == wanted && count("replicas") == wanted
            && count("availableReplicas") >= wanted
        if isComplete {
            return condition(
                "Progressing", "True", "NewReplicaSetAvailable", "ReplicaSet \"\(name)\" has successfully progressed.",
                deployment,
                now, progressed: deployment.condition("Progressing")?["reason"]?.string != "NewReplicaSetAvailable")
        }
        let before = deployment["status"] ?? [:]
        let moved =
            ["updatedReplicas", "readyReplicas", "availableReplicas"].contains {
                count($0) > (before[$0]?.integer ?? 0)
            }
            || deployment[path: "metadata", "generation"] != before["observedGeneration"]
            || deployment.condition("Progressing")?["reason"]?.string == "NewReplicaSetAvailable"
        let last = deployment.condition("Progressing")?["lastUpdateTime"]?.string.flatMap(APITime.seconds)
        let limit = deployment[path: "spec", "progressDeadlineSeconds"]?.integer ?? 600
        if !moved, let last, let seconds = APITime.seconds(now), seconds - last > limit,
            deployment[path: "spec", "paused"]?.bool != true
        {
            return condition(
                "Progressing", "False", "ProgressDeadlineExceeded", "ReplicaSet \"\(name)\" has timed out progressing.",
                deployment,
                now, progressed: false)
        }
        return condition(
            "Progressing", "True", "ReplicaSetUpdated", "ReplicaSet \"\(name)\" is progressing.", deployment, now,
            progressed: moved)
    }

    private static func condition(
        _ type: String, _ status: String, _ reason: String, _ message: String, _ deployment: Value, _ now: String,
        progressed: Bool
    ) -> Value {
        let before = deployment.condition(type)
        let isSame = before?["status"]?.string == status
        let isUnchanged = isSame && before?["reason"]?.string == reason && !progressed
        return [
            "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
            "lastTransitionTime": isSame ? before?["lastTransitionTime"] ?? .string(now) : .string(now),
            "lastUpdateTime": isUnchanged ? before?["lastUpdateTime"] ?? .string(now) : .string(now),
        ]
    }
}
