import Attestations
public import DeployPolicies
import Kubernetes
public import Ledger
import Logging
import Signatures
import Synchronization
import Trust
public import WaybillCore

/// What is known of images beside their papers: signatures in registries and attestations in the ledger. Kept in memory;
/// brought up to date before anything is refused.
public final class ImageDossiers: Sendable {
    /// Images that are remembered; what is forgotten is gathered again.
    static let imagesMax = 256
    /// An image is not gathered again within this time, so that refused requests cost little.
    static let patience: Int64 = 2_000
    /// The envelopes of one image that are kept, in bytes.
    static let bytesMax = 16 << 20

    private struct Dossier {
        var evidence: ImageEvidence
        var gathered: Instant
    }

    private let ledger: any Ledger
    private let stored: @Sendable (_ reference: String, Digest) async throws(WaybillError) -> ImageEvidence
    private let findings: @Sendable (Digest) async throws(WaybillError) -> [Finding]?
    private let state = Mutex<[String: Dossier]>([:])
    private let logger = Logger(label: "admission")

    /// - Parameters:
    ///   - stored: signatures, bundles and attestations that stand beside the image, unverified.
    ///   - findings: what the advisories of this moment say of the image's packages; nil where they are not known.
    public init(
        ledger: any Ledger,
        stored: @escaping @Sendable (_ reference: String, Digest) async throws(WaybillError) -> ImageEvidence,
        findings: @escaping @Sendable (Digest) async throws(WaybillError) -> [Finding]?
    ) {
        self.ledger = ledger
        self.stored = stored
        self.findings = findings
    }

    /// The evidence about each image that is named by digest. `refreshing` gathers anew what is older than a moment.
    func evidence(
        of images: [PodImage], _ index: PaperIndex, at moment: Instant, refreshing: Bool
    ) async -> [String: ImageEvidence] {
        var found: [String: ImageEvidence] = [:]
        for image in images where found[image.reference] == nil {
            guard let digest = image.digest else { continue }
            var evidence = await kept(image.reference, digest, moment, refreshing)
            evidence.scan = await scan(of: digest, index.papers(about: digest))
            found[image.reference] = evidence
        }
        return found
    }

    private func kept(_ reference: String, _ digest: Digest, _ moment: Instant, _ refreshing: Bool) async
        -> ImageEvidence
    {
        let known = state.withLock { $0[reference] }
        if let known,
            !refreshing || abs(moment.milliseconds - known.gathered.milliseconds) < Self.patience
        {
            return known.evidence
        }
        do throws(WaybillError) {
            var evidence = try await stored(reference, digest)
            evidence.digest = digest
            try await add(papersOf: digest, to: &evidence)
            let dossier = Dossier(evidence: evidence, gathered: moment)
            state.withLock { state in
                if state.count >= Self.imagesMax, state[reference] == nil,
                    let oldest = state.min(by: { $0.value.gathered < $1.value.gathered })
                {
                    state[oldest.key] = nil
                }
                state[reference] = dossier
            }
            return evidence
        } catch {
            // What is known stays; what is not known satisfies no policy.
            logger.error("signatures cannot be read", metadata: ["image": "\(reference)", "error": "\(error)"])
            return known?.evidence ?? ImageEvidence(digest: digest)
        }
    }

    private func add(papersOf image: Digest, to evidence: inout ImageEvidence) async throws(WaybillError) {
        var bytes = 0
        for paper in try await ledger.papers(about: image.description, predicateType: nil).reversed() {
            bytes += paper.envelope.payload.count
            guard bytes <= Self.bytesMax, evidence.bundles.count < 200 else { break }
            guard paper.envelope.signatures.count == 1 else { continue }
            evidence.bundles.append(
                SigstoreBundle(material: .publicKey(hint: ""), content: .envelope(paper.envelope)))
        }
    }

    /// The newest signed scan, and what the advisories say by now: an image that was clean once meets new findings again.
    /// Without a signed scan there is none, whatever the advisories say.
    private func scan(of image: Digest, _ papers: PaperFile) async -> ImageEvidence.Scan? {
        let scans = papers.verified.compactMap { paper -> VulnerabilityScan? in
            guard paper.statement.predicateType.utf8.elementsEqual(PredicateType.vulnerabilities.utf8) else {
                return nil
            }
            // The signer's process signs whole ones alone; another is none.
            return try? VulnerabilityScan(paper.statement.predicate)
        }
        guard let newest = scans.max(by: { $0.finished < $1.finished }) else { return nil }
        do throws(WaybillError) {
            return Self.scan(newest, try await findings(image) ?? [])
        } catch {
            logger.error("advisories cannot be asked", metadata: ["image": "\(image)", "error": "\(error)"])
            return nil
        }
    }

    static func scan(_ signed: VulnerabilityScan, _ findings: [Finding]) -> ImageEvidence.Scan {
        let accepted = Set(signed.results.filter { $0.accepted != nil }.map(\.id))
        var found: [String: ImageEvidence.Scan.Vulnerability] = [:]
        for result in signed.results where result.accepted == nil {
            found[result.id] = .init(
                id: result.id, severity: result.severity, isFixAvailable: result.fixedVersion != nil)
        }
        for finding in findings where finding.kind == .vulnerability {
            let names = [finding.rule] + finding.aliases
            if names.contains(where: { accepted.contains($0) }) { continue }
            let name = names.first { found[$0] != nil } ?? names.first { $0.hasPrefix("CVE-") } ?? finding.rule
            let known = found[name]
            found[name] = .init(
                id: name, severity: max(finding.severity, known?.severity ?? finding.severity),
                isFixAvailable: finding.fixedVersion != nil || known?.isFixAvailable ?? false)
        }
        return ImageEvidence.Scan(
            vulnerabilities: found.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) },
            time: signed.finished)
    }
}
