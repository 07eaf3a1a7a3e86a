import AsyncHTTPClient
public import Documents
public import Kubernetes
import NIOCore
import NIOHTTP1
public import WaybillCore

extension KubernetesClient {
    public func get(_ key: ObjectKey) async throws(WaybillError) -> Resource? {
        do {
            return try Resource(try await send("GET", try await path(key)))
        } catch  where error.code == .notFound && error.subject.hasPrefix("GET") {
            return nil
        }
    }

    public func list(_ kind: ObjectKind, namespace: String?, labels: String?) async throws(WaybillError) -> [Resource] {
        try await page(kind, namespace: namespace, labels: labels).resources
    }

    /// All pages of a list. A list whose continuation has expired is begun again, once.
    func page(
        _ kind: ObjectKind, namespace: String?, labels: String?
    ) async throws(WaybillError) -> (resources: [Resource], version: String) {
        let base = try await collection(kind, namespace: namespace)
        for attempt in 0..<2 {
            do {
                var resources: [Resource] = []
                var token = ""
                while true {
                    var query = [("limit", String(Self.pageSize))]
                    if let labels { query.append(("labelSelector", labels)) }
                    if !token.isEmpty { query.append(("continue", token)) }
                    let list = try await send("GET", base + Self.query(query))
                    for item in list["items"]?.array ?? [] {
                        var object = item
                        // Items of a list leave out what the list says for all.
                        object["apiVersion"] = .string(kind.apiVersion)
                        object["kind"] = .string(kind.kind)
                        resources.append(try Resource(object))
                    }
                    token = list["metadata"]?["continue"]?.string ?? ""
                    if token.isEmpty { return (resources, list["metadata"]?["resourceVersion"]?.string ?? "") }
                }
            } catch  where error.code == .conflict && attempt == 0 {
                continue
            }
        }
        throw WaybillError(.conflict, "the list changed faster than it could be read", subject: kind.description)
    }

    @discardableResult
    public func apply(
        _ resource: Resource, fieldManager: String, force: Bool, dryRun: Bool
    ) async throws(WaybillError) -> Resource {
        var query = [("fieldManager", fieldManager), ("force", force ? "true" : "false")]
        if dryRun { query.append(("dryRun", "All")) }
        var object = resource.value
        object[Pointer(["metadata", "managedFields"])] = nil
        return try Resource(
            try await send(
                "PATCH", try await path(resource.key) + Self.query(query), body: object,
                contentType: "application/apply-patch+yaml"))
    }

    @discardableResult
    public func create(_ resource: Resource, dryRun: Bool) async throws(WaybillError) -> Resource {
        let base = try await collection(
            resource.objectKind, namespace: resource.namespace.isEmpty ? nil : resource.namespace, creating: true)
        return try Resource(
            try await send("POST", base + Self.query(dryRun ? [("dryRun", "All")] : []), body: resource.value))
    }

    @discardableResult
    public func patch(_ key: ObjectKey, merge: Value, subresource: String?) async throws(WaybillError) -> Resource {
        let path = try await path(key) + (subresource.map { "/\(Self.escaped($0))" } ?? "")
        return try Resource(try await send("PATCH", path, body: merge, contentType: "application/merge-patch+json"))
    }

    public func delete(_ key: ObjectKey) async throws(WaybillError) {
        do {
            _ = try await send(
                "DELETE", try await path(key),
                body: ["kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"])
        } catch  where error.code == .notFound {
            return
        }
    }

    public func watch(_ kind: ObjectKind, namespace: String?) -> AsyncThrowingStream<WatchEvent, any Error> {
        AsyncThrowingStream { continuation in
            let work = Task {
                do {
                    try await self.follow(kind, namespace: namespace) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in work.cancel() }
        }
    }

    /// Watches from now on. A watch that ends, in good order or not, is opened again where it stopped; after several
    /// failures in a row, and where the server no longer knows the place (410), it ends with the error.
    private func follow(_ kind: ObjectKind, namespace: String?, _ yield: (WatchEvent) -> Void) async throws {
        let base = try await collection(kind, namespace: namespace)
        let first = try await send("GET", base + Self.query([("limit", "1")]))
        var version = first["metadata"]?["resourceVersion"]?.string ?? ""
        var failures = 0
        while !Task.isCancelled {
            let before = version
            do {
                try await section(kind, base, &version, yield)
                failures = 0
            } catch let error as WaybillError where error.code != .unavailable {
                throw error
            } catch {
                failures = version == before ? failures + 1 : 1
                guard failures < Self.watchFailuresMax else { throw error }
                try await Task.sleep(for: .milliseconds(200 << failures))
            }
        }
    }

    private static let watchFailuresMax = 5

    /// One connection of a watch, until the server ends it.
    private func section(
        _ kind: ObjectKind, _ base: String, _ version: inout String, _ yield: (WatchEvent) -> Void
    ) async throws {
        let query = Self.query([
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", version),
            ("timeoutSeconds", "300"),
        ])
        let response = try await stream(try await request("GET", base + query))
        guard response.status == .ok else {
            throw StatusError.error(code: Int(response.status.code), nil, subject: "watch of \(kind)")
        }
        var lines = LineSplitter()
        for try await chunk in response.body {
            for line in try lines.feed(chunk.readableBytesView) {
                let event = try JSONReader.value(from: line)
                let object = event["object"] ?? .null
                switch event["type"]?.string {
                case "BOOKMARK": break
                case "ERROR":
                    throw StatusError.error(
                        code: object["code"]?.integer ?? 500, object, subject: "watch of \(kind)")
                case let word?:
                    guard let eventKind = WatchEvent.Kind(rawValue: word) else { continue }
                    yield(WatchEvent(kind: eventKind, resource: try Resource(object)))
                case nil: throw WaybillError(.failed, "an event without a type", subject: "watch of \(kind)")
                }
                if let next = object["metadata"]?["resourceVersion"]?.string { version = next }
            }
        }
    }

    private func path(_ key: ObjectKey) async throws(WaybillError) -> String {
        guard !key.name.isEmpty else {
            throw WaybillError(.invalidInput, "the object has no name", subject: key.kind.description)
        }
        return try await collection(key.kind, namespace: key.namespace.isEmpty ? nil : key.namespace, creating: true)
            + "/\(Self.escaped(key.name))"
    }

    /// `creating` needs a namespace where the kind has one: the access' own stands in.
    private func collection(_ kind: ObjectKind, namespace: String?, creating: Bool = false) async throws(WaybillError)
        -> String
    {
        let entry = try await resource(kind)
        guard entry.isNamespaced else { return "\(entry.root)/\(entry.plural)" }
        guard let namespace = namespace ?? (creating ? access.namespace : nil) else {
            return "\(entry.root)/\(entry.plural)"
        }
        return "\(entry.root)/namespaces/\(Self.escaped(namespace))/\(entry.plural)"
    }

    static func query(_ parameters: [(String, String)]) -> String {
        parameters.isEmpty ? "" : "?" + parameters.map { "\($0)=\(escaped($1))" }.joined(separator: "&")
    }

    /// Everything but unreserved characters is escaped (RFC 3986 section 2.3): names cannot reach into the path.
    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where text != "." && text != "..":
                result += "."
            default: result += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return result
    }
}

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    /// A longer line ends the watch.
    static let lineBytesMax = 8 << 20
    private var rest: [UInt8] = []

    mutating func feed(_ bytes: some Collection<UInt8>) throws(WaybillError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == 0x0A {
                if !rest.isEmpty { lines.append(rest) }
                rest = []
            } else {
                rest.append(byte)
            }
        }
        guard rest.count <= Self.lineBytesMax else {
            throw WaybillError(.limitExceeded, "a line of more than \(Self.lineBytesMax) bytes", subject: "watch")
        }
        return lines
    }
}
