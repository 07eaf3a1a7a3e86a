import Attestations
import GitRepositories
import WaybillCore

/// Signed papers that travel with the repository: a branch of their own, one file for each envelope.
///
/// `reviews/COMMIT/DIGEST.json` are people's reviews, `moves/COMMIT.json` says how a protected branch came to a commit.
struct Evidence: Sendable {
    static let reference = "refs/waybill/evidence"
    static let reviewsMax = 64
    static let envelopeBytesMax = 256 << 10
    private static let attemptsMax = 8

    let git: GitExecutable

    func reviews(of commit: ObjectID) async throws(WaybillError) -> [Envelope] {
        guard let head = try await git.resolve(Self.reference) else { return [] }
        let files = try await git.files(at: head, under: "reviews/\(commit)")
        guard files.count <= Self.reviewsMax else {
            throw WaybillError(.limitExceeded, "has more than \(Self.reviewsMax) reviews", subject: "commit \(commit)")
        }
        var envelopes: [Envelope] = []
        for file in files {
            guard let object = try await git.object(file.blob) else { continue }
            envelopes.append(try Envelope(parsing: object.bytes))
        }
        return envelopes
    }

    func move(to commit: ObjectID, of reference: String) async throws(WaybillError) -> Envelope? {
        guard let head = try await git.resolve(Self.reference),
            let bytes = try await git.read(Self.movePath(commit, reference), at: head)
        else { return nil }
        return try Envelope(parsing: bytes)
    }

    static func reviewPath(_ commit: ObjectID, _ envelope: Envelope) -> String { "reviews/\(commit)/\(envelope.digest.hex).json" }

    static func movePath(_ commit: ObjectID, _ reference: String) -> String {
        "moves/\(reference.dropFirst("refs/heads/".count))/\(commit).json"
    }

    /// The commit that adds a file, and the move of the evidence reference that would make it count.
    func draft(adding envelope: Envelope, at path: String, because message: String, at moment: Timestamp) async throws(WaybillError)
        -> ReferenceMove
    {
        let bytes = envelope.bytes
        guard bytes.count <= Self.envelopeBytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.envelopeBytesMax) bytes", subject: "envelope")
        }
        let head = try await git.resolve(Self.reference)
        let tree = try await git.storeTree(changing: [path: bytes], of: head)
        let forge = CommitPerson(name: "Waybill forge", email: "forge@localhost", seconds: moment.seconds)
        let commit = try await git.store(
            CommitDraft(tree: tree, parents: head.map { [$0] } ?? [], author: forge, message: message))
        return ReferenceMove(Self.reference, from: head, to: commit)
    }

    /// Adds a file; somebody else's addition at the same time is waited out.
    func add(_ envelope: Envelope, at path: String, because message: String, at moment: Timestamp) async throws(WaybillError) {
        for attempt in 1...Self.attemptsMax {
            let move = try await draft(adding: envelope, at: path, because: message, at: moment)
            do throws(WaybillError) {
                return try await git.move([move])
            } catch {
                guard error.code == .conflict, attempt < Self.attemptsMax else { throw error }
            }
        }
    }
}
