import Documents

/// What an object's status says about it: is it as its specification asks, on the way there, or broken?
public struct ResourceHealth: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// As the specification asks; also for kinds that have nothing to wait for.
        case healthy
        /// On its way.
        case progressing
        /// Will not get there without a change.
        case degraded
        /// The object does not say.
        case unknown
    }

    public var state: State
    /// One sentence for people.
    public var message: String

    public init(_ state: State, _ message: String) {
        self.state = state
        self.message = message
    }

    public var isHealthy: Bool { state == .healthy }

    /// Judges by the object alone, in kstatus' order: deletion, observed generation, the kind's own rule, then the
    /// conditions that most controllers write.
    public static func assess(_ resource: Resource) -> ResourceHealth {
        if resource.isBeingDeleted { return ResourceHealth(.progressing, "is being deleted") }
        if let observed = resource["status", "observedGeneration"]?.integer, let generation = resource.generation,
            observed < generation
        {
            return ResourceHealth(.progressing, "generation \(generation) has not been observed yet")
        }
        if let condition = resource.condition("Stalled"), condition.isTrue {
            return ResourceHealth(.degraded, condition.explanation)
        }
        if let condition = resource.condition("Reconciling"), condition.isTrue {
            return ResourceHealth(.progressing, condition.explanation)
        }
        return switch (resource.objectKind.group, resource.kind) {
        case ("apps", "Deployment"): deployment(resource)
        case ("apps", "ReplicaSet"): replicaSet(resource)
        case ("apps", "StatefulSet"): statefulSet(resource)
        case ("apps", "DaemonSet"): daemonSet(resource)
        case ("", "Pod"): pod(resource)
        case ("batch", "Job"): job(resource)
        case ("", "Service"): service(resource)
        case ("", "PersistentVolumeClaim"): claim(resource)
        case ("apiextensions.k8s.io", "CustomResourceDefinition"): definition(resource)
        case ("", "Namespace"):
            resource["status", "phase"]?.string == "Terminating"
                ? ResourceHealth(.progressing, "is being deleted") : ResourceHealth(.healthy, "is active")
        default: general(resource)
        }
    }

    private static func service(_ resource: Resource) -> ResourceHealth {
        guard resource["spec", "type"]?.string == "LoadBalancer" else { return ResourceHealth(.healthy, "is in place") }
        let ingress = resource["status", "loadBalancer", "ingress"]?.array ?? []
        return ingress.isEmpty
            ? ResourceHealth(.progressing, "waits for the load balancer's address")
            : ResourceHealth(.healthy, "has an address")
    }

    private static func claim(_ resource: Resource) -> ResourceHealth {
        switch resource["status", "phase"]?.string {
        case "Bound": ResourceHealth(.healthy, "is bound")
        case "Lost": ResourceHealth(.degraded, "has lost its volume")
        case "Pending", nil: ResourceHealth(.progressing, "waits to be bound")
        case let phase?: ResourceHealth(.unknown, "is in phase \(phase)")
        }
    }

    private static func definition(_ resource: Resource) -> ResourceHealth {
        if let names = resource.condition("NamesAccepted"), names.isFalse {
            return ResourceHealth(.degraded, names.explanation)
        }
        guard let established = resource.condition("Established") else {
            return ResourceHealth(.progressing, "waits to be established")
        }
        if established.isTrue { return ResourceHealth(.healthy, "is established") }
        return ResourceHealth(established.reason == "Installing" ? .progressing : .degraded, established.explanation)
    }

    /// Kinds without a rule of their own: `Ready` where there is one; without any status there is nothing to wait for.
    private static func general(_ resource: Resource) -> ResourceHealth {
        guard let ready = resource.condition("Ready") else { return ResourceHealth(.healthy, "is in place") }
        return ready.isTrue ? ResourceHealth(.healthy, "is ready") : ResourceHealth(.progressing, ready.explanation)
    }
}
