import Attestations
public import Ledger
import Synchronization
public import Trust
public import WaybillCore

/// The verified papers of every image in memory, kept up to date from the ledger.
public final class PaperIndex: Sendable {
    private struct State {
        var files: [Digest: PaperFile] = [:]
        var position: Int64 = 0
    }

    private let ledger: any Ledger
    private let verifier: EnvelopeVerifier
    private let state = Mutex(State())
    /// Papers that are read from the ledger at a time.
    private static let batchMax = 500

    public init(ledger: any Ledger, verifier: EnvelopeVerifier) {
        self.ledger = ledger
        self.verifier = verifier
    }

    /// Takes in what the ledger has recorded since the last time. The signatures are verified here, once.
    public func catchUp() async throws(WaybillError) {
        while true {
            let position = state.withLock { $0.position }
            let batch = try await ledger.papers(after: position, limit: Self.batchMax)
            guard !batch.papers.isEmpty else { return }
            state.withLock { state in
                // Another caller may have taken in the same batch meanwhile: adding twice changes nothing.
                for paper in batch.papers { add(paper, to: &state.files) }
                state.position = max(state.position, batch.position)
            }
        }
    }

    /// The papers about an image; an empty file for one that is not known.
    public func papers(about image: Digest) -> PaperFile { state.withLock { $0.files[image] ?? PaperFile() } }

    private func add(_ paper: Paper, to files: inout [Digest: PaperFile]) {
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
        for digest in digests {
            files[digest, default: PaperFile()].add(paper.envelope, verifier: verifier, at: moment)
        }
    }
}
