public import Advisories
import Packages
public import WaybillCore

/// Says from above which version of a vulnerable package a Maven project takes.
public enum OverrideFix {
    static let roundsMax = 100

    /// - Parameter models: the project first, then its parents from near to far.
    public static func result(
        _ models: [ProjectModel], _ universe: PackageUniverse, _ advisories: [Advisory], _ options: RemediationOptions
    ) throws(WaybillError) -> RemediationResult {
        let search = VulnerabilitySearch(advisories, universe.ecosystem)
        let graph = try MavenResolver.resolve(MavenRequirements(models), universe)
        let all = try patches(models, universe, advisories, options)
        let fixable = Set(all.flatMap { $0.fixed.map(\.id) })
        var result = RemediationResult(ecosystem: universe.ecosystem, strategy: .override)
        for vulnerability in search.find(in: graph, options) {
            var occurrence = vulnerability.occurrence(in: graph)
            occurrence.isUnactionable = !fixable.contains(occurrence.id)
            result.vulnerabilities.append(occurrence)
        }
        result.patches = RemediationPatch.chosen(from: all, options, isPerPackage: false)
        if !options.mayAddManagement {
            let own = Set((models.first?.dependencies ?? []).map(\.name) + (models.first?.management ?? []).map(\.name))
            for index in result.patches.indices { result.patches[index].updates.removeAll { !own.contains($0.name) } }
            result.patches.removeAll(where: \.updates.isEmpty)
        }
        return result
    }

    /// Every patch that is possible, best first.
    public static func patches(
        _ models: [ProjectModel], _ universe: PackageUniverse, _ advisories: [Advisory], _ options: RemediationOptions
    ) throws(WaybillError) -> [RemediationPatch] {
        let search = VulnerabilitySearch(advisories, universe.ecosystem)
        let requirements = MavenRequirements(models)
        let start = Attempt(requirements: requirements, graph: try MavenResolver.resolve(requirements, universe))
        let found = search.find(in: start.graph, options)
        return try PatchSearch.all(found, isGrouped: true, universe) { (ids) throws(WaybillError) in
            guard let end = try overridden(start, ids, universe, search, options) else { return nil }
            return patch(start, end, found, search, options)
        }
    }

    private struct Attempt {
        var requirements: MavenRequirements
        var graph: DependencyGraph
    }

    private static func overridden(
        _ start: Attempt, _ ids: Set<String>, _ universe: PackageUniverse, _ search: VulnerabilitySearch,
        _ options: RemediationOptions
    ) throws(WaybillError) -> Attempt? {
        var attempt = start
        for _ in 0..<roundsMax {
            var affected: [VulnerablePackage: [Advisory]] = [:]
            for vulnerability in search.find(in: attempt.graph, options) where ids.contains(vulnerability.advisory.id) {
                for node in vulnerability.nodes {
                    let package = attempt.graph.nodes[node]
                    // Whether another version has that classifier or type cannot be known.
                    if attempt.graph.edges.contains(where: { $0.to == node && $0.requirement.hasVariant }) {
                        return nil
                    }
                    let key = VulnerablePackage(name: package.name, version: package.version)
                    if affected[key]?.contains(where: { $0.id == vulnerability.advisory.id }) != true {
                        affected[key, default: []].append(vulnerability.advisory)
                    }
                }
            }
            var hasChanged = false
            for (package, advisories) in affected.sorted(by: { $0.key < $1.key }) {
                guard let version = best(package, advisories, universe, search, options) else { continue }
                attempt.requirements.override(package.name, with: version)
                hasChanged = true
            }
            if !hasChanged { break }
            attempt.graph = try MavenResolver.resolve(attempt.requirements, universe)
        }
        return attempt
    }

    /// The lowest version that leaves the fewest of the weaknesses; nil where none is better than the present one.
    private static func best(
        _ package: VulnerablePackage, _ advisories: [Advisory], _ universe: PackageUniverse,
        _ search: VulnerabilitySearch, _ options: RemediationOptions
    ) -> String? {
        let level = options.level(of: package.name)
        var best: (version: String, left: Int)?
        for version in MavenVersions.greater(than: package.version, of: package.name, universe) {
            guard level.allows(VersionStep(from: package.version, to: version)) else { break }
            let left = advisories.filter { search.isAffected($0, package.name, version) }.count
            if left < best?.left ?? advisories.count { best = (version, left) }
            if left == 0 { break }
        }
        return best?.version
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
        for (old, new) in zip(start.requirements.direct, end.requirements.direct) where old.constraint != new.constraint
        {
            patch.updates.append(.init(name: old.name, from: old.constraint, to: new.constraint, isTransitive: false))
        }
        let direct = Set(patch.updates.map(\.name))
        for (name, version) in end.requirements.managed
        where start.requirements.managed[name] != version && !direct.contains(name) {
            patch.updates.append(
                .init(name: name, from: start.requirements.managed[name] ?? "", to: version, isTransitive: true))
        }
        patch.updates.sort { ($0.name, $0.from, $0.to) < ($1.name, $1.from, $1.to) }
        return patch
    }
}
