import NIOHTTP1
public import OCI
public import WaybillCore

extension RegistryClient {
    public func referrers(
        of digest: Digest, artifactType: String?, in repository: String
    ) async throws(WaybillError) -> [Descriptor] {
        let found = try await listedReferrers(of: digest, in: repository)
        // A registry may leave the filtering to its client, so none is asked for.
        return found.filter { artifactType == nil || $0.artifactType == artifactType }.sorted { $0.digest < $1.digest }
    }

    private func listedReferrers(of digest: Digest, in repository: String) async throws(WaybillError) -> [Descriptor] {
        var found: [Descriptor] = []
        var next: String? = try Self.path(repository, "referrers", digest.description)
        for _ in 0..<RegistryLimits.pagesMax {
            guard let path = next else { break }
            let answer = try await transport.send(.GET, path)
            if answer.status == 404 { return try await taggedReferrers(of: digest, in: repository)?.manifests ?? [] }
            guard answer.status == 200 else {
                throw try await transport.failure(answer, "repository", "\(repository)@\(digest)")
            }
            let bytes = try await transport.body(answer, bytesMax: Manifest.bytesMax)
            found += try Index(parsing: bytes).manifests
            guard found.count <= RegistryLimits.entriesMax else {
                throw WaybillError(
                    .limitExceeded, "has more than \(RegistryLimits.entriesMax) referrers",
                    subject: "\(repository)@\(digest)")
            }
            next = try transport.nextPage(answer)
        }
        return found
    }

    /// The index under the digest's own tag; nil where there is none.
    private func taggedReferrers(of digest: Digest, in repository: String) async throws(WaybillError) -> Index? {
        do throws(WaybillError) {
            guard case .index(let index) = try await fetchManifest(ReferrersTag.name(of: digest), in: repository) else {
                throw WaybillError(
                    .invalidInput, "the tag for referrers holds no index",
                    subject: "\(repository):\(ReferrersTag.name(of: digest))")
            }
            return index
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Adds to the index under the subject's own tag. Two clients that do this at once can lose one entry: the scheme
    /// has no way to prevent it.
    func addReferrer(_ descriptor: Descriptor, to digest: Digest, in repository: String) async throws(WaybillError) {
        var manifests = try await taggedReferrers(of: digest, in: repository)?.manifests ?? []
        guard !manifests.contains(where: { $0.digest == descriptor.digest }) else { return }
        manifests.append(descriptor)
        try await push(.index(Index(manifests: manifests)), tag: ReferrersTag.name(of: digest), to: repository)
    }
}
