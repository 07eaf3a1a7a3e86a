import Attestations
import DeployPolicies
public import Ledger
import Synchronization
public import Trust
public import WaybillCore

/// The verified papers of every image in memory, kept up to date from the ledger.
public final class PaperIndex: Sendable {
    private struct State {
        var files: [Digest: PaperFile] = [:]
        var position: Int64 = 0
        var revocations = Revocations()
        /// Orders that break the glass, unverified: whose word counts depends on the place.
        var orders: [Digest: [Envelope]] = [:]
    }

    private let ledger: any Ledger
    private let verifier: EnvelopeVerifier
    private let state = Mutex(State())
    /// Papers that are read from the ledger at a time.
    private static let batchMax = 500
    /// Orders that are kept of one image, the newest.
    private static let ordersMax = 32

    public init(ledger: any Ledger, verifier: EnvelopeVerifier) {
        self.ledger = ledger
        self.verifier = verifier
    }

    /// Takes in what the ledger has recorded since the last time. The signatures are verified here, once; when something
    /// is revoked, all of them once more.
    public func catchUp() async throws(WaybillError) {
        while true {
            let (position, known) = state.withLock { ($0.position, $0.revocations) }
            let batch = try await ledger.papers(after: position, limit: Self.batchMax)
            guard !batch.papers.isEmpty else { return }
            let revocations = adding(batch.papers, to: known)
            guard revocations == known else {
                try await rebuild(respecting: revocations)
                continue
            }
            let verifier = verifier.respecting(revocations)
            state.withLock { state in
                // Whoever rebuilt it meanwhile has taken in more than this.
                guard state.revocations == revocations else { return }
                // Another caller may have taken in the same batch meanwhile: adding twice changes nothing.
                for paper in batch.papers { add(paper, to: &state, verifier) }
                state.position = max(state.position, batch.position)
            }
        }
    }

    /// Verifies everything anew, aside: until it is done, the old answers stand.
    private func rebuild(respecting revocations: Revocations) async throws(WaybillError) {
        var fresh = State(revocations: revocations)
        var found = revocations
        repeat {
            fresh = State(revocations: found)
            let verifier = verifier.respecting(found)
            while true {
                let batch = try await ledger.papers(after: fresh.position, limit: Self.batchMax)
                guard !batch.papers.isEmpty else { break }
                found = adding(batch.papers, to: found)
                for paper in batch.papers { add(paper, to: &fresh, verifier) }
                fresh.position = batch.position
            }
            // A later revocation changes what was verified before it.
        } while found != fresh.revocations
        let whole = fresh
        state.withLock { state in
            // Another caller may have come further meanwhile.
            if whole.position >= state.position { state = whole }
        }
    }

    /// What the papers revoke with the word of a trusted key.
    private func adding(_ papers: [Paper], to known: Revocations) -> Revocations {
        var revocations = known
        for paper in papers where paper.predicateType.utf8.elementsEqual(PredicateType.revocation.utf8) {
            let moment = Timestamp(seconds: paper.recorded.milliseconds / 1000)
            // One that no trusted key signed revokes nothing, or anybody could take papers away.
            guard case .success(let verified) = verifier.verify(paper.envelope, at: moment),
                let revocation = try? Revocation(verified.statement)
            else { continue }
            revocations.add(revocation)
        }
        return revocations
    }

    /// The papers about an image; an empty file for one that is not known.
    public func papers(about image: Digest) -> PaperFile { state.withLock { $0.files[image] ?? PaperFile() } }

    /// Orders about an image that break the glass, and what was revoked: nothing of it is verified.
    func orders(about image: Digest) -> (envelopes: [Envelope], revocations: Revocations) {
        state.withLock { ($0.orders[image] ?? [], $0.revocations) }
    }

    private func add(_ paper: Paper, to state: inout State, _ verifier: EnvelopeVerifier) {
        var digests: Set<Digest> = []
        if let digest = Digest(paper.subject) { digests.insert(digest) }
        // A payload that is no statement stays under its stated subject and is refused by the verifier.
        if let statement = try? Statement(parsing: paper.envelope.payload) {
            for subject in statement.subjects {
                if let hex = subject.digest["sha256"], let digest = Digest(algorithm: .sha256, hex: hex) {
                    digests.insert(digest)
                }
            }
        }
        let moment = Timestamp(seconds: paper.recorded.milliseconds / 1000)
        if paper.predicateType.utf8.elementsEqual(BreakglassOrder.predicateType.utf8) {
            for digest in digests where !state.orders[digest, default: []].contains(paper.envelope) {
                state.orders[digest, default: []].append(paper.envelope)
                if state.orders[digest, default: []].count > Self.ordersMax { state.orders[digest]?.removeFirst() }
            }
            return
        }
        for digest in digests {
            state.files[digest, default: PaperFile()].add(paper.envelope, verifier: verifier, at: moment)
        }
    }
}
