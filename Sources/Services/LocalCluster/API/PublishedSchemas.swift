import Documents
import Files
import OCI
import Synchronization
import WaybillCore

/// OpenAPI documents as a real server publishes them, from a folder that the user gives: `api_v1.json`,
/// `apis_apps_v1.json.gz`. They bring the descriptions that our own documents do not have.
final class PublishedSchemas: Sendable {
    private static let bytesMax = 64 << 20

    private let folder: String?
    private let documents = Mutex<[String: Value?]>([:])

    init(folder: String?) { self.folder = folder }

    /// The document of `api/v1` or `apis/apps/v1`; nil where the folder has none.
    func document(_ place: String) -> Value? {
        guard let folder, place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !place.contains(".."),
            !place.hasPrefix("/")
        else { return nil }
        if let known = documents.withLock({ $0[place] }) { return known }
        let name = "\(folder)/\(place.replacing("/", with: "_")).json"
        let document = Self.read(name, isPacked: false) ?? Self.read(name + ".gz", isPacked: true)
        documents.withLock { $0[place] = .some(document) }
        return document
    }

    private static func read(_ path: String, isPacked: Bool) -> Value? {
        guard Files.exists(path), let bytes = try? Files.read(path) else { return nil }
        guard isPacked else { return try? JSONReader.value(from: bytes) }
        var output: [UInt8] = []
        guard let decompressor = try? Decompressor(.gzip, outputBytesMax: bytesMax, subject: path) else { return nil }
        do throws(WaybillError) {
            try decompressor.feed(bytes) { piece throws(WaybillError) in output += piece }
            try decompressor.finish()
        } catch {
            return nil
        }
        return try? JSONReader.value(from: output)
    }

    /// What a document says about a field: `io.k8s.api.core.v1.ConfigMap`, `data`.
    func description(_ definition: String, _ field: String) -> String? {
        var place = "api/v1"
        let parts = definition.split(separator: ".").map(String.init)
        if definition.hasPrefix("io.k8s.api."), parts.count >= 5, parts[3] != "core" {
            let group = Self.groups[parts[3]] ?? parts[3]
            place = "apis/\(group)/\(parts[4])"
        }
        let schema = document(place)?["components"]?["schemas"]?[definition]
        return schema?["properties"]?[field]?["description"]?.string
    }

    private static let groups = [
        "networking": "networking.k8s.io", "rbac": "rbac.authorization.k8s.io", "storage": "storage.k8s.io",
        "admissionregistration": "admissionregistration.k8s.io", "coordination": "coordination.k8s.io",
        "discovery": "discovery.k8s.io", "scheduling": "scheduling.k8s.io", "node": "node.k8s.io",
        "certificates": "certificates.k8s.io", "flowcontrol": "flowcontrol.apiserver.k8s.io",
        "events": "events.k8s.io",
    ]
}
