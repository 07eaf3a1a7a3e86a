import GitRepositories
import WaybillCore

/// An artifact's files, with names for their contents as a revision has them.
struct ArtifactFiles: Sendable {
    let artifact: Artifact
    /// The key by which it was verified: another key asks anew.
    let key: Digest
    let blobs: [String: ObjectID]

    init(_ artifact: Artifact, key: Digest) throws(WaybillError) {
        guard artifact.files.count <= AgentSettings.filesMax,
            artifact.files.values.reduce(0, { $0 + $1.count }) <= AgentSettings.bytesMax
        else {
            throw WaybillError(
                .limitExceeded,
                "more than \(AgentSettings.filesMax) files or \(AgentSettings.bytesMax) bytes",
                subject: artifact.digest.description)
        }
        self.artifact = artifact
        self.key = key
        blobs = artifact.files.compactMapValues { ObjectID(Digest.sha256(of: $0).hex) }
    }
}

/// Where an environment's files come from in a round, and why the newest are not taken.
struct ArtifactAnswer {
    /// Nil where nothing may be taken, and nothing was before.
    var files: RevisionTree?
    var refusal: [Finding] = []
}
