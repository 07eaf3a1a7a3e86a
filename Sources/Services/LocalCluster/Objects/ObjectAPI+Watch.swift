import Documents
import Kubernetes

extension ObjectAPI {
    /// Between two bookmarks.
    static let bookmarkInterval = Duration.seconds(30)
    /// A watch without a `timeoutSeconds` ends after this.
    static let watchSecondsDefault = 1800

    func watch(_ path: ResourcePath, _ request: APIRequest) async throws(APIError) -> APIResponse {
        let timeout = try Self.number("timeoutSeconds", request)
        try ListChecks.check(request)
        let selection = try Selection(path, request)
        let sendsInitial = request.flag("sendInitialEvents")
        let version = request.parameter("resourceVersion") ?? ""
        if !version.isEmpty, UInt64(version) == nil {
            throw .plain(
                "resourceVersion: Invalid value: \"\(version)\": strconv.ParseUint: parsing \"\(version)\": invalid syntax"
            )
        }
        // Without a version, and from version 0, a watch begins with what is there.
        let isFromState =
            (version.isEmpty || version == "0") && request.parameter("sendInitialEvents") == nil || sendsInitial
        let start = isFromState ? nil : Int(version)
        let events: AsyncStream<ObjectStore.Event>
        let initial: [Value]
        let revision: Int
        do {
            (events, initial, revision) = try await store.open(
                path.type.qualifiedName, path.namespace, after: start, withState: isFromState)
        } catch {
            let current = await store.revision
            let error = APIError.gone("too old resource version: \(version) (\(current))")
            return APIResponse(
                watch: AsyncStream { continuation in
                    continuation.yield(["type": "ERROR", "object": error.status])
                    continuation.finish()
                })
        }
        let seconds = timeout.flatMap { $0 == 0 ? nil : $0 } ?? Self.watchSecondsDefault
        let feed = WatchFeed(
            type: path.type, selection: selection, sendsBookmarks: request.flag("allowWatchBookmarks"),
            marksEndOfInitial: sendsInitial)
        return APIResponse(
            watch: feed.stream(
                events, initial: initial, revision: revision, timeout: .seconds(max(1, seconds)), store: store))
    }
}

extension ObjectStore {
    /// State and changes as of one moment.
    func open(
        _ resource: String, _ namespace: String?, after past: Int?, withState: Bool
    ) throws(Failure) -> (AsyncStream<Event>, [Value], Int) {
        let stream = if let past { try watch(resource, after: past) } else { watch(resource) }
        return (stream, withState ? list(resource, namespace: namespace) : [], revision)
    }
}

/// Turns the store's changes into what one watcher sees: an object that begins to match is added, one that no longer
/// matches is deleted.
struct WatchFeed: Sendable {
    var type: ResourceType
    var selection: Selection
    var sendsBookmarks: Bool
    var marksEndOfInitial: Bool

    func stream(
        _ events: AsyncStream<ObjectStore.Event>, initial: [Value], revision: Int, timeout: Duration, store: ObjectStore
    ) -> AsyncStream<Value> {
        AsyncStream { continuation in
            for object in initial.map({ ObjectAPI.presented($0, type) }) where selection.matches(object) {
                continuation.yield(["type": "ADDED", "object": object])
            }
            if marksEndOfInitial { continuation.yield(bookmark(revision, isEndOfInitial: true)) }
            let work = Task {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for await event in events {
                            if let seen = seen(event) { continuation.yield(seen) }
                        }
                    }
                    group.addTask { try? await Task.sleep(for: timeout) }
                    if sendsBookmarks {
                        group.addTask {
                            while !Task.isCancelled {
                                do { try await Task.sleep(for: ObjectAPI.bookmarkInterval) } catch { return }
                                continuation.yield(bookmark(await store.revision, isEndOfInitial: false))
                            }
                        }
                    }
                    await group.next()
                    group.cancelAll()
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in work.cancel() }
        }
    }

    private func seen(_ event: ObjectStore.Event) -> Value? {
        let object = ObjectAPI.presented(event.object, type)
        let previous = event.previous.map { ObjectAPI.presented($0, type) }
        let matched = previous.map(selection.matches) ?? false
        let matches = event.kind != .deleted && selection.matches(object)
        switch (matched, matches) {
        case (false, true): return ["type": "ADDED", "object": object]
        case (true, true): return ["type": "MODIFIED", "object": object]
        case (true, false):
            var last = previous ?? object
            last[Pointer(["metadata", "resourceVersion"])] = .string(String(event.revision))
            return ["type": "DELETED", "object": last]
        case (false, false): return nil
        }
    }

    private func bookmark(_ revision: Int, isEndOfInitial: Bool) -> Value {
        var metadata: Value = ["resourceVersion": .string(String(revision))]
        if isEndOfInitial { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        return [
            "type": "BOOKMARK",
            "object": [
                "kind": .string(type.kind.kind), "apiVersion": .string(type.kind.apiVersion), "metadata": metadata,
            ],
        ]
    }
}
