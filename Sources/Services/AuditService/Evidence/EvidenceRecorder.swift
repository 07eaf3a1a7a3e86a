import Attestations
import Documents
import GitRepositories
import Ledger
import Synchronization
import WaybillCore

/// Remembers what a walk was shown.
final class EvidenceRecorder: Sendable {
    private struct State {
        var papers: [Digest: Paper] = [:]
        var answers: [[String]: [Digest]] = [:]
        var objects: [String: [String: EvidencePack.Object]] = [:]
        var environments: [String: String] = [:]
    }

    private let state = Mutex(State())

    func see(_ papers: [Paper], about subject: String, type: String) {
        state.withLock { state in
            for each in papers { state.papers[each.id] = each }
            state.answers[[subject, type]] = papers.map(\.id)
        }
    }

    func see(_ paper: Paper) { state.withLock { $0.papers[paper.id] = paper } }

    func see(_ object: EvidencePack.Object, _ id: ObjectID, in repository: String) {
        state.withLock { $0.objects[repository, default: [:]][id.hex] = object }
    }

    func see(environment: String, in repository: String) {
        state.withLock { $0.environments[environment] = repository }
    }

    var papers: [Paper] { state.withLock { Array($0.papers.values) } }
    var answers: [EvidencePack.Answer] {
        state.withLock { state in
            state.answers.map { .init(subject: $0.key[0], predicateType: $0.key[1], papers: $0.value) }
        }
    }
    var objects: [String: [String: EvidencePack.Object]] { state.withLock(\.objects) }
    var environments: [String: String] { state.withLock(\.environments) }

    /// The repository, read object by object so that each that matters is seen.
    func watching(_ git: any GitRepository, name: String) -> ObjectRepository {
        ObjectRepository(name: name) { [self] id throws(WaybillError) in
            guard let object = try await git.object(id) else { return nil }
            see(.init(type: object.type, bytes: object.bytes), id, in: name)
            return object
        }
    }
}

/// A ledger whose answers about papers are remembered.
struct WatchedLedger: EvidenceLedger {
    let ledger: any Ledger
    let recorder: EvidenceRecorder

    func papers(about subject: String, predicateType: String?) async throws(WaybillError) -> [Paper] {
        let papers = try await ledger.papers(about: subject, predicateType: predicateType)
        recorder.see(papers, about: subject, type: predicateType ?? "")
        return papers
    }

    func paper(_ id: Digest) async throws(WaybillError) -> Paper? {
        let paper = try await ledger.paper(id)
        if let paper { recorder.see(paper) }
        return paper
    }

    func deployments(runningOnly: Bool) async throws(WaybillError) -> [DeploymentRecord] {
        try await ledger.deployments(runningOnly: runningOnly)
    }
}

/// The ledger that a pack holds.
struct PackedLedger: EvidenceLedger {
    let pack: EvidencePack

    func papers(about subject: String, predicateType: String?) async throws(WaybillError) -> [Paper] {
        let answer = pack.answers.first {
            $0.subject.utf8.elementsEqual(subject.utf8)
                && $0.predicateType.utf8.elementsEqual((predicateType ?? "").utf8)
        }
        var found: [Paper] = []
        for id in answer?.papers ?? [] {
            guard let paper = try await paper(id) else {
                throw WaybillError(.corrupted, "is not in the pack", subject: "paper \(id)")
            }
            found.append(paper)
        }
        return found
    }

    func paper(_ id: Digest) async throws(WaybillError) -> Paper? {
        try pack.papers.first { $0.id == id }.map { paper throws(WaybillError) in try Self.checked(paper) }
    }

    func deployments(runningOnly: Bool) async throws(WaybillError) -> [DeploymentRecord] {
        pack.deployment.map { [$0] } ?? []
    }

    private static func checked(_ paper: Paper) throws(WaybillError) -> Paper {
        guard paper.envelope.digest == paper.id else {
            throw WaybillError(
                .corrupted, "the packed bytes do not have this digest", subject: "paper \(paper.id)",
                remedy: "ask for the pack again")
        }
        return paper
    }
}
