import Files
public import WaybillCore

/// Our own copy of somebody else's repository, with its branches and its evidence.
///
/// What was once fetched stays readable although the other side moves a branch back or loses objects.
public actor RepositoryMirror {
    private static let references = ["+refs/heads/*:refs/heads/*", "+refs/waybill/*:refs/waybill/*"]

    public nonisolated let repository: GitExecutable
    private let source: String
    private let transports: Set<GitEnvironment.Transport>
    private var running: Task<Result<Void, WaybillError>, Never>?

    /// Opens the mirror in `folder`, and makes an empty one where there is none.
    public init(
        of source: String, in folder: String, transports: Set<GitEnvironment.Transport> = [.https, .http]
    ) async throws(WaybillError) {
        if !Files.exists("\(folder)/HEAD") {
            let temporary = "\(folder).new-\(UInt64.random(in: .min ... .max))"
            do throws(WaybillError) {
                _ = try await GitExecutable.initializeBare(temporary)
                try Files.moveFolder(temporary, to: folder)
            } catch {
                try Files.remove(temporary)
                throw error
            }
        }
        repository = try GitExecutable(folder)
        self.source = source
        self.transports = transports
    }

    /// Brings the mirror up to date. Callers at the same time share one fetch that began after they called or, where
    /// one is under way, wait for it and share the next.
    public func fetch() async throws(WaybillError) {
        if let running {
            _ = await running.value
            if let next = self.running, next != running { return try await next.value.get() }
        }
        let task = Task { [repository, source, transports] () -> Result<Void, WaybillError> in
            do throws(WaybillError) {
                return .success(try await repository.fetch(from: source, Self.references, transports: transports))
            } catch {
                return .failure(error)
            }
        }
        running = task
        let result = await task.value
        if running == task { running = nil }
        try result.get()
    }
}
