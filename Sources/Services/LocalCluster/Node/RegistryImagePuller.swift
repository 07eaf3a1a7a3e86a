import Documents
import Files
import Foundation
import Processes
public import WaybillCore

/// Pulls images with skopeo and keeps each one unpacked under its digest.
public actor RegistryImagePuller: ImagePuller {
    private let folder: String
    /// Registries on loopback that speak plain HTTP: `127.0.0.1:5000`.
    private let plainRegistries: Set<String>
    private let credentials: (name: String, token: String)?
    private var underWay: [String: Task<ContainerImage, any Error>] = [:]

    /// `credentials` are sent to the plain registries only.
    public init(folder: String, plainRegistries: Set<String>, credentials: (name: String, token: String)? = nil) {
        self.folder = folder
        self.plainRegistries = plainRegistries
        self.credentials = credentials
    }

    public func image(_ reference: String) async throws(WaybillError) -> ContainerImage {
        // Pods that want the same image wait for one pull.
        let task = underWay[reference] ?? Task { try await pull(reference) }
        underWay[reference] = task
        defer { underWay[reference] = nil }
        do {
            return try await task.value
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "the image could not be pulled", subject: reference, cause: error)
        }
    }

    private func pull(_ reference: String) async throws -> ContainerImage {
        try Files.makeFolder(folder, mode: 0o711)
        if let digest = reference.split(separator: "@").dropFirst().first.flatMap({ Digest(String($0)) }),
            let known = try? cached(digest)
        {
            return known
        }
        let layout = "\(folder)/pull-\(UInt64.random(in: .min ... .max))"
        defer { try? Files.remove(layout) }
        let registry = String(reference.split(separator: "/").first ?? "")
        // skopeo does not take a tag and a digest together; the digest is what counts.
        let parts = reference.split(separator: "@").map(String.init)
        let plain = parts.count == 2 ? "\(PodRunner.withoutTag(parts[0]))@\(parts[1])" : reference
        // The digest says which bytes these are; stores of detached signatures on this machine play no part.
        var arguments = ["copy", "--quiet", "--preserve-digests", "--remove-signatures"]
        if plainRegistries.contains(registry) {
            arguments.append("--src-tls-verify=false")
            if let credentials { arguments += ["--src-creds", "\(credentials.name):\(credentials.token)"] }
        }
        try await ProcessRunner.output(
            of: Command(
                "skopeo", arguments + ["docker://\(plain)", "oci:\(layout):image"],
                // Not the user's own settings and credentials: the node is a machine of its own.
                environment: ["HOME": folder, "XDG_RUNTIME_DIR": folder], timeout: .seconds(300)))
        return try await ImageUnpacker(folder: folder, layout: layout).unpack()
    }

    private func cached(_ digest: Digest) throws(WaybillError) -> ContainerImage? {
        try ImageUnpacker.load("\(folder)/\(digest.hex)")
    }
}
