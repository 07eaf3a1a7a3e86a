import GRDB

/// Writes that come at the same time share one transaction, and with it one wait for the disk. Each stands in a
/// savepoint of its own: one that fails takes nothing of the others along. Nobody is answered before the transaction is
/// on disk.
actor GroupCommit {
    typealias Work = @Sendable (Database) throws -> Void

    /// Writes of one transaction: readers of what is new wait for all of them.
    static let writesMax = 256

    private struct Waiting {
        var work: Work
        var answer: CheckedContinuation<Result<Void, any Error>, Never>
    }

    private let database: any DatabaseWriter
    private var waiting: [Waiting] = []
    private var isWriting = false

    init(_ database: any DatabaseWriter) { self.database = database }

    func write(_ work: @escaping Work) async throws {
        try await withCheckedContinuation { answer in
            waiting.append(Waiting(work: work, answer: answer))
            guard !isWriting else { return }
            isWriting = true
            // A task of its own: when the caller that came first is cancelled, the others' writes go on.
            Task { await self.writeAll() }
        }.get()
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let group = Array(waiting.prefix(Self.writesMax))
            waiting.removeFirst(group.count)
            let works = group.map(\.work)
            let outcomes: [Result<Void, any Error>]
            do {
                outcomes = try await database.write { database in try works.map { try Self.run($0, database) } }
            } catch {
                outcomes = works.map { _ in .failure(error) }
            }
            for (each, outcome) in zip(group, outcomes) { each.answer.resume(returning: outcome) }
        }
        isWriting = false
    }

    /// The outcome of one write. Throws where the transaction as a whole is lost.
    private static func run(_ work: Work, _ database: Database) throws -> Result<Void, any Error> {
        var failure: (any Error)?
        try database.inSavepoint {
            do {
                try work(database)
                return .commit
            } catch {
                failure = error
                return .rollback
            }
        }
        return failure.map { .failure($0) } ?? .success(())
    }
}
