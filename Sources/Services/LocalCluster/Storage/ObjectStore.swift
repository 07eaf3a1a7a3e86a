import Documents
import Foundation
import GRDB
import Kubernetes
import WaybillCore

/// All objects of the cluster: in memory for reading, in SQLite for surviving, with a revision for every change.
actor ObjectStore {
    struct Key: Hashable, Sendable, Comparable {
        /// `deployments.apps`.
        var resource: String
        var namespace: String
        var name: String

        static func < (left: Key, right: Key) -> Bool {
            left.namespace == right.namespace
                ? left.name.precedesByBytes(right.name) : left.namespace.precedesByBytes(right.namespace)
        }
    }

    struct Event: Sendable {
        var kind: WatchKind
        var key: Key
        var object: Value
        /// What stood there before.
        var previous: Value?
        var revision: Int
    }

    enum WatchKind: String, Sendable { case added = "ADDED", modified = "MODIFIED", deleted = "DELETED" }

    /// What a write expects to find.
    enum Expectation: Sendable { case absent, revision(Int) }

    enum Failure: Error { case conflict, gone }

    /// Changes that are remembered for watches that start in the past; older ones are answered with 410.
    static let historyMax = 8192
    /// Changes that may wait for a slow watcher before its watch is ended.
    static let watchBufferMax = 4096

    private let database: DatabaseQueue
    private var objects: [String: [Key: Value]] = [:]
    private(set) var revision: Int
    private var history: [Event] = []
    private var historyStart: Int
    private var watchers: [Int: (resource: String?, continuation: AsyncStream<Event>.Continuation)] = [:]
    private var nextWatcher = 0

    /// Told of every object at the start, and of every change before anybody else; nil for what is gone.
    private let observe: @Sendable (Key, Value?) -> Void

    init(path: String, observe: @escaping @Sendable (Key, Value?) -> Void = { _, _ in }) throws(WaybillError) {
        self.observe = observe
        do {
            var configuration = Configuration()
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL")
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS objects (
                            resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                            revision INTEGER NOT NULL, document BLOB NOT NULL,
                            PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
                        CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
                        """)
            }
            var loaded: [String: [Key: Value]] = [:]
            // A deletion raises the counter too, so it may be ahead of every object.
            let counter = try database.read {
                try Int.fetchOne($0, sql: "SELECT value FROM counters WHERE name = 'revision'")
            }
            try database.read { database in
                let rows = try Row.fetchCursor(database, sql: "SELECT resource, namespace, name, document FROM objects")
                while let row = try rows.next() {
                    let key = Key(resource: row["resource"], namespace: row["namespace"], name: row["name"])
                    let bytes: Data = row["document"]
                    loaded[key.resource, default: [:]][key] = try JSONReader.value(from: Array(bytes))
                }
            }
            self.database = database
            objects = loaded
            revision = counter ?? 1
            historyStart = counter ?? 1
            for (key, object) in loaded.values.joined() { observe(key, object) }
        } catch {
            throw WaybillError(.corrupted, "the cluster's state cannot be opened", subject: path, cause: error)
        }
    }

    func get(_ key: Key) -> Value? { objects[key.resource]?[key] }

    /// The objects of a resource in order, as they stand.
    func list(_ resource: String, namespace: String? = nil) -> [Value] {
        Self.ordered(objects[resource] ?? [:], namespace)
    }

    /// As they stood at a revision. Throws where that is too long ago to be known.
    func list(_ resource: String, namespace: String?, at past: Int) throws(Failure) -> [Value] {
        guard past < revision else { return list(resource, namespace: namespace) }
        guard past >= historyStart else { throw .gone }
        var found = objects[resource] ?? [:]
        for event in history.reversed() where event.revision > past && event.key.resource == resource {
            found[event.key] = event.previous
        }
        return Self.ordered(found, namespace)
    }

    private static func ordered(_ objects: [Key: Value], _ namespace: String?) -> [Value] {
        objects.filter { namespace == nil || $0.key.namespace == namespace }.sorted { $0.key < $1.key }.map(\.value)
    }

    func all() -> [(Key, Value)] { objects.values.flatMap { $0.map { ($0.key, $0.value) } } }

    /// Stores the object with the next revision and returns it as stored.
    func put(_ key: Key, _ object: Value, expecting expectation: Expectation) throws -> Value {
        let before = objects[key.resource]?[key]
        switch expectation {
        case .absent: guard before == nil else { throw Failure.conflict }
        case .revision(let expected): guard before?.revision == expected else { throw Failure.conflict }
        }
        let next = revision + 1
        var object = object
        object[Pointer(["metadata", "resourceVersion"])] = .string(String(next))
        let document = Data(JSONWriter.bytes(object))
        try database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO objects VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET revision = excluded.revision, document = excluded.document
                    """, arguments: [key.resource, key.namespace, key.name, next, document])
            try Self.setRevision(next, database)
        }
        revision = next
        objects[key.resource, default: [:]][key] = object
        observe(key, object)
        publish(
            Event(kind: before == nil ? .added : .modified, key: key, object: object, previous: before, revision: next))
        return object
    }

    /// Removes the object; it is reported with the revision of its removal.
    func remove(_ key: Key, expecting expected: Int) throws {
        guard let before = objects[key.resource]?[key], before.revision == expected else { throw Failure.conflict }
        let next = revision + 1
        try database.write { database in
            try database.execute(
                sql: "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?",
                arguments: [key.resource, key.namespace, key.name])
            try Self.setRevision(next, database)
        }
        revision = next
        objects[key.resource]?[key] = nil
        observe(key, nil)
        var last = before
        last[Pointer(["metadata", "resourceVersion"])] = .string(String(next))
        publish(Event(kind: .deleted, key: key, object: last, previous: before, revision: next))
    }

    private static func setRevision(_ revision: Int, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO counters VALUES ('revision', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            arguments: [revision])
    }

    private func publish(_ event: Event) {
        history.append(event)
        if history.count > Self.historyMax {
            let dropped = history.count - Self.historyMax / 2
            historyStart = history[dropped - 1].revision
            history.removeFirst(dropped)
        }
        for (id, watcher) in watchers where watcher.resource == nil || watcher.resource == event.key.resource {
            if case .dropped = watcher.continuation.yield(event) {
                watcher.continuation.finish()
                watchers[id] = nil
            }
        }
    }

    /// Changes from now on, of one resource or of all.
    func watch(_ resource: String?) -> AsyncStream<Event> { watch(resource, beginningWith: []) }

    /// Changes after a revision. Throws where that is too long ago to be known.
    func watch(_ resource: String?, after past: Int) throws(Failure) -> AsyncStream<Event> {
        guard past < revision else { return watch(resource) }
        guard past >= historyStart else { throw .gone }
        return watch(
            resource,
            beginningWith: history.filter {
                $0.revision > past && (resource == nil || $0.key.resource == resource)
            })
    }

    private func watch(_ resource: String?, beginningWith events: [Event]) -> AsyncStream<Event> {
        let stream = AsyncStream<Event>.makeStream(bufferingPolicy: .bufferingOldest(Self.watchBufferMax))
        for event in events { stream.continuation.yield(event) }
        let id = nextWatcher
        nextWatcher += 1
        watchers[id] = (resource, stream.continuation)
        stream.continuation.onTermination = { [weak self] _ in Task { await self?.forget(id) } }
        return stream.stream
    }

    private func forget(_ id: Int) { watchers[id] = nil }

    /// Ends all watches and closes the database.
    func close() {
        for watcher in watchers.values { watcher.continuation.finish() }
        watchers = [:]
        try? database.close()
    }
}

extension Value {
    /// `metadata.resourceVersion` as the store counts.
    var revision: Int { self["metadata"]?["resourceVersion"]?.string.flatMap { Int($0) } ?? 0 }
}
