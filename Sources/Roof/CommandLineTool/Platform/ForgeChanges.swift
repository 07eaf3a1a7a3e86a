import Attestations
import Dashboard
import ForgeService
import GitRepositories
import WaybillCore

/// The forge's changes, as the dashboard reads them.
struct ForgeChanges: ChangeSource {
    let forge: ForgeService

    func repositories() async throws(WaybillError) -> [String] { try await forge.repositories() }

    func changes(in repository: String) async throws(WaybillError) -> [ProposedChange] {
        try await forge.changes(in: repository).map { Self.proposed($0, diff: nil) }
    }

    func change(_ id: Int, in repository: String) async throws(WaybillError) -> ProposedChange {
        let change = try await forge.change(id, in: repository)
        var diff: String?
        do throws(WaybillError) {
            diff = String(decoding: try await forge.diff(of: id, in: repository), as: UTF8.self)
        } catch {
            // A diff that is too large for a page is left to git; anything else is an error.
            guard error.code == .limitExceeded else { throw error }
        }
        return Self.proposed(change, diff: diff)
    }

    private static func proposed(_ change: Change, diff: String?) -> ProposedChange {
        ProposedChange(
            id: change.id, repository: change.repository, branch: change.branch, target: change.target,
            title: change.title, by: change.by.name, opened: change.opened,
            state: ProposedChange.State(rawValue: change.state.rawValue) ?? .open, head: change.head?.hex,
            base: change.base?.hex,
            commits: change.commits.map {
                .init(id: $0.id, title: $0.title, author: $0.author, isSigned: $0.isSigned, signature: $0.signature)
            },
            reviews: change.reviews.map {
                .init(
                    reviewer: $0.reviewer, isApproval: $0.decision == .approve, commit: $0.commit, paper: $0.envelope,
                    counts: $0.counts, reason: $0.reason, comment: $0.comment)
            },
            files: change.files.map { .init(path: $0.path, added: $0.added, removed: $0.removed) }, diff: diff,
            verdict: change.verdict)
    }
}
