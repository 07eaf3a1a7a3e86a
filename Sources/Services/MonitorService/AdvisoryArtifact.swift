import Advisories
import Attestations
import Documents
import Files
import Ledger
import OCI
public import Registries
public import Signers
public import Trust
public import WaybillCore

/// Advisories as an artifact in a registry: the whole base, the changes that lead to it, and a signed statement about
/// both.
public enum AdvisoryArtifact {
    public static let artifactType = "application/vnd.waybill.advisories.v1"
    static let baseType = MediaType("application/vnd.waybill.advisories.base.v1+gzip")
    static let changeType = MediaType("application/vnd.waybill.advisories.change.v1+gzip")
    static let statementType = MediaType("application/vnd.dsse.envelope.v1+json")
    /// Changes that travel with the base: whoever fetched within so many imports fetches only what is new.
    static let changesMax = 20
    static let unpackedBytesMax = 4 << 30
}

/// What a fetch brought.
public struct AdvisoryPull: Hashable, Sendable {
    /// The state that the data has now.
    public var snapshot: Digest
    /// Whether only changes were fetched.
    public var usedChanges: Int
    public var bytes: Int
    public var isNew: Bool
}

extension MonitorService {
    /// Publishes the present state under a tag. Returns the manifest's digest.
    public func push(
        to registry: any Registry, repository: String, tag: String, signer: any StatementSigner
    ) async throws(WaybillError) -> Digest {
        guard let snapshot = store.current else {
            throw WaybillError(
                .notFound, "there are no advisories to publish", subject: store.folder,
                remedy: "import some: waybill advisories import FOLDER")
        }
        let base = try Gzip.compress(try Files.read(store.basePath(snapshot)))
        var layers = [Descriptor(of: base, mediaType: AdvisoryArtifact.baseType)]
        layers[0].annotations = ["dev.waybill.advisories.to": snapshot.description]
        try await registry.push(blob: base, as: layers[0].digest, to: repository)
        for change in store.changes.suffix(AdvisoryArtifact.changesMax) {
            guard let from = change.from, let bytes = try store.forward(change) else { continue }
            var layer = Descriptor(of: bytes, mediaType: AdvisoryArtifact.changeType)
            layer.annotations = [
                "dev.waybill.advisories.from": from.description, "dev.waybill.advisories.to": change.to.description,
            ]
            try await registry.push(blob: bytes, as: layer.digest, to: repository)
            layers.append(layer)
        }
        let empty = Array("{}".utf8)
        let configuration = Descriptor(of: empty, mediaType: .empty)
        try await registry.push(blob: empty, as: configuration.digest, to: repository)
        let manifest = Manifest(
            configuration: configuration, layers: layers, artifactType: AdvisoryArtifact.artifactType,
            annotations: ["dev.waybill.advisories.to": snapshot.description])
        // Signed before the tag moves: a tag never names what nobody vouches for.
        try await registry.push(.image(manifest), tag: nil, to: repository)
        let statement = Statement(
            subjects: [.init(name: repository, digest: manifest.digest)], predicateType: PredicateType.advisories,
            predicate: [
                "snapshot": .string(snapshot.description), "records": .integer(index.count),
                "imported": .object(
                    Object(index.imported.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int($0.value))) })),
            ])
        let envelope = try await signer.sign(statement)
        try await registry.attach(
            envelope.bytes, mediaType: AdvisoryArtifact.statementType,
            artifactType: AdvisoryArtifact.statementType.rawValue, to: manifest.descriptor, in: repository)
        try await registry.push(.image(manifest), tag: tag, to: repository)
        return manifest.digest
    }

    /// Fetches the state that a tag names, by its changes where they begin at the present state, and takes it in: what it
    /// means for what runs is written like that of an import.
    ///
    /// Throws `.forbidden` where nobody who is trusted vouches for it.
    public func pull(
        from registry: any Registry, repository: String, tag: String, trusting keys: [TrustedKey]
    ) async throws(WaybillError) -> AdvisoryPull {
        let descriptor = try await registry.resolve(tag, in: repository)
        guard case .image(let manifest) = try await registry.manifest(descriptor.digest, in: repository),
            manifest.artifactType == AdvisoryArtifact.artifactType
        else {
            throw WaybillError(.invalidInput, "holds no advisories", subject: "\(repository):\(tag)")
        }
        let snapshot = try await verified(manifest, registry, repository, keys)
        if snapshot == store.current { return AdvisoryPull(snapshot: snapshot, usedChanges: 0, bytes: 0, isNew: false) }
        let subject = "\(repository)@\(manifest.digest.short)"
        var next = index
        var ids: Set<String> = [], fetched = 0, used = 0
        if let path = Self.path(manifest.layers, from: store.current, to: snapshot) {
            for layer in path {
                let packed = try await registry.blob(layer, in: repository)
                fetched += packed.count
                let bytes = try Compression.unpack(
                    packed, bytesMax: AdvisoryArtifact.unpackedBytesMax, subject: subject)
                let change = try AdvisoryChange(bytes, subject: subject)
                ids.formUnion(change.changed.map(\.id) + change.removed)
                next = try next.applying(change, subject: subject).index
                used += 1
            }
        } else {
            guard let layer = manifest.layers.first(where: { $0.mediaType == AdvisoryArtifact.baseType }) else {
                throw WaybillError(.invalidInput, "holds no base of advisories", subject: subject)
            }
            let packed = try await registry.blob(layer, in: repository)
            fetched = packed.count
            let bytes = try Compression.unpack(packed, bytesMax: AdvisoryArtifact.unpackedBytesMax, subject: subject)
            next = AdvisoryIndex(base: try AdvisoryBase(bytes: bytes, subject: subject))
            ids = Set(index.all.map(\.id)).union(next.all.map(\.id))
        }
        guard next.snapshot == snapshot.description else {
            throw WaybillError(.corrupted, "is not the state that was vouched for", subject: subject)
        }
        let known = index
        // A registry that is not trusted may hold back what is new, or bring back what is old: both are signed.
        if let present = known.imported.values.max(), let offered = next.imported.values.max(), offered < present {
            throw WaybillError(
                .conflict, "the advisories are older than those that are here", subject: subject,
                remedy: "publish newer ones, or start with an empty folder")
        }
        let exploited = Set(
            next.exploitations.filter { $0.value.knownSince != known.exploitation(ofCVE: $0.key)?.knownSince }.keys)
        try await take(next, touching: ids, exploited: exploited, at: now())
        return AdvisoryPull(snapshot: snapshot, usedChanges: used, bytes: fetched, isNew: true)
    }

    /// The state that a trusted signer names for the manifest.
    private func verified(
        _ manifest: Manifest, _ registry: any Registry, _ repository: String, _ keys: [TrustedKey]
    ) async throws(WaybillError) -> Digest {
        let verifier = EnvelopeVerifier(keys: keys)
        let moment = Timestamp(seconds: now().milliseconds / 1000)
        var reason = "nobody has signed it"
        for referrer in try await registry.referrers(
            of: manifest.digest, artifactType: AdvisoryArtifact.statementType.rawValue, in: repository)
        {
            guard case .image(let paper) = try await registry.manifest(referrer.digest, in: repository),
                let layer = paper.layers.first,
                let envelope = try? Envelope(parsing: try await registry.blob(layer, in: repository))
            else { continue }
            switch verifier.verify(envelope, at: moment) {
            case .success(let verified):
                let statement = verified.statement
                guard statement.predicateType == PredicateType.advisories, statement.isAbout(manifest.digest),
                    let snapshot = statement.predicate["snapshot"]?.string.flatMap({ Digest($0) })
                else {
                    reason = "the signed statement is about something else"
                    continue
                }
                return snapshot
            case .failure(let failure): reason = failure.description
            }
        }
        throw WaybillError(
            .forbidden, "the advisories are not vouched for: \(reason)",
            subject: "\(repository)@\(manifest.digest.short)",
            remedy: "name the publisher's key: --key FILE")
    }

    /// The changes that lead from one state to the other, each beginning where the one before ends.
    private static func path(_ layers: [Descriptor], from: Digest?, to: Digest) -> [Descriptor]? {
        guard var state = from?.description else { return nil }
        var path: [Descriptor] = []
        for layer in layers where layer.mediaType == AdvisoryArtifact.changeType {
            guard layer.annotations["dev.waybill.advisories.from"] == state,
                let next = layer.annotations["dev.waybill.advisories.to"]
            else { continue }
            path.append(layer)
            state = next
            if state == to.description { return path }
        }
        return nil
    }
}
