import Documents
import Kubernetes

/// The kinds that every cluster has, as kstatus and Argo CD judge them; where the two differ, as who waits for a
/// rollout needs it.
enum BuiltInHealth {
    /// Nil for kinds without a rule of their own.
    static func assess(_ resource: Resource, now: Int64?) -> ObjectHealth? {
        switch (resource.objectKind.group, resource.kind) {
        case ("apps", "Deployment"), ("extensions", "Deployment"): WorkloadHealth.deployment(resource)
        case ("apps", "ReplicaSet"), ("extensions", "ReplicaSet"): WorkloadHealth.replicaSet(resource)
        case ("", "ReplicationController"): WorkloadHealth.replicaSet(resource)
        case ("apps", "StatefulSet"): WorkloadHealth.statefulSet(resource)
        case ("apps", "DaemonSet"), ("extensions", "DaemonSet"): WorkloadHealth.daemonSet(resource)
        case ("", "Pod"): PodHealth.pod(resource, now: now)
        case ("batch", "Job"): WorkloadHealth.job(resource)
        case ("batch", "CronJob"): cronJob(resource)
        case ("", "Service"): service(resource)
        case ("networking.k8s.io", "Ingress"), ("extensions", "Ingress"): ingress(resource)
        case ("", "PersistentVolumeClaim"): claim(resource)
        case ("", "PersistentVolume"): volume(resource)
        case ("", "Namespace"): namespace(resource)
        case ("", "Node"): node(resource)
        case ("autoscaling", "HorizontalPodAutoscaler"): autoscaler(resource)
        case ("policy", "PodDisruptionBudget"): disruptionBudget(resource)
        case ("apiextensions.k8s.io", "CustomResourceDefinition"): definition(resource)
        case ("apiregistration.k8s.io", "APIService"): apiService(resource)
        case ("certificates.k8s.io", "CertificateSigningRequest"): signingRequest(resource)
        case ("flowcontrol.apiserver.k8s.io", "FlowSchema"): flowSchema(resource)
        case ("", "ConfigMap"), ("", "Secret"), ("", "ServiceAccount"), ("", "Endpoints"), ("", "Event"),
            ("", "LimitRange"), ("", "ResourceQuota"), ("", "PodTemplate"):
            .inPlace
        default: nil
        }
    }

    private static func cronJob(_ resource: Resource) -> ObjectHealth {
        if resource["spec", "suspend"]?.bool == true { return ObjectHealth(.suspended, "is suspended") }
        let active = resource["status", "active"]?.array?.count ?? 0
        return ObjectHealth(.healthy, active > 0 ? "has \(active) jobs at work" : "waits for its time")
    }

    private static func service(_ resource: Resource) -> ObjectHealth {
        guard resource["spec", "type"]?.string == "LoadBalancer" else { return .inPlace }
        return resource["status", "loadBalancer", "ingress"]?.array?.isEmpty == false
            ? ObjectHealth(.healthy, "has an address")
            : ObjectHealth(.progressing, "waits for the load balancer's address")
    }

    private static func ingress(_ resource: Resource) -> ObjectHealth {
        resource["status", "loadBalancer", "ingress"]?.array?.isEmpty == false
            ? ObjectHealth(.healthy, "has an address")
            : ObjectHealth(.progressing, "waits for a controller to give it an address")
    }

    private static func claim(_ resource: Resource) -> ObjectHealth {
        switch resource["status", "phase"]?.string {
        case "Bound": ObjectHealth(.healthy, "is bound")
        case "Lost": ObjectHealth(.degraded, "has lost its volume")
        case "Pending", nil: ObjectHealth(.progressing, "waits to be bound")
        case let phase?: ObjectHealth(.unknown, "is in phase \(phase)")
        }
    }

    private static func volume(_ resource: Resource) -> ObjectHealth {
        switch resource["status", "phase"]?.string {
        case "Available", "Bound", "Released": .inPlace
        case "Failed": ObjectHealth(.degraded, resource["status", "message"]?.string ?? "has failed")
        case "Pending", nil: ObjectHealth(.progressing, "is pending")
        case let phase?: ObjectHealth(.unknown, "is in phase \(phase)")
        }
    }

    private static func namespace(_ resource: Resource) -> ObjectHealth {
        resource["status", "phase"]?.string == "Terminating"
            ? ObjectHealth(.terminating, "is being deleted") : ObjectHealth(.healthy, "is active")
    }

    private static func node(_ resource: Resource) -> ObjectHealth {
        guard let ready = resource.condition("Ready") else { return ObjectHealth(.progressing, "has not reported yet") }
        guard ready.isTrue else { return ObjectHealth(.degraded, ready.explanation) }
        return resource["spec", "unschedulable"]?.bool == true
            ? ObjectHealth(.suspended, "takes no new pods") : ObjectHealth(.healthy, "is ready")
    }

    private static func autoscaler(_ resource: Resource) -> ObjectHealth {
        let conditions = resource.conditions + annotated(resource)
        for condition in conditions {
            switch condition.type {
            case "AbleToScale", "ScalingActive":
                guard condition.isFalse else { continue }
                // A target of zero replicas is switched off, one that was scaled a moment ago rests: neither is broken.
                if condition.reason == "ScalingDisabled" || condition.reason.hasPrefix("Backoff") {
                    return ObjectHealth(.healthy, condition.explanation)
                }
                return ObjectHealth(.degraded, condition.explanation)
            default: continue
            }
        }
        // Where they are nowhere, replicas say that it is at work.
        if conditions.isEmpty, resource["status", "currentReplicas"] == nil {
            return ObjectHealth(.progressing, "waits for its first look at the target")
        }
        return ObjectHealth(.healthy, "is at work")
    }

    /// Version 1 keeps its conditions as a text.
    private static func annotated(_ resource: Resource) -> [Condition] {
        guard let text = resource.annotations["autoscaling.alpha.kubernetes.io/conditions"],
            // A text that nobody can read says nothing.
            let value = try? JSONReader.value(from: text, limits: DocumentLimits(depthMax: 8, bytesMax: 1 << 16))
        else { return [] }
        return (value.array ?? []).compactMap(Condition.init)
    }

    private static func disruptionBudget(_ resource: Resource) -> ObjectHealth {
        guard let allowed = resource.condition("DisruptionAllowed"), allowed.reason == "SyncFailed" else {
            return .inPlace
        }
        return ObjectHealth(.degraded, allowed.explanation)
    }

    private static func definition(_ resource: Resource) -> ObjectHealth {
        if let ending = resource.condition("Terminating"), ending.isTrue {
            return ObjectHealth(.terminating, ending.explanation)
        }
        if let names = resource.condition("NamesAccepted"), names.isFalse {
            return ObjectHealth(.degraded, names.explanation)
        }
        if let schema = resource.condition("NonStructuralSchema"), schema.isTrue {
            return ObjectHealth(.degraded, schema.explanation)
        }
        guard let established = resource.condition("Established") else {
            return ObjectHealth(.progressing, "waits to be established")
        }
        if established.isTrue { return ObjectHealth(.healthy, "is established") }
        return ObjectHealth(established.reason == "Installing" ? .progressing : .degraded, established.explanation)
    }

    private static func apiService(_ resource: Resource) -> ObjectHealth {
        guard let available = resource.condition("Available") else {
            return ObjectHealth(.progressing, "waits for its first answer")
        }
        return available.isTrue
            ? ObjectHealth(.healthy, "answers") : ObjectHealth(.progressing, available.explanation)
    }

    private static func signingRequest(_ resource: Resource) -> ObjectHealth {
        for condition in resource.conditions where condition.isTrue && ["Denied", "Failed"].contains(condition.type) {
            return ObjectHealth(.degraded, condition.explanation)
        }
        return resource["status", "certificate"]?.string != nil
            ? ObjectHealth(.healthy, "is signed") : ObjectHealth(.progressing, "waits to be signed")
    }

    private static func flowSchema(_ resource: Resource) -> ObjectHealth {
        guard let dangling = resource.condition("Dangling"), dangling.isTrue else { return .inPlace }
        return ObjectHealth(.degraded, dangling.explanation)
    }
}

extension Resource {
    /// Anybody may write anything into a status: nothing that is counted with it may overflow.
    func count(_ path: String..., missing: Int = 0) -> Int {
        min(max(value[Pointer(path)]?.integer ?? missing, 0), Int(Int32.max))
    }

    var hasObservedGeneration: Bool {
        generation == nil || value["status"]?["observedGeneration"]?.integer != nil
    }
}
