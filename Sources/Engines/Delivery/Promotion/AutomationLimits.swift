public import WaybillCore

/// What the machine's own key may change in an environment repository without anybody's review: the folders of
/// environments that ask for automation, and there neither rules nor keys.
public struct AutomationLimits: Sendable {
    /// Who the machine is in `allowed_signers`.
    public static let identity = "promoter@waybill.local"

    private let environments: [EnvironmentEntry]

    /// - Parameter environments: as they stood before the commits that are judged.
    public init(_ environments: [EnvironmentEntry]) { self.environments = environments }

    public func allows(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path != EnvironmentsFile.path, !parts.contains(where: { $0.hasPrefix(".git") || $0 == ".waybill" }) else {
            return false
        }
        // Environments may lie in each other: the innermost decides.
        let owner = environments.filter { $0.path == "." || path.hasPrefix($0.path + "/") }
            .max { $0.path.utf8.count < $1.path.utf8.count }
        return owner.map { $0.promotion.isAutomatic || !$0.follow.isEmpty } ?? false
    }

    /// Why the key's commits go too far; empty where they do not.
    public func violations(_ paths: [String], of commit: String) -> [Finding] {
        let beyond = paths.filter { !allows($0) }.sorted()
        guard let first = beyond.first else { return [] }
        return [
            Finding(
                rule: "WB-AGT-009", kind: .signature, severity: .critical,
                message: "the key of promotions changed \(first)"
                    + (beyond.count > 1 ? " and \(beyond.count - 1) more files" : "") + ", which nobody reviewed",
                place: Place(object: "gitCommit:\(commit)", field: first),
                remedy:
                    "take the change back by a new commit, or have a person review it; then look who has the promoter's key"
            )
        ]
    }

    /// A commit with the key that no promotion explains.
    public static func unexplained(_ commit: String) -> Finding {
        Finding(
            rule: "WB-AGT-009", kind: .signature, severity: .critical,
            message:
                "the commit \(commit.prefix(10)) is signed with the key of promotions, and no promotion explains it",
            place: Place(object: "gitCommit:\(commit)"),
            remedy: "take the change back by a new commit; then look who has the promoter's key")
    }
}
