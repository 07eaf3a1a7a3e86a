import Ledger
import WaybillCore

/// The changes of every repository.
struct ChangesPage {
    static let changesPerRepositoryMax = 50

    struct Row {
        let link: Link
        let title: String
        let branch: String
        let by: String
        let stamp: Stamp
        let state: Badge
        let gate: Badge?

        init(_ change: ProposedChange, now: Instant) {
            link = .change(String(change.id), change.repository, "#\(change.id)")
            title = change.title.isEmpty ? change.branch : change.title
            branch = "\(change.branch) → \(change.target)"
            by = change.by
            stamp = Stamp(change.opened, now: now)
            state = change.state.badge
            gate = change.verdict.map { verdict in
                verdict.isAllowed
                    ? Badge(.good, "may be merged") : Badge(.bad, Self.count(verdict.violations.count, "violation"))
            }
        }

        static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    }

    struct Repository {
        let name: String
        let changes: Table<Row>?
        let isCut: Bool
        /// Why the changes could not be read.
        let problem: String?
    }

    let repositories: [Repository]
}

extension ProposedChange.State {
    var badge: Badge {
        switch self {
        case .open: Badge(.wait, "open")
        case .merged: Badge(.good, "merged")
        case .abandoned: Badge(.off, "abandoned")
        }
    }
}

extension Dashboard {
    func changeList() async throws(WaybillError) -> Screen {
        var repositories: [ChangesPage.Repository] = []
        for name in try await changes.repositories().sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            repositories.append(await list(name))
        }
        return Screen(
            title: "Changes", tab: .changes, template: .changes, page: ChangesPage(repositories: repositories))
    }

    /// A repository that cannot be read must not hide the others.
    private func list(_ name: String) async -> ChangesPage.Repository {
        do throws(WaybillError) {
            let all = try await changes.changes(in: name).sorted { $0.id > $1.id }
            let rows = all.prefix(ChangesPage.changesPerRepositoryMax).map { ChangesPage.Row($0, now: now()) }
            return ChangesPage.Repository(name: name, changes: Table(rows), isCut: all.count > rows.count, problem: nil)
        } catch {
            return ChangesPage.Repository(
                name: name, changes: nil, isCut: false, problem: "The changes could not be read: \(error.message).")
        }
    }
}
