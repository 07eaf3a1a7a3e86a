import Attestations
import Delivery
import GitRepositories
import WaybillCore

extension AgentService {
    /// The files of an environment: the revision's own, or those of the artifact that it names. An artifact that may not
    /// be taken leaves the one before.
    func content(
        of environment: EnvironmentEntry, _ tree: RevisionTree, _ state: inout AgentState
    ) async throws(WaybillError) -> ArtifactAnswer {
        guard let settings = environment.artifact else {
            if state.artifact != nil {
                state.artifact = nil
                try await save(state)
            }
            return ArtifactAnswer(files: tree)
        }
        guard let source = doors.artifacts else {
            throw WaybillError(.unsupported, "this agent reads no artifacts", subject: settings.repository)
        }
        guard let key = try await tree.bytes(of: settings.key) else {
            throw WaybillError(.notFound, "the key of the artifact is not in the repository", subject: settings.key)
        }
        do throws(WaybillError) {
            let files = try await newest(settings, key, source, &state)
            return ArtifactAnswer(files: RevisionTree(files, at: tree.revision))
        } catch {
            guard Self.isRevisionsFault(error) else { throw error }
            let finding = AgentRule.artifact(settings, "\(error.subject): \(error.message)", remedy: error.remedy)
            guard let mark = state.artifact, mark.repository == settings.repository else {
                return ArtifactAnswer(refusal: [finding])
            }
            do throws(WaybillError) {
                let files = try await files(mark.digest, settings, key, source)
                return ArtifactAnswer(files: RevisionTree(files, at: tree.revision), refusal: [finding])
            } catch {
                // Also the one before is not to be had: what is there stays, and the first reason is said.
                return ArtifactAnswer(refusal: [finding])
            }
        }
    }

    /// What the settings stand for now, verified, and no older than what was accepted before.
    private func newest(
        _ settings: ArtifactSettings, _ key: [UInt8], _ source: any ArtifactSource, _ state: inout AgentState
    ) async throws(WaybillError) -> ArtifactFiles {
        let digest = try await source.resolve(settings)
        let files = try await files(digest, settings, key, source)
        let mark = state.artifact.flatMap { $0.repository == settings.repository ? $0 : nil }
        guard mark?.digest != digest else { return files }
        if case .tag(let tag) = settings.version {
            guard let created = files.artifact.created else {
                throw WaybillError(
                    .forbidden, "does not say when it was made, so that nobody can tell whether it is newer",
                    subject: "\(settings.repository):\(tag)",
                    remedy: "push it with the annotation org.opencontainers.image.created, as flux push artifact does")
            }
            if let mark, created.seconds <= mark.created {
                throw WaybillError(
                    .forbidden,
                    "\(digest.short) was made at \(created), before \(mark.digest.short), which was accepted already",
                    subject: "\(settings.repository):\(tag)",
                    remedy: "to go back, name the digest in waybill.yaml by a signed commit")
            }
        }
        // From now on the tag cannot lead back behind this artifact, whatever happens.
        state.artifact = ArtifactMark(
            repository: settings.repository, digest: digest, created: files.artifact.created?.seconds ?? 0)
        try await save(state)
        return files
    }

    private func files(
        _ digest: Digest, _ settings: ArtifactSettings, _ key: [UInt8], _ source: any ArtifactSource
    ) async throws(WaybillError) -> ArtifactFiles {
        let keyDigest = Digest.sha256(of: key)
        if let known = artifacts[digest], known.key == keyDigest { return known }
        let files = try ArtifactFiles(
            try await source.read(digest, of: settings, key: key), key: keyDigest)
        artifacts[digest] = files
        return files
    }

    /// The files that an application's content was rendered from.
    func tree(of content: ApplicationRecord.Content) async throws(WaybillError) -> RevisionTree {
        guard let digest = content.artifact else { return try await tree(content.revision) }
        guard let files = artifacts[digest] else {
            throw WaybillError(.notFound, "the artifact is not at hand", subject: digest.description)
        }
        return RevisionTree(files, at: content.revision)
    }

    static func refused(_ refusal: [Finding], _ state: AgentState, _ head: ObjectID) -> AgentCondition {
        AgentCondition(
            .refused, revision: state.applied, head: head, message: stays(state.applied, refusal), violations: refusal)
    }

    /// What was kept stands, and that the newest was not taken is said.
    static func refused(_ refusal: [Finding], _ kept: AgentCondition) -> AgentCondition {
        var condition = kept
        condition.state = .refused
        condition.message = stays(kept.revision, refusal)
        condition.violations = refusal + kept.violations
        return condition
    }
}
