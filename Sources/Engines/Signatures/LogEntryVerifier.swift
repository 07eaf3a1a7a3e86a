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
        if let proof = entry.proof {
            try check(proof, of: entry, known)
            isProven = true
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

    private func check(
        _ proof: SigstoreBundle.InclusionProof, of entry: SigstoreBundle.LogEntry, _ logs: [TrustedRoot.Log]
    ) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.transparencyLog, message) }
        let leaf = MerkleTree.leafHash(entry.body)
        guard
            let root = MerkleTree.root(leaf: leaf, index: proof.index, size: proof.treeSize, path: proof.hashes),
            root == proof.rootHash
        else { throw bad("the inclusion proof does not lead to the log's root") }
        guard let text = proof.checkpoint else { throw bad("the inclusion proof has no checkpoint") }
        let checkpoint = try Checkpoint(parsing: text)
        guard checkpoint.rootHash == root, checkpoint.size == proof.treeSize else {
            throw bad("the checkpoint is about another root than the proof")
        }
        guard logs.contains(where: { checkpoint.isSigned(by: $0) }) else {
            throw bad("the checkpoint is not signed by the log")
        }
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
