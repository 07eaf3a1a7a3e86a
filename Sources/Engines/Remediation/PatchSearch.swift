import Advisories
import Packages
import WaybillCore

/// Tries to remove each weakness alone, and then what that brought.
enum PatchSearch {
    /// Combinations of introduced weaknesses can be many.
    static let attemptsMax = 2000

    /// - Parameters:
    ///   - isGrouped: whether all introduced weaknesses are tried together, or each by itself.
    ///   - attempt: the patch that removes some weaknesses; nil where it is impossible.
    static func all(
        _ found: [GraphVulnerability], isGrouped: Bool, _ universe: PackageUniverse,
        _ attempt: (Set<String>) throws(WaybillError) -> RemediationPatch?
    ) throws(WaybillError) -> [RemediationPatch] {
        var pending = found.map { Set([$0.advisory.id]) }
        var seen = Set(pending)
        var patches: [RemediationPatch] = []
        var next = 0
        while next < pending.count, next < attemptsMax {
            let ids = pending[next]
            next += 1
            guard let patch = try attempt(ids), !patch.updates.isEmpty else { continue }
            if !patches.contains(where: { $0.updates == patch.updates }) { patches.append(patch) }
            let brought = patch.introduced.map(\.id).filter { !ids.contains($0) }
            let further = isGrouped ? (brought.isEmpty ? [] : [ids.union(brought)]) : brought.map { ids.union([$0]) }
            for more in further where seen.insert(more).inserted { pending.append(more) }
        }
        let ordering = universe.ecosystem.ordering ?? .semver
        return patches.sorted { RemediationPatch.isBetter($0, $1, ordering) }
    }
}
