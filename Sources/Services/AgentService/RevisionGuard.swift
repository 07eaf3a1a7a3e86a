import Delivery
public import GitRepositories
public import WaybillCore

/// Says whether a range of commits may reach a cluster: who signed, who reviewed, what the rules at the last good
/// revision ask.
public protocol RevisionGuard: Sendable {
    /// Judges everything after `lastApplied` (nil: the whole history) up to and with `head`. Throws when it could not
    /// find out, which is never an approval.
    func verify(from lastApplied: ObjectID?, to head: ObjectID) async throws(WaybillError) -> Verdict
}

/// The rules of the agent itself.
enum AgentRule {
    static func historyRewritten(_ mark: ObjectID, _ head: ObjectID) -> Finding {
        Finding(
            rule: "WB-AGT-001", kind: .signature, severity: .critical,
            message:
                "history was rewritten: \(head.short) does not come after \(mark.short), which was verified before",
            place: Place(object: "gitCommit:\(head)"), evidence: "high-water mark \(mark)",
            remedy: "restore the branch, then go back with a new signed commit (git revert)")
    }

    static func notRendered(_ head: ObjectID, _ error: WaybillError) -> Finding {
        Finding(
            rule: "WB-AGT-004", kind: .configuration, severity: .high,
            message: "the revision cannot be rendered: \(error.message)",
            place: Place(object: error.subject.isEmpty ? "gitCommit:\(head)" : error.subject), remedy: error.remedy)
    }

    /// A file that nobody opened: applied as it stands, its values would be the seals.
    static func sealed(_ error: WaybillError) -> Finding {
        Finding(
            rule: "WB-AGT-008", kind: .configuration, severity: .high,
            message: "\(error.subject) \(error.message)", place: Place(object: error.subject), remedy: error.remedy)
    }

    /// An environment that would leave its objects behind, unseen.
    static func elsewhere(_ old: String?, _ new: String?, _ objects: Int) -> Finding {
        func name(_ cluster: String?) -> String { cluster.map { "the cluster \($0)" } ?? "the local cluster" }
        return Finding(
            rule: "WB-AGT-010", kind: .configuration, severity: .high,
            message: "\(objects) objects are in \(name(old)), and nobody would look after them from \(name(new))",
            place: Place(object: EnvironmentsFile.path, field: "environments.cluster"),
            remedy: "declare another environment there, and empty this one before it moves")
    }

    /// An artifact that may not be taken.
    static func artifact(_ settings: ArtifactSettings, _ message: String, remedy: String?) -> Finding {
        Finding(
            rule: "WB-AGT-011", kind: .signature, severity: .high, message: message,
            place: Place(object: settings.repository), remedy: remedy)
    }

    static func takenBack(_ application: String, _ good: ObjectID?) -> Finding {
        Finding(
            rule: "WB-AGT-007", kind: .policy, severity: .high,
            message: "this content failed here before and was taken back\(good.map { " to \($0.short)" } ?? "")",
            place: Place(object: "application \(application)"),
            remedy: "commit another content; waybill app history shows what ran")
    }
}
