public import WaybillCore

/// Puts the releases of a project together from the images that passed their gates, its own and those of the projects
/// that go with it.
///
/// Whenever one of these projects passes, a release is made of the newest image of each: the same history always gives
/// the same releases. It belongs to the leading project's newest commit, whose `waybill.yaml` says what goes with it.
public struct ReleaseAssembly: Sendable {
    /// A commit whose image passed every gate.
    public struct Passed: Hashable, Sendable {
        public var project: String
        public var commit: String
        /// The image's name in manifests.
        public var name: String
        public var image: Digest
        /// Seconds since 1970.
        public var time: Int64
        public var authors: [String]

        public init(
            project: String, commit: String, name: String, image: Digest, time: Int64, authors: [String] = []
        ) {
            self.project = project
            self.commit = commit
            self.name = name
            self.image = image
            self.time = time
            self.authors = authors
        }
    }

    public let project: String
    /// The projects that go with each of its commits; none where a commit is not named.
    public let companions: [String: [String]]

    public init(project: String, companions: [String: [String]]) {
        self.project = project
        self.companions = companions
    }

    /// The releases, oldest first, each once.
    /// - Parameter passed: oldest first, of all projects.
    public func releases(from passed: some Sequence<Passed>) throws(WaybillError) -> [Release] {
        var newest: [String: Passed] = [:]
        var releases: [Release] = []
        var seen: Set<Digest> = []
        for event in passed {
            newest[event.project] = event
            guard let leader = newest[project] else { continue }
            let others = companions[leader.commit] ?? []
            guard event.project == project || others.contains(event.project) else { continue }
            let parts = [leader] + others.compactMap { newest[$0] }
            // What has not passed yet is not left out of a release: there is none until then.
            guard parts.count == others.count + 1 else { continue }
            let release = try release(leader, parts, at: event.time)
            if seen.insert(release.id).inserted { releases.append(release) }
        }
        return releases
    }

    private func release(_ leader: Passed, _ parts: [Passed], at time: Int64) throws(WaybillError) -> Release {
        var images: [String: Digest] = [:]
        for part in parts {
            guard images.updateValue(part.image, forKey: part.name) == nil else {
                throw WaybillError(
                    .invalidInput, "two projects of one release push the image \(Redaction.excerpt(part.name))",
                    subject: project, remedy: "give one of them another build.image")
            }
        }
        return Release(
            project: project, commit: leader.commit, images: images, created: time,
            authors: Set(parts.flatMap(\.authors)).sorted())
    }
}
