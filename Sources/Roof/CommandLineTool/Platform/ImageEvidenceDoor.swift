import Attestations
import DeployPolicies
import Ledger
import LedgerService
import OCI
import Registries
import SignatureStores
import Signatures
import WaybillCore

/// Gathers what stands beside an image: in the installation's own registry, and as attestations in the ledger. Other
/// registries are not asked: no decision waits for the network.
struct ImageEvidenceDoor: Sendable {
    let registry: RegistryClient
    /// Where the registry listens, as image names begin.
    let host: String
    let store: any MetadataStore

    func evidence(_ reference: String, _ digest: Digest) async throws(WaybillError) -> ImageEvidence {
        var evidence = ImageEvidence(digest: digest)
        let found = try await AttestationOccurrences(store).all(of: reference, digest)
        evidence.attestations = found.attestations.map {
            .init(note: $0.note, payload: $0.payload, signatures: $0.signatures)
        }
        evidence.bundles = found.envelopes.filter { $0.signatures.count == 1 }.map {
            SigstoreBundle(material: .publicKey(hint: ""), content: .envelope($0))
        }
        guard reference.hasPrefix(host + "/") else { return evidence }
        let parsed: ImageReference
        do { parsed = try ImageReference(parsing: reference) } catch { throw error.asWaybillError }
        let stored = try await RegistrySignatures(registry: registry, repository: parsed.normalized.repository).all(
            of: digest)
        for item in stored.items { Self.add(item, to: &evidence) }
        return evidence
    }

    /// What cannot be read is worth nothing, and does not hide the rest.
    static func add(_ item: StoredSignatures.Item, to evidence: inout ImageEvidence) {
        switch item.content {
        case .layer(let layer): evidence.layers.append(layer)
        case .bundle(let bytes):
            if let bundle = try? SigstoreBundle(parsing: bytes) { evidence.bundles.append(bundle) }
        case .envelope(let bytes):
            guard let envelope = try? Envelope(parsing: bytes), envelope.signatures.count == 1 else { return }
            evidence.bundles.append(SigstoreBundle(material: .publicKey(hint: ""), content: .envelope(envelope)))
        case .notation, .openPGP: return
        }
    }
}
