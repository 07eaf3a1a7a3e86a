import Documents
public import Kubernetes

/// What an object asks of its own application, in our words or in those that people bring along from Argo CD, Flux and
/// Helm.
public struct SyncMarks: Hashable, Sendable {
    /// When a hook's object is thrown away.
    public enum DeletePolicy: String, Sendable, CaseIterable {
        case beforeCreation = "BeforeHookCreation"
        case succeeded = "HookSucceeded"
        case failed = "HookFailed"
    }

    public static let waveAnnotation = "waybill.dev/wave"
    public static let hookAnnotation = "waybill.dev/hook"
    public static let hookDeleteAnnotation = "waybill.dev/hook-delete"
    public static let replaceAnnotation = "waybill.dev/replace"

    /// Smaller waves come first; 0 where nothing is said.
    public var wave = 0
    /// The phases in which the object is run as a hook; empty for what is kept.
    public var hooks: Set<SyncPhase> = []
    public var deletePolicies: Set<DeletePolicy> = []
    /// A change that the API refuses may be made by deleting the object and making it anew.
    public var allowsReplacement = false
    /// Replacement was asked for in our own word, which also counts for kinds whose deletion takes data along.
    public var insistsOnReplacement = false
    /// Marks that say something nobody understands.
    public private(set) var misspelt: [String] = []

    public init(_ resource: Resource) {
        let notes = resource.annotations
        wave = readWave(notes)
        readHooks(notes)
        let options = Set(
            (notes["argocd.argoproj.io/sync-options"] ?? "").split(separator: ",").map { $0.filter { $0 != " " } })
        insistsOnReplacement = notes[Self.replaceAnnotation] == "enabled"
        allowsReplacement =
            insistsOnReplacement || options.contains("Replace=true") || options.contains("Force=true")
            || notes["kustomize.toolkit.fluxcd.io/force"] == "enabled"
    }

    private mutating func readWave(_ notes: [String: String]) -> Int {
        for name in [Self.waveAnnotation, "argocd.argoproj.io/sync-wave"] {
            guard let text = notes[name] else { continue }
            guard let wave = Int(text), (-100_000...100_000).contains(wave) else {
                misspelt.append("\(name): \(text.prefix(40)) is not a whole number")
                continue
            }
            return wave
        }
        return 0
    }

    private mutating func readHooks(_ notes: [String: String]) {
        let words: [String: SyncPhase] = [
            "PreSync": .preSync, "Sync": .sync, "PostSync": .postSync, "SyncFail": .syncFail,
            "pre-install": .preSync, "pre-upgrade": .preSync, "post-install": .postSync, "post-upgrade": .postSync,
            "pre-sync": .preSync, "post-sync": .postSync, "sync-fail": .syncFail, "sync": .sync,
        ]
        // What is run when an application goes is no part of a sync; Helm's tests and rollbacks are run by Helm alone.
        let others: Set<String> = [
            "Skip", "PreDelete", "PostDelete", "test", "test-success", "test-failure", "pre-delete", "post-delete",
            "pre-rollback", "post-rollback", "crd-install",
        ]
        for name in [Self.hookAnnotation, "argocd.argoproj.io/hook", "helm.sh/hook"] {
            guard let text = notes[name] else { continue }
            for word in text.split(separator: ",").map({ String($0.filter { $0 != " " }) }) {
                if let phase = words[word] {
                    hooks.insert(phase)
                } else if others.contains(word) {
                    hooks.insert(.skipped)
                } else {
                    misspelt.append("\(name): \(word.prefix(40)) is no phase")
                    hooks.insert(.skipped)
                }
            }
            break
        }
        // With a phase of a sync the object is run there; the other words fall away.
        if hooks.count > 1 { hooks.remove(.skipped) }
        guard !hooks.isEmpty else { return }
        let deletes: [String: DeletePolicy] = [
            "BeforeHookCreation": .beforeCreation, "HookSucceeded": .succeeded, "HookFailed": .failed,
            "before-hook-creation": .beforeCreation, "hook-succeeded": .succeeded, "hook-failed": .failed,
        ]
        for name in [Self.hookDeleteAnnotation, "argocd.argoproj.io/hook-delete-policy", "helm.sh/hook-delete-policy"] {
            for word in (notes[name] ?? "").split(separator: ",").map({ String($0.filter { $0 != " " }) }) {
                if let policy = deletes[word] {
                    deletePolicies.insert(policy)
                } else {
                    misspelt.append("\(name): \(word.prefix(40)) is no policy")
                }
            }
        }
        if deletePolicies.isEmpty { deletePolicies = [.beforeCreation] }
    }
}

/// The parts of a sync, in their order.
public enum SyncPhase: String, Hashable, Sendable, CaseIterable, Comparable {
    case preSync = "PreSync"
    case sync = "Sync"
    case postSync = "PostSync"
    /// Only when something failed.
    case syncFail = "SyncFail"
    /// Never: what belongs to the end of an application.
    case skipped = "Skip"

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (left: SyncPhase, right: SyncPhase) -> Bool { left.order < right.order }
}
