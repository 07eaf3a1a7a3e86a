public import Attestations
public import WaybillCore

/// Signed papers that travel with a repository: a branch of their own, one file for each envelope.
///
/// `reviews/COMMIT/DIGEST.json` are people's reviews, `moves/BRANCH/COMMIT.json` says how a protected branch came to a
/// commit, `last-move.json` is the newest of those. What is read here is not verified yet: whoever can write to the repository can write these files.
public struct EvidenceBranch<Repository: GitRepository>: Sendable {
    /// As many reviews of one commit are read; more are refused rather than some of them left out.
    public static var reviewsMax: Int { 64 }
    public static var envelopeBytesMax: Int { 256 << 10 }

    let repository: Repository

    public init(of repository: Repository) { self.repository = repository }

    /// The envelopes about a commit that claim to be reviews.
    public func reviews(of commit: ObjectID) async throws(WaybillError) -> [Envelope] {
        guard let head = try await repository.resolve(EvidencePath.reference) else { return [] }
        let files = try await repository.files(at: head, under: EvidencePath.reviews(of: commit))
        guard files.count <= Self.reviewsMax else {
            throw WaybillError(.limitExceeded, "has more than \(Self.reviewsMax) reviews", subject: "commit \(commit)")
        }
        var envelopes: [Envelope] = []
        for file in files {
            guard let bytes = try await repository.read(file.path, at: head) else { continue }
            envelopes.append(try envelope(bytes, file.path))
        }
        return envelopes
    }

    /// The paper about a branch's move to a commit, nil where there is none.
    public func move(of reference: String, to commit: ObjectID) async throws(WaybillError) -> Envelope? {
        let path = EvidencePath.move(of: reference, to: commit)
        guard let head = try await repository.resolve(EvidencePath.reference),
            let bytes = try await repository.read(path, at: head)
        else { return nil }
        return try envelope(bytes, path)
    }

    /// The newest entry of the log of moves, nil before the first.
    public func lastMove() async throws(WaybillError) -> Envelope? {
        guard let head = try await repository.resolve(EvidencePath.reference),
            let bytes = try await repository.read(EvidencePath.lastMove, at: head)
        else { return nil }
        return try envelope(bytes, EvidencePath.lastMove)
    }

    private func envelope(_ bytes: [UInt8], _ path: String) throws(WaybillError) -> Envelope {
        guard bytes.count <= Self.envelopeBytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.envelopeBytesMax) bytes", subject: path)
        }
        return try Envelope(parsing: bytes)
    }
}

extension EvidenceBranch where Repository: WritableGitRepository {
    private static var attemptsMax: Int { 8 }

    /// Stores a commit that adds an envelope at each of the paths, and returns the move of the branch that would make
    /// it count; so that it can be made together with other moves.
    public func draft(
        adding envelope: Envelope, at paths: [String], because message: String, on moment: Timestamp
    ) async throws(WaybillError) -> ReferenceMove {
        let bytes = envelope.bytes
        guard bytes.count <= Self.envelopeBytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.envelopeBytesMax) bytes", subject: "envelope")
        }
        let head = try await repository.resolve(EvidencePath.reference)
        let tree = try await repository.storeTree(
            changing: Dictionary(paths.map { ($0, bytes) }) { first, _ in first }, of: head)
        let forge = CommitPerson(name: "Waybill forge", email: "forge@localhost", seconds: moment.seconds)
        let commit = try await repository.store(
            CommitDraft(tree: tree, parents: head.map { [$0] } ?? [], author: forge, message: message))
        return ReferenceMove(EvidencePath.reference, from: head, to: commit)
    }

    /// Adds an envelope; after somebody else's addition at the same time it is tried again.
    public func add(
        _ envelope: Envelope, at paths: [String], because message: String, on moment: Timestamp
    ) async throws(WaybillError) {
        for attempt in 1...Self.attemptsMax {
            let move = try await draft(adding: envelope, at: paths, because: message, on: moment)
            do throws(WaybillError) {
                return try await repository.move([move])
            } catch {
                guard error.code == .conflict, attempt < Self.attemptsMax else { throw error }
            }
        }
    }
}

/// Where papers stand in the evidence branch.
public enum EvidencePath {
    public static let reference = "refs/waybill/evidence"

    /// A copy of the newest paper about a move, to continue the log from.
    public static let lastMove = "last-move.json"

    public static func reviews(of commit: ObjectID) -> String { "reviews/\(commit)" }

    public static func review(_ envelope: Envelope, of commit: ObjectID) -> String {
        "\(reviews(of: commit))/\(envelope.digest.hex).json"
    }

    /// `reference` is a branch: `refs/heads/main`.
    public static func move(of reference: String, to commit: ObjectID) -> String {
        "moves/\(reference.dropFirst("refs/heads/".count))/\(commit).json"
    }
}
