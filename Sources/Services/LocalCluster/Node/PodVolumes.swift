import Documents
import Files
import Foundation
import WaybillCore

/// Makes a pod's volumes and the variables that come from other objects.
struct PodVolumes: Sendable {
    let client: ClusterClient
    let pod: Value
    /// The pod's folder on this machine.
    let folder: String

    /// Why a container cannot be set up.
    struct Failure: Error {
        var reason = "CreateContainerConfigError"
        var message: String
    }

    /// Volume folders by name.
    func prepare() async throws(Failure) -> [String: (path: String, isReadOnly: Bool)] {
        var result: [String: (path: String, isReadOnly: Bool)] = [:]
        for volume in pod[path: "spec", "volumes"]?.array ?? [] {
            guard let name = volume["name"]?.string, NameRules.isLabel(name) else { continue }
            let path = "\(folder)/volumes/\(name)"
            do {
                try Files.makeFolder(path)
            } catch {
                throw Failure(message: "\(error)")
            }
            let kind = volume.object?.keys.first { $0 != "name" } ?? "emptyDir"
            switch kind {
            case "emptyDir": own(path, mode: 0o777)
            case "configMap", "secret":
                try await fill(path, kind, volume[kind] ?? [:])
            default: throw Failure(message: "volume \"\(name)\": \(kind) is not supported by the local cluster yet")
            }
            result[name] = (path, kind != "emptyDir")
        }
        return result
    }

    private func own(_ path: String, mode: UInt32) {
        let group = pod[path: "spec", "securityContext", "fsGroup"]?.integer ?? 0
        chown(path, uid_t(ContainerSpecification.hostUserFirst), gid_t(ContainerSpecification.hostUserFirst + group))
        chmod(path, mode)
    }

    private func fill(_ path: String, _ kind: String, _ source: Value) async throws(Failure) {
        let name = source[kind == "secret" ? "secretName" : "name"]?.string ?? ""
        let isOptional = source["optional"]?.bool == true
        guard let data = try await data(kind == "secret" ? "secrets" : "configmaps", name, isOptional: isOptional)
        else { return }
        let mode = UInt32(truncatingIfNeeded: source["defaultMode"]?.integer ?? 0o644)
        var files = data.map { (path: $0.key, bytes: $0.value, mode: mode) }
        if let items = source["items"]?.array {
            files = []
            for item in items {
                guard let key = item["key"]?.string, let target = item["path"]?.string else { continue }
                guard let bytes = data[key] else {
                    if isOptional { continue }
                    throw Failure(message: "references non-existent \(kind) key: \(key)")
                }
                files.append((target, bytes, item["mode"]?.integer.map { UInt32(truncatingIfNeeded: $0) } ?? mode))
            }
        }
        for file in files {
            let parts = file.path.split(separator: "/")
            guard !file.path.hasPrefix("/"), !parts.contains(".."), !parts.isEmpty else {
                throw Failure(message: "the path \(file.path) leaves the volume")
            }
            let target = "\(path)/\(file.path)"
            do {
                if parts.count > 1 {
                    try Files.makeFolder("\(path)/\(parts.dropLast().joined(separator: "/"))")
                }
                try Files.write(file.bytes, to: target, mode: 0o600)
            } catch {
                throw Failure(message: "\(error)")
            }
            own(target, mode: file.mode)
        }
        own(path, mode: 0o755)
    }

    /// The bytes of a ConfigMap or Secret; nil where an optional one is missing.
    private func data(_ resource: String, _ name: String, isOptional: Bool) async throws(Failure) -> [String: [UInt8]]?
    {
        guard let object = await client.get(resource, pod.namespace, name) else {
            if isOptional { return nil }
            throw Failure(message: "\(resource.dropLast()) \"\(name)\" not found")
        }
        var result: [String: [UInt8]] = [:]
        for member in object["data"]?.object ?? Object() {
            guard let text = member.value.string else { continue }
            result[member.key] = resource == "secrets" ? Base64.decode(text) ?? [] : Array(text.utf8)
        }
        for member in object["binaryData"]?.object ?? Object() {
            result[member.key] = member.value.string.flatMap { Base64.decode($0) } ?? []
        }
        return result
    }

    /// A container's own variables, references resolved.
    func environment(of container: Value, podIP: String) async throws(Failure) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        for source in container["envFrom"]?.array ?? [] {
            let prefix = source["prefix"]?.string ?? ""
            for (key, resource) in [("configMapRef", "configmaps"), ("secretRef", "secrets")] {
                guard let reference = source[key] else { continue }
                let data = try await data(
                    resource, reference["name"]?.string ?? "", isOptional: reference["optional"]?.bool == true)
                for (name, bytes) in (data ?? [:]).sorted(by: { $0.key < $1.key }) {
                    result.append((prefix + name, String(decoding: bytes, as: UTF8.self)))
                }
            }
        }
        for variable in container["env"]?.array ?? [] {
            guard let name = variable["name"]?.string else { continue }
            if let source = variable["valueFrom"] {
                if let value = try await resolved(source, container, podIP) { result.append((name, value)) }
            } else {
                let known = Dictionary(result.map { ($0.name, $0.value) }) { _, last in last }
                result.append((name, VariableExpansion.expand(variable["value"]?.string ?? "", known)))
            }
        }
        return result
    }

    private func resolved(_ source: Value, _ container: Value, _ podIP: String) async throws(Failure) -> String? {
        for (key, resource) in [("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets")] {
            guard let reference = source[key] else { continue }
            let isOptional = reference["optional"]?.bool == true
            let name = reference["name"]?.string ?? ""
            let data = try await data(resource, name, isOptional: isOptional)
            guard let bytes = data?[reference["key"]?.string ?? ""] else {
                if isOptional { return nil }
                throw Failure(
                    message:
                        "couldn't find key \(reference["key"]?.string ?? "") in \(key == "secretKeyRef" ? "Secret" : "ConfigMap") \(pod.namespace)/\(name)"
                )
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        if let path = source["fieldRef"]?["fieldPath"]?.string { return try field(path, podIP) }
        throw Failure(message: "resourceFieldRef is not supported by the local cluster yet")
    }

    private func field(_ path: String, _ podIP: String) throws(Failure) -> String {
        switch path {
        case "metadata.name": return pod.name
        case "metadata.namespace": return pod.namespace
        case "metadata.uid": return pod.uid
        case "spec.nodeName": return Node.name
        case "spec.serviceAccountName": return pod[path: "spec", "serviceAccountName"]?.string ?? "default"
        case "status.podIP", "status.hostIP": return path == "status.podIP" ? podIP : "127.0.0.1"
        default:
            for key in ["labels", "annotations"] where path.hasPrefix("metadata.\(key)['") && path.hasSuffix("']") {
                let name = String(path.dropFirst("metadata.\(key)['".count).dropLast(2))
                return pod[path: "metadata", key]?[name]?.string ?? ""
            }
            throw Failure(message: "fieldPath \(path) is not supported by the local cluster yet")
        }
    }
}
