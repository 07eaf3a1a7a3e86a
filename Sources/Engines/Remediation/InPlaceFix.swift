public import Advisories
import Packages
import WaybillCore

/// Moves locked versions to others that everything in the lockfile agrees with, without asking for anything new.
public enum InPlaceFix {
    public static func result(
        _ lockfile: NpmLockfile, _ universe: PackageUniverse, _ advisories: [Advisory], _ options: RemediationOptions
    ) -> RemediationResult {
        let search = VulnerabilitySearch(advisories, universe.ecosystem)
        let found = search.find(in: lockfile.graph, options)
        let all = patches(lockfile.graph, found, universe, search, options)
        var result = RemediationResult(ecosystem: universe.ecosystem, strategy: .inPlace)
        let fixable = Set(
            all.flatMap { patch in patch.fixed.map { [$0.id, $0.packages[0].name, $0.packages[0].version] } })
        for vulnerability in found {
            for package in vulnerability.occurrence(in: lockfile.graph).packages {
                let isFixable = fixable.contains([vulnerability.advisory.id, package.name, package.version])
                result.vulnerabilities.append(
                    .init(id: vulnerability.advisory.id, packages: [package], isUnactionable: !isFixable))
            }
        }
        result.patches = RemediationPatch.chosen(from: all, options, isPerPackage: true)
        return result
    }

    /// Every patch that is possible, best first.
    public static func patches(
        _ lockfile: NpmLockfile, _ universe: PackageUniverse, _ advisories: [Advisory], _ options: RemediationOptions
    ) -> [RemediationPatch] {
        let search = VulnerabilitySearch(advisories, universe.ecosystem)
        return patches(lockfile.graph, search.find(in: lockfile.graph, options), universe, search, options)
    }

    private struct Candidate {
        var version: String
        var fixed: [Advisory]
    }

    private static func patches(
        _ graph: DependencyGraph, _ found: [GraphVulnerability], _ universe: PackageUniverse,
        _ search: VulnerabilitySearch, _ options: RemediationOptions
    ) -> [RemediationPatch] {
        var incoming: [VulnerablePackage: [Requirement]] = [:]
        for edge in graph.edges {
            let node = graph.nodes[edge.to]
            incoming[VulnerablePackage(name: node.name, version: node.version), default: []].append(edge.requirement)
        }
        var candidates: [VulnerablePackage: [Candidate]] = [:]
        for vulnerability in found {
            for index in vulnerability.nodes {
                let node = graph.nodes[index]
                let package = VulnerablePackage(name: node.name, version: node.version)
                guard options.level(of: node.name) != .none else { continue }
                var list = candidates[package] ?? []
                var isFixed = false
                for position in list.indices
                where !search.isAffected(vulnerability.advisory, node.name, list[position].version) {
                    if !list[position].fixed.contains(where: { $0.id == vulnerability.advisory.id }) {
                        list[position].fixed.append(vulnerability.advisory)
                    }
                    isFixed = true
                }
                if !isFixed,
                    let version = newest(
                        index, vulnerability.advisory, incoming[package] ?? [], graph, universe, search, options)
                {
                    var fixed = [vulnerability.advisory]
                    for other in list.flatMap(\.fixed)
                    where !fixed.contains(where: { $0.id == other.id }) && !search.isAffected(other, node.name, version)
                    {
                        fixed.append(other)
                    }
                    list.append(Candidate(version: version, fixed: fixed))
                }
                candidates[package] = list
            }
        }
        let ordering = universe.ecosystem.ordering ?? .semver
        return candidates.flatMap { package, list in list.map { patch(package, $0) } }
            .sorted { RemediationPatch.isBetter($0, $1, ordering) }
    }

    private static func patch(_ package: VulnerablePackage, _ candidate: Candidate) -> RemediationPatch {
        RemediationPatch(
            updates: [.init(name: package.name, from: package.version, to: candidate.version, isTransitive: true)],
            fixed: candidate.fixed.map { VulnerabilityOccurrence(id: $0.id, packages: [package]) }
                .sorted { $0.id < $1.id })
    }

    /// The newest version that is not affected, that everybody who asks for the package allows, and whose own
    /// requirements are met by what is installed already.
    private static func newest(
        _ index: Int, _ advisory: Advisory, _ asking: [Requirement], _ graph: DependencyGraph,
        _ universe: PackageUniverse, _ search: VulnerabilitySearch, _ options: RemediationOptions
    ) -> String? {
        let node = graph.nodes[index]
        let level = options.level(of: node.name)
        let installed = graph.edges.filter { $0.from == index }
        return universe.versions(of: node.name).last { version in
            level.allows(VersionStep(from: node.version, to: version))
                && !search.isAffected(advisory, node.name, version)
                && asking.allSatisfy { Constraint.allows($0.constraint, version, universe.ecosystem) }
                && isMet(universe.requirements(of: node.name, version) ?? [], installed, graph, universe.ecosystem)
        }
    }

    private static func isMet(
        _ requirements: [Requirement], _ installed: [DependencyGraph.Edge], _ graph: DependencyGraph,
        _ ecosystem: Ecosystem
    ) -> Bool {
        requirements.allSatisfy { requirement in
            if requirement.isDevelopment { return true }
            let edge = installed.first {
                $0.requirement.installedName == requirement.installedName && graph.nodes[$0.to].name == requirement.name
            }
            guard let edge else {
                return requirement.isOptional
                    || requirements.contains { $0.isOptional && $0.installedName == requirement.installedName }
            }
            return Constraint.allows(requirement.constraint, graph.nodes[edge.to].version, ecosystem)
        }
    }
}
