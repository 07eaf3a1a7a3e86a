import Files
import Foundation
import GitRepositories
import OCI
import Registries
import Trust
import WaybillCore

/// What a signature is about, as a person names it: `image:shop/cart:1.4`, `file:report.json`, `commit:HEAD`. Without a
/// prefix an existing file is a file, forty hexadecimal digits are a commit, everything else is an image.
enum SignatureTarget {
    case image(ImageReference)
    case file(String)
    case commit(String)

    init(_ text: String) throws(WaybillError) {
        func rest(_ prefix: String) -> String? {
            text.utf8.starts(with: prefix.utf8) ? String(text.dropFirst(prefix.count)) : nil
        }
        if let path = rest("file:") {
            self = .file(path)
        } else if let revision = rest("commit:") {
            self = .commit(revision)
        } else if let name = rest("image:") {
            self = .image(try Self.image(name))
        } else if Files.exists(text), !Files.isFolder(text) {
            self = .file(text)
        } else if [40, 64].contains(text.utf8.count), Hex.decode(text) != nil {
            self = .commit(text)
        } else {
            self = .image(try Self.image(text))
        }
    }

    private static func image(_ text: String) throws(WaybillError) -> ImageReference {
        let reference: ImageReference
        do { reference = try ImageReference(parsing: text) } catch { throw error.asWaybillError }
        guard reference.host != nil else {
            throw WaybillError(
                .invalidInput, "the image names no registry, and no file has this name",
                subject: Redaction.excerpt(text),
                remedy: "write it as registry.example/repository@sha256:…")
        }
        return reference
    }
}

/// What a target turned out to be.
struct ResolvedTarget {
    /// As people call it.
    var name: String
    /// Algorithm to hash; more than one for a commit, which has a tree.
    var digest: [String: String]
    /// A file's own bytes.
    var bytes: [UInt8]?
    var image: (reference: ImageReference, descriptor: Descriptor, registry: RegistryClient)?
    /// A commit's own bytes and name.
    var commit: (id: String, bytes: [UInt8])?

    /// The largest file that is signed: it is read whole.
    static let fileBytesMax = 1 << 30

    init(_ target: SignatureTarget, registry options: RegistryAccess) async throws(WaybillError) {
        switch target {
        case .file(let path):
            let bytes = try Files.read(path, bytesMax: Self.fileBytesMax)
            name = path
            digest = ["sha256": Digest.sha256(of: bytes).hex]
            self.bytes = bytes
        case .image(let reference):
            let registry = try options.client(for: reference)
            let descriptor = try await registry.resolve(reference.version, in: reference.repository)
            name = reference.pinned(to: descriptor.digest).description
            digest = [descriptor.digest.algorithm.rawValue: descriptor.digest.hex]
            image = (reference, descriptor, registry)
        case .commit(let revision):
            let git = try GitExecutable.discover(from: FileManager.default.currentDirectoryPath).repository
            guard let id = try await git.resolve(revision), let object = try await git.object(id) else {
                throw WaybillError(.notFound, "there is no such commit", subject: Redaction.excerpt(revision))
            }
            name = "commit \(id.hex)"
            digest = ["gitCommit": id.hex, "gitTree": try GitCommit(parsing: object.bytes).tree]
            commit = (id.hex, object.bytes)
        }
    }
}

/// How registries are reached.
struct RegistryAccess {
    var isPlain: Bool
    var user: String?

    /// Loopback registries speak HTTP; the token comes from the environment, so that no process list shows it.
    func client(for reference: ImageReference) throws(WaybillError) -> RegistryClient {
        let host = reference.host ?? ""
        let name = host.split(separator: ":").first.map(String.init) ?? host
        let isLoopback = name == "localhost" || name == "127.0.0.1" || host.hasPrefix("[::1]")
        let token = ProcessInfo.processInfo.environment["WAYBILL_REGISTRY_TOKEN"]
        return try RegistryClient(
            "\(isPlain || isLoopback ? "http" : "https")://\(host)",
            credentials: token.map { RegistryClient.Credentials(user: user ?? "waybill", token: $0) })
    }
}
