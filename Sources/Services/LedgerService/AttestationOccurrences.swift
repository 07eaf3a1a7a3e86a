public import Attestations
import Grafeas
public import Ledger
public import WaybillCore

/// Attestations of images that stand in the ledger, as admission asks for them.
public struct AttestationOccurrences: Sendable {
    /// One attestation: bytes and signatures over them, under a note. Nothing of it is believed here.
    public struct Attestation: Sendable {
        public var note: String
        public var payload: [UInt8]
        public var signatures: [Envelope.Signature]
    }

    /// Everything that was attested about one image.
    public struct Found: Sendable {
        public var attestations: [Attestation] = []
        public var envelopes: [Envelope] = []
    }

    /// More attestations of one image are not read.
    public static let countMax = 200

    private let store: any MetadataStore

    public init(_ store: any MetadataStore) { self.store = store }

    /// Clients name images with and without a scheme and a tag.
    static func resources(of reference: String, _ digest: Digest) -> [String] {
        let name = String(reference.prefix { $0 != "@" })
        var names = [name]
        let path = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        if let tag = name[path...].firstIndex(of: ":") { names.append(String(name[..<tag])) }
        return names.flatMap { ["\($0)@\(digest)", "https://\($0)@\(digest)", "http://\($0)@\(digest)"] }
            + [digest.description]
    }

    /// Attestations of an image, by the reference that names it. One that cannot be read is left out: it is worth nothing.
    public func all(of reference: String, _ digest: Digest) async throws(WaybillError) -> Found {
        var query = MetadataQuery(kind: .occurrence)
        query.resources = Self.resources(of: reference, digest)
        let page = try await store.records(query, after: nil, limit: 1_000, asOf: nil)
        var found = Found()
        // The installation's own papers are asked for where they are kept.
        let foreign = page.records.filter { $0.project != "waybill" }
        for record in foreign where found.attestations.count + found.envelopes.count < Self.countMax {
            guard let occurrence = try? StoredMetadata.occurrence(record, as: V1Flavor.self) else { continue }
            switch occurrence.details {
            case .attestation(let attestation):
                found.attestations.append(
                    Attestation(
                        note: occurrence.noteName, payload: Array(attestation.serializedPayload),
                        signatures: attestation.signatures.map {
                            .init(keyID: $0.publicKeyID, bytes: Array($0.signature))
                        }))
            case .dsseAttestation(let attestation):
                let envelope = attestation.envelope
                found.envelopes.append(
                    Envelope(
                        payloadType: envelope.payloadType, payload: Array(envelope.payload),
                        signatures: envelope.signatures.map { .init(keyID: $0.keyid, bytes: Array($0.sig)) }))
            default: continue
            }
        }
        return found
    }
}
