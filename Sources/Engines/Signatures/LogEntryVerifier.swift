import Attestations
import Documents
import Trust
import WaybillCore

/// Checks that a log took an entry, and when.
struct LogEntryVerifier {
    let logs: [TrustedRoot.Log]

    /// The log's word for the time at which it took the entry; nil where the log gives none. Throws where nothing proves
    /// that the log took the entry. Versions from 0.2 on must bring a proof; 0.1 may bring the log's promise alone.
    func time(of entry: SigstoreBundle.LogEntry, version: SigstoreBundle.Version) throws(SignatureFailure) -> Timestamp?
    {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.transparencyLog, message) }
        let known = logs.filter { $0.id == entry.logID }
        guard !known.isEmpty else { throw bad("the entry is in a log that is not trusted") }
        var isProven = false
        if version == .v01, entry.promise == nil {
            throw bad("the entry has no promise of the log, which bundles of version 0.1 need")
        }
        if let proof = entry.proof {
            isProven = try check(proof, of: entry, known, mustHaveCheckpoint: version > .v01)
        } else if version > .v01 {
            throw bad("the entry has no inclusion proof")
        }
        guard let promise = entry.promise else {
            guard isProven else { throw bad("the entry has neither a proof nor a promise") }
            return nil
        }
        guard let time = entry.integratedTime else { throw bad("the log's promise has no time") }
        let message = Self.promised(entry, time)
        guard known.contains(where: { $0.key.isValid(signature: promise, of: message) && $0.validity.contains(time) })
        else { throw bad("the log's promise (signed entry timestamp) does not fit, or its key was not valid then") }
        return time
    }

    /// Whether the proof leads to a root that the log signed. Throws where it contradicts itself or the entry.
    private func check(
        _ proof: SigstoreBundle.InclusionProof, of entry: SigstoreBundle.LogEntry, _ logs: [TrustedRoot.Log],
        mustHaveCheckpoint: Bool
    ) throws(SignatureFailure) -> Bool {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.transparencyLog, message) }
        // Rekor 2 counts leaves of one tree; its predecessor counted through several, and signed that number.
        if entry.isOfTiledLog, proof.index != entry.logIndex {
            throw bad("the entry's place is \(entry.logIndex), and its proof is for \(proof.index)")
        }
        let leaf = MerkleTree.leafHash(entry.body)
        guard
            let root = MerkleTree.root(leaf: leaf, index: proof.index, size: proof.treeSize, path: proof.hashes),
            root == proof.rootHash
        else { throw bad("the inclusion proof does not lead to the log's root") }
        guard let text = proof.checkpoint, !text.isEmpty else {
            // The oldest bundles bring none; the log's promise alone speaks for them.
            guard mustHaveCheckpoint else { return false }
            throw bad("the inclusion proof has no checkpoint")
        }
        let checkpoint = try Checkpoint(parsing: text)
        guard checkpoint.rootHash == root, checkpoint.size == proof.treeSize else {
            throw bad("the checkpoint is about another root than the proof")
        }
        guard logs.contains(where: { checkpoint.isSigned(by: $0) }) else {
            throw bad("the checkpoint is not signed by the log")
        }
        return true
    }

    /// The bytes that the log's promise is over.
    private static func promised(_ entry: SigstoreBundle.LogEntry, _ time: Timestamp) -> [UInt8] {
        JSONWriter.bytes(
            [
                "body": .string(Base64.encode(entry.body)), "integratedTime": .integer(Int(time.seconds)),
                "logID": .string(Hex.encode(entry.logID)), "logIndex": .integer(entry.logIndex),
            ], style: .canonical)
    }
}

extension SigstoreBundle.LogEntry {
    /// Whether the entry is of the second Rekor, by the kinds that only this one has.
    fileprivate var isOfTiledLog: Bool { (kind == "hashedrekord" || kind == "dsse") && kindVersion == "0.0.2" }
}
