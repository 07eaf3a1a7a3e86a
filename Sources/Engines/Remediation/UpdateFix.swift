import Packages
import WaybillCore

/// Takes the newest version of everything that a Maven project names, as far as it is allowed.
public enum UpdateFix {
    /// - Parameter models: the project first, then those parents whose files belong to it.
    public static func result(
        _ models: [ProjectModel], _ universe: PackageUniverse, _ options: RemediationOptions
    ) -> RemediationResult {
        var result = RemediationResult(ecosystem: universe.ecosystem, strategy: .update)
        var seen: Set<VulnerablePackage> = []
        var patch = RemediationPatch()
        for model in models {
            for entry in model.dependencies + model.management {
                guard let version = entry.version.map(model.resolved), !version.contains("${") else { continue }
                if !options.includesDevelopment, entry.scope == "test" { continue }
                add(entry.name, version, universe, options, &seen, &patch)
            }
            if let parent = model.parent { add(parent.name, parent.version, universe, options, &seen, &patch) }
        }
        if !patch.updates.isEmpty { result.patches = [patch] }
        return result
    }

    private static func add(
        _ name: String, _ version: String, _ universe: PackageUniverse, _ options: RemediationOptions,
        _ seen: inout Set<VulnerablePackage>, _ patch: inout RemediationPatch
    ) {
        let level = options.level(of: name)
        guard level != .none, seen.insert(VulnerablePackage(name: name, version: version)).inserted else { return }
        let isRange = version.hasPrefix("[") || version.hasPrefix("(")
        guard let present = isRange ? universe.best(name, version) : version else { return }
        let newer = MavenVersions.greater(than: present, of: name, universe)
            .filter { level.allows(VersionStep(from: present, to: $0)) }
        let wanted = newer.filter { MavenVersions.isPrerelease(present) || !MavenVersions.isPrerelease($0) }
        guard let latest = wanted.last, !isRange || !MavenRange.contains(latest, in: version) else { return }
        patch.updates.append(.init(name: name, from: version, to: latest, isTransitive: false))
    }
}
