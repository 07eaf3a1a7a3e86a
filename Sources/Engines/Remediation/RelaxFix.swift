public import Advisories
import Packages
public import WaybillCore

/// Loosens what a project asks for directly, one step after the other, until a weakness is gone.
public enum RelaxFix {
    /// Relaxing goes on for at most this many rounds.
    static let roundsMax = 100

    /// - Parameter lockfile: what is installed now; weaknesses that installing anew would remove are told as a first patch.
    public static func result(
        _ manifest: PackageManifest, lockfile: NpmLockfile? = nil, _ universe: PackageUniverse,
        _ advisories: [Advisory], _ options: RemediationOptions
    ) throws(WaybillError) -> RemediationResult {
        let search = VulnerabilitySearch(advisories, universe.ecosystem)
        let graph = try NpmResolver.resolve(manifest.requirements, universe)
        let found = search.find(in: graph, options)
        var result = RemediationResult(ecosystem: universe.ecosystem, strategy: .relax)
        if let lockfile {
            let known = Set(found.map(\.advisory.id))
            let gone = search.find(in: lockfile.graph, options).filter { !known.contains($0.advisory.id) }
                .map { $0.occurrence(in: lockfile.graph) }
            if !gone.isEmpty {
                result.vulnerabilities += gone
                result.patches.append(RemediationPatch(fixed: gone))
            }
        }
        let all = try patches(manifest, universe, advisories, options)
        let fixable = Set(all.flatMap { $0.fixed.map(\.id) })
        for vulnerability in found {
            var occurrence = vulnerability.occurrence(in: graph)
            occurrence.isUnactionable = !fixable.contains(occurrence.id)
            result.vulnerabilities.append(occurrence)
        }
        result.patches += RemediationPatch.chosen(from: all, options, isPerPackage: false)
        return result
    }

    /// Every patch that is possible, best first.
    public static func patches(
        _ manifest: PackageManifest, _ universe: PackageUniverse, _ advisories: [Advisory],
        _ options: RemediationOptions
    ) throws(WaybillError) -> [RemediationPatch] {
        let search = VulnerabilitySearch(advisories, universe.ecosystem)
        let start = Attempt(
            requirements: manifest.requirements, graph: try NpmResolver.resolve(manifest.requirements, universe))
        let found = search.find(in: start.graph, options)
        return try PatchSearch.all(found, isGrouped: false, universe) { (ids) throws(WaybillError) in
            guard let end = try relaxed(start, ids, universe, search, options) else { return nil }
            return patch(start, end, found, search, options)
        }
    }

    private struct Attempt {
        var requirements: [Requirement]
        var graph: DependencyGraph
    }

    private static func relaxed(
        _ start: Attempt, _ ids: Set<String>, _ universe: PackageUniverse, _ search: VulnerabilitySearch,
        _ options: RemediationOptions
    ) throws(WaybillError) -> Attempt? {
        var attempt = start
        for _ in 0..<roundsMax {
            let wanted = constraining(attempt, ids, universe, search, options)
            if wanted.isEmpty { return attempt }
            for name in wanted {
                guard let position = attempt.requirements.firstIndex(where: { $0.installedName == name }),
                    let looser = NpmRelaxation.relaxed(attempt.requirements[position], universe, options)
                else { return nil }
                attempt.requirements[position].constraint = looser
            }
            attempt.graph = try NpmResolver.resolve(attempt.requirements, universe)
        }
        return nil
    }

    /// The project's own requirements that hold a vulnerable version in place.
    private static func constraining(
        _ attempt: Attempt, _ ids: Set<String>, _ universe: PackageUniverse, _ search: VulnerabilitySearch,
        _ options: RemediationOptions
    ) -> [String] {
        var names: Set<String> = []
        for vulnerability in search.find(in: attempt.graph, options) where ids.contains(vulnerability.advisory.id) {
            for node in vulnerability.nodes {
                let package = attempt.graph.nodes[node]
                let incoming = attempt.graph.edges.filter { $0.to == node }
                // Who would take a sound version if it could is not to blame.
                var holding = incoming.filter { edge in
                    guard let best = universe.best(package.name, edge.requirement.constraint) else { return true }
                    return search.isAffected(vulnerability.advisory, package.name, best)
                }
                if holding.isEmpty { holding = incoming }
                let edges = attempt.graph.edges.filter { $0.to != node } + holding
                let above = attempt.graph.ancestors(of: node, through: edges)
                for edge in edges where edge.from == 0 {
                    guard let distance = above[edge.to] else { continue }
                    if let most = options.depthMax, distance + 1 > most { continue }
                    names.insert(edge.requirement.installedName)
                }
            }
        }
        return names.sorted()
    }

    private static func patch(
        _ start: Attempt, _ end: Attempt, _ found: [GraphVulnerability], _ search: VulnerabilitySearch,
        _ options: RemediationOptions
    ) -> RemediationPatch {
        var patch = RemediationPatch()
        let left = search.find(in: end.graph, options)
        let before = Set(found.map(\.advisory.id)), after = Set(left.map(\.advisory.id))
        patch.fixed = found.filter { !after.contains($0.advisory.id) }.map { $0.occurrence(in: start.graph) }
        patch.introduced = left.filter { !before.contains($0.advisory.id) }.map { $0.occurrence(in: end.graph) }
        for (old, new) in zip(start.requirements, end.requirements) where old.constraint != new.constraint {
            patch.updates.append(
                .init(name: old.name, from: old.constraint, to: new.constraint, isTransitive: false))
        }
        patch.updates.sort { ($0.name, $0.from) < ($1.name, $1.from) }
        return patch
    }
}

/// The next looser requirement: `1.2.3` → `~1.2.4` → `^1.4.5` → `^2.6.7`.
enum NpmRelaxation {
    static func relaxed(_ requirement: Requirement, _ universe: PackageUniverse, _ options: RemediationOptions)
        -> String?
    {
        let level = options.level(of: requirement.name)
        guard level != .none else { return nil }
        let versions = universe.versions(of: requirement.name).compactMap { SemanticVersion($0, .loose) }
        let range =
            NpmRange(requirement.constraint, .loose)
            ?? universe.best(requirement.name, "*").flatMap { NpmRange($0, .loose) }
        guard let range, let last = versions.lastIndex(where: range.contains) else { return nil }
        // The next version above the range, a release where there is one.
        let above = versions[(last + 1)...]
        guard let next = above.firstIndex(where: \.prerelease.isEmpty) ?? above.indices.first else { return nil }
        let isRelease = versions[next].prerelease.isEmpty
        var from = versions[last]
        var step = VersionStep(from: from.description, to: versions[next].description)
        guard level.allows(step) else { return nil }
        if step == .major {
            // One major version at a time.
            from = versions[next]
            step = .minor
        }
        var best = versions[next]
        for version in versions[(next + 1)...] {
            let further = VersionStep(from: from.description, to: version.description)
            guard level.allows(further), further <= step else { break }
            if version.prerelease.isEmpty || !isRelease { best = version }
        }
        return (step <= .patch ? "~" : "^") + best.description
    }
}
