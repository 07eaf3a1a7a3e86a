import Delivery
import Documents
import GitRepositories
import Ledger
public import WaybillCore

extension ForgeService {
    /// The longest title of a change, in bytes.
    static let titleBytesMax = 200

    /// Proposes to merge a pushed branch.
    public func openChange(
        in name: String, branch: String, into target: String = "main", title: String, by identity: Identity
    ) async throws(WaybillError) -> Change {
        let repository = try open(name)
        guard !title.isEmpty, title.utf8.count <= Self.titleBytesMax, !title.utf8.contains(where: { $0 < 0x20 }) else {
            throw WaybillError(
                .invalidInput, "the title must be one line of at most \(Self.titleBytesMax) bytes", subject: name)
        }
        for branch in [branch, target] { try ReferenceName.check("refs/heads/\(branch)") }
        return try await serially(name) { () async throws(WaybillError) in
            let trunk = try await repository.git.resolve(HostedRepository.trunk)
            let policy = try await self.gate(repository).terms(at: trunk).settings
            guard policy.protects("refs/heads/\(target)"), !policy.protects("refs/heads/\(branch)") else {
                throw WaybillError(
                    .invalidInput, "a change goes from a branch to a protected one", subject: "\(branch) into \(target)"
                )
            }
            guard let head = try await repository.git.resolve("refs/heads/\(branch)") else {
                throw WaybillError(
                    .notFound, "there is no such branch", subject: branch, remedy: "git push origin \(branch)")
            }
            if let base = try await repository.git.resolve("refs/heads/\(target)"),
                try await repository.git.isAncestor(head, of: base)
            {
                throw WaybillError(.conflict, "there is nothing to merge into \(target)", subject: branch)
            }
            for record in try await self.records(name) where record.branch == branch && record.merged == nil {
                throw WaybillError(.conflict, "change \(record.id) is open for this branch", subject: branch)
            }
            let next = try await self.nextID(name)
            let record = ChangeRecord(
                id: next, branch: branch, target: target, title: title, by: identity, opened: self.options.now())
            try await self.keep(record, name)
            let change = try await self.view(record, repository)
            try await self.record(
                "change.opened", by: identity, about: "change:\(name)/\(next)", "\(name): change \(next): \(title)",
                detail: ["repository": .string(name), "change": .integer(next), "head": Value(change.head?.hex)])
            return change
        }
    }

    public func changes(in name: String) async throws(WaybillError) -> [Change] {
        let repository = try open(name)
        var changes: [Change] = []
        for record in try await records(name) { changes.append(try await view(record, repository)) }
        return changes
    }

    public func change(_ id: Int, in name: String) async throws(WaybillError) -> Change {
        try await view(record(of: id, name), open(name))
    }

    /// The change as a unified diff, at most `bytesMax` bytes of it.
    public func diff(of id: Int, in name: String, bytesMax: Int = 1 << 20) async throws(WaybillError) -> [UInt8] {
        let repository = try open(name)
        let change = try await change(id, in: name)
        guard let head = change.head else { return [] }
        guard let base = change.base, let fork = try await repository.git.mergeBase(base, head) else { return [] }
        return try await repository.git.diff(from: fork, to: head, bytesMax: bytesMax)
    }
}
