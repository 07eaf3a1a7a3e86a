import AgentService
import Attestations
import Delivery
import Documents
import Ledger
import OCI
import Registries
import SignatureStores
import Signatures
import Trust
import WaybillCore

/// Artifacts in registries: archives as flux pushes them, images that hold manifests, and single files as oras pushes them.
struct RegistryArtifacts: ArtifactSource {
    private static let layersMax = 100
    private static let fileBytesMax = 8 << 20
    private static let createdAnnotation = "org.opencontainers.image.created"
    private static let titleAnnotation = "org.opencontainers.image.title"

    /// The registry at a host.
    var open: @Sendable (_ host: String) throws(WaybillError) -> any Registry
    var now: @Sendable () -> Instant

    /// Registries in the network; that of this installation speaks without TLS.
    init(ownHost: String, now: @escaping @Sendable () -> Instant) {
        self.init(now: now) { host throws(WaybillError) in
            let isPlain = host == ownHost || FollowSettings.isLoopback(host)
            return try RegistryClient("\(isPlain ? "http" : "https")://\(host)")
        }
    }

    init(
        now: @escaping @Sendable () -> Instant, open: @escaping @Sendable (String) throws(WaybillError) -> any Registry
    ) {
        self.now = now
        self.open = open
    }

    func resolve(_ settings: ArtifactSettings) async throws(WaybillError) -> Digest {
        switch settings.version {
        case .digest(let digest): digest
        case .tag(let tag): try await registry(settings).resolve(tag, in: settings.address.path).digest
        }
    }

    func read(_ digest: Digest, of settings: ArtifactSettings, key: [UInt8]) async throws(WaybillError) -> Artifact {
        let registry = try registry(settings), repository = settings.address.path
        guard case .image(let manifest) = try await registry.manifest(digest, in: repository) else {
            throw WaybillError(
                .unsupported, "is an index; an artifact is one manifest", subject: "\(settings.repository)@\(digest)")
        }
        // Before a byte of its content is read.
        try await verify(digest, settings, key, registry)
        guard manifest.layers.count <= Self.layersMax else {
            throw WaybillError(
                .limitExceeded, "has more than \(Self.layersMax) layers", subject: "\(settings.repository)@\(digest)")
        }
        var files: [String: [UInt8]] = [:]
        for layer in manifest.layers {
            try await add(layer, manifest, registry, repository, to: &files)
        }
        return Artifact(
            digest: digest, created: manifest.annotations[Self.createdAnnotation].flatMap { Timestamp($0) },
            files: files)
    }

    private func registry(_ settings: ArtifactSettings) throws(WaybillError) -> any Registry {
        try open(settings.address.host)
    }

    // MARK: the signature

    /// One good signature by the key is enough; what others signed beside it does no harm.
    private func verify(
        _ digest: Digest, _ settings: ArtifactSettings, _ key: [UInt8], _ registry: any Registry
    ) async throws(WaybillError) {
        let trusted = TrustedKey(
            try PublicKey(pem: String(decoding: key, as: UTF8.self)), name: settings.key)
        let verifier = BundleVerifier(keys: [trusted])
        let moment = Timestamp(seconds: now().milliseconds / 1000)
        let stored = try await RegistrySignatures(registry: registry, repository: settings.address.path).all(of: digest)
        var reason = "it has no signature"
        for item in stored.items {
            do throws(SignatureFailure) {
                let verified: VerifiedBundle
                switch item.content {
                case .layer(let layer): verified = try layer.verify(verifier, image: digest, at: moment)
                case .bundle(let bytes):
                    verified = try verifier.verify(
                        try Self.bundle(bytes),
                        subject: .digest(algorithm: digest.algorithm.rawValue, hash: digest.hex),
                        at: moment)
                default: continue
                }
                // An attestation says something about it; only a signature vouches for it.
                if verified.statement.map({ $0.predicateType == PredicateType.cosignSignature }) ?? true { return }
                reason = "it has an attestation and no signature by this key"
            } catch {
                reason = "\(item.form) \(item.digest.short): \(error.message)"
            }
        }
        throw WaybillError(
            .forbidden, "\(digest.short) is not signed by \(settings.key): \(reason)", subject: settings.repository,
            remedy: "sign it: waybill sign \(settings.repository)@\(digest) --key KEY, or cosign sign --key")
    }

    private static func bundle(_ bytes: [UInt8]) throws(SignatureFailure) -> SigstoreBundle {
        do { return try SigstoreBundle(parsing: bytes) } catch {
            throw SignatureFailure(.format, error.message)
        }
    }

    // MARK: the content

    private func add(
        _ layer: Descriptor, _ manifest: Manifest, _ registry: any Registry, _ repository: String,
        to files: inout [String: [UInt8]]
    ) async throws(WaybillError) {
        let type = layer.mediaType.rawValue, subject = "\(repository)@\(manifest.digest)"
        if type.contains(".tar") || type.hasSuffix("+gzip") {
            let unpacked = try await registry.layer(layer, in: repository) {
                $0.kind == .file && $0.size <= Self.fileBytesMax
            }
            // Links are left out: they could lead elsewhere than what was reviewed.
            for entry in unpacked.entries where entry.kind == .file {
                guard let bytes = entry.contents else {
                    throw WaybillError(
                        .limitExceeded, "\(Redaction.excerpt(entry.path)) is larger than \(Self.fileBytesMax) bytes",
                        subject: subject)
                }
                files[Self.path(entry.path)] = bytes
            }
        } else if let title = layer.annotations[Self.titleAnnotation] {
            guard layer.size <= Self.fileBytesMax, Self.isInside(title) else {
                throw WaybillError(
                    .invalidInput, "\(Redaction.excerpt(title)) is no file of an artifact", subject: subject)
            }
            files[Self.path(title)] = try await registry.blob(layer, in: repository)
        } else {
            throw WaybillError(
                .unsupported, "a layer of type \(Redaction.excerpt(type)) holds no files that are known",
                subject: subject, remedy: "push an archive: flux push artifact, or oras push with files")
        }
    }

    private static func path(_ text: String) -> String {
        text.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private static func isInside(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..") && !Self.path(path).isEmpty
    }
}
