import Documents
import GitRepositories
import Ledger
import Trust
import WaybillCore

extension ForgeService {
    nonisolated func nextID(_ name: String) async throws(WaybillError) -> Int {
        (try await ledger.state(stateName(name, "changes"))?.integer ?? 0) + 1
    }

    /// The record first, then the count: a record that is not counted is overwritten by the next change.
    nonisolated func keep(_ record: ChangeRecord, _ name: String) async throws(WaybillError) {
        try await ledger.setState(stateName(name, "changes/\(record.id)"), to: record.value)
        try await ledger.setState(stateName(name, "changes"), to: .integer(record.id))
    }

    nonisolated func record(of id: Int, _ name: String) async throws(WaybillError) -> ChangeRecord {
        let count = try await ledger.state(stateName(name, "changes"))?.integer ?? 0
        guard (1...max(1, count)).contains(id), count > 0,
            let record = ChangeRecord(try await ledger.state(stateName(name, "changes/\(id)")))
        else { throw WaybillError(.notFound, "there is no such change", subject: "\(name) change \(id)") }
        return record
    }

    nonisolated func records(_ name: String) async throws(WaybillError) -> [ChangeRecord] {
        let count = try await ledger.state(stateName(name, "changes"))?.integer ?? 0
        var records: [ChangeRecord] = []
        for id in 0..<count { records.append(try await record(of: id + 1, name)) }
        return records
    }

    nonisolated func view(_ record: ChangeRecord, _ repository: HostedRepository) async throws(WaybillError) -> Change {
        let git = repository.git
        let branchHead = try await git.resolve(record.branchReference)
        let head = record.merged ?? branchHead
        let base = record.merged == nil ? try await git.resolve(record.targetReference) : record.base
        var change = Change(
            id: record.id, repository: repository.name, branch: record.branch, target: record.target,
            title: record.title,
            by: record.by, opened: record.opened,
            state: record.merged != nil ? .merged : head == nil ? .abandoned : .open,
            head: head, base: base, commits: [], files: [], reviews: [], verdict: nil)
        guard let head else { return change }
        let gate = try gate(repository)
        let terms = try await gate.terms(at: base)
        let update = ReferenceUpdate(name: record.targetReference, old: base, new: head)
        let facts = try await gate.facts(update, terms)
        change.commits = facts.commits.map {
            Change.Commit(
                id: $0.id, title: $0.commit.title, author: $0.commit.author.email, isSigned: $0.outcome.isGood,
                signature: $0.outcome.description)
        }
        if let base, let fork = try await git.mergeBase(base, head) {
            change.files = try await git.diffStatistics(from: fork, to: head)
        }
        let rules = gate.rules(record.targetReference, terms, reviews: 1)
        for earlier in record.reviewedHeads where earlier != head {
            change.reviews += try await gate.reviews(of: earlier, terms).map { Self.entry($0, facts, rules) }
        }
        change.reviews += facts.reviews.map { Self.entry($0, facts, rules) }
        if record.merged == nil, base != head { change.verdict = try await gate.judge(update) }
        return change
    }
}
