import Documents
public import Kubernetes

/// One thing to do to a cluster.
public enum SyncAction: Hashable, Sendable {
    /// Server-side apply.
    case apply(Resource)
    /// Delete, wait until it is gone, apply: for changes that the API refuses.
    case replace(Resource)
    case prune(ObjectKey)
    /// Make an object that runs to its end.
    case hook(SyncHook)

    public var key: ObjectKey {
        switch self {
        case .apply(let resource), .replace(let resource): resource.key
        case .prune(let key): key
        case .hook(let hook): hook.resource.key
        }
    }

    /// The word that people see.
    public var word: String {
        switch self {
        case .apply: "apply"
        case .replace: "replace"
        case .prune: "prune"
        case .hook: "hook"
        }
    }
}

/// An object that is run at a point of a sync and is not kept.
public struct SyncHook: Hashable, Sendable {
    public var resource: Resource
    public var phase: SyncPhase
    public var wave: Int
    public var deletePolicies: Set<SyncMarks.DeletePolicy>

    /// A name is given where only a beginning of one is written: the same hook of the same revision is the same object.
    init(_ resource: Resource, phase: SyncPhase, marks: SyncMarks, revision: String) {
        var resource = resource
        if resource.name.isEmpty {
            let start = resource["metadata", "generateName"]?.string ?? "hook-"
            resource["metadata", "generateName"] = nil
            resource.name = start + "\(revision.prefix(7))-\(phase.rawValue.lowercased())"
        }
        self.resource = resource
        self.phase = phase
        wave = marks.wave
        deletePolicies = marks.deletePolicies
    }
}

/// Actions that may be done together, and what must be healthy before they begin.
public struct SyncStage: Hashable, Sendable {
    public var phase: SyncPhase
    public var wave: Int
    public var tier: ApplyTier
    public var actions: [SyncAction]
    /// A stage whose requirements are not met waits; it is planned anew then, so that nothing has to be remembered.
    public var requires: [ObjectKey]
    /// Hooks that must have succeeded.
    public var requiredHooks: [ObjectKey]

    public var title: String {
        actions.allSatisfy { $0.word == "prune" } ? "prune" : "\(phase.rawValue) wave \(wave), \(tier.title)"
    }
}

/// What others need comes first, what may refuse others comes last.
public enum ApplyTier: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Namespaces and definitions of kinds.
    case definitions
    /// What other objects name as their class.
    case classes
    case rest
    /// Webhooks: until now nothing could be refused by them.
    case webhooks

    public init(_ kind: ObjectKind) {
        switch kind.kind {
        case "Namespace", "CustomResourceDefinition": self = .definitions
        case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicyBinding":
            self = .webhooks
        default: self = kind.kind.hasSuffix("Class") ? .classes : .rest
        }
    }

    public var title: String {
        switch self {
        case .definitions: "definitions"
        case .classes: "classes"
        case .rest: "objects"
        case .webhooks: "webhooks"
        }
    }

    public static func < (left: ApplyTier, right: ApplyTier) -> Bool { left.rawValue < right.rawValue }
}
