import AgentService
import Attestations
import Delivery
import Synchronization
import WaybillCore

/// A registry of artifacts in memory: what is signed by which key is written down beside them.
final class FakeArtifacts: ArtifactSource, Sendable {
    struct Pushed: Sendable {
        var artifact: Artifact
        var key: String?
    }

    private struct State {
        var pushed: [Digest: Pushed] = [:]
        var tag: Digest?
        var reads = 0
        var isDown = false
    }

    private let state = Mutex(State())

    var reads: Int { state.withLock { $0.reads } }
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func move(to digest: Digest) { state.withLock { $0.tag = digest } }

    /// Pushes files, and moves the tag to them.
    @discardableResult
    func push(_ files: [String: String], created: Int64?, key: String? = "key one") -> Digest {
        let text = files.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined() + "\(created ?? 0)"
        let digest = Digest.sha256(of: text.utf8)
        let artifact = Artifact(
            digest: digest, created: created.map { Timestamp(seconds: $0) },
            files: files.mapValues { Array($0.utf8) })
        state.withLock {
            $0.pushed[digest] = Pushed(artifact: artifact, key: key)
            $0.tag = digest
        }
        return digest
    }

    private func check() throws(WaybillError) {
        guard !state.withLock({ $0.isDown }) else {
            throw WaybillError(.unavailable, "the registry cannot be reached", subject: "registry")
        }
    }

    func resolve(_ settings: ArtifactSettings) async throws(WaybillError) -> Digest {
        try check()
        if case .digest(let digest) = settings.version { return digest }
        guard let digest = state.withLock({ $0.tag }) else {
            throw WaybillError(.notFound, "there is no such tag", subject: settings.repository)
        }
        return digest
    }

    func read(_ digest: Digest, of settings: ArtifactSettings, key: [UInt8]) async throws(WaybillError) -> Artifact {
        try check()
        let found = state.withLock { state in
            state.reads += 1
            return state.pushed[digest]
        }
        guard let found else { throw WaybillError(.notFound, "there is no such artifact", subject: "\(digest)") }
        guard found.key.map({ Array($0.utf8) }) == key else {
            throw WaybillError(.forbidden, "is not signed by the key", subject: "\(digest)")
        }
        return found.artifact
    }
}
