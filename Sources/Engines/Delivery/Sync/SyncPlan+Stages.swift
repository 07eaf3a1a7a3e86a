import Kubernetes

extension SyncPlan {
    /// What the stages are made of.
    struct Parts {
        var apply: [Resource]
        var replaced: Set<ObjectKey>
        var prune: [ObjectKey]
        var desired: [Resource]
        var live: [ObjectKey: Resource]
        var marks: [ObjectKey: SyncMarks]
        var hooks: [SyncHook]

        func wave(_ key: ObjectKey) -> Int { marks[key]?.wave ?? 0 }
    }

    /// Phases, in them waves, in them tiers; at the end what goes, backwards.
    ///
    /// A wave begins when every object of the waves before is healthy, also those that were there already. Where
    /// everything is in one wave, nothing waits but for definitions.
    static func stages(_ parts: Parts) -> [SyncStage] {
        var stages: [SyncStage] = []
        var hooksBefore: [ObjectKey] = []
        for phase in [SyncPhase.preSync, .sync, .postSync] {
            let hooks = parts.hooks.filter { $0.phase == phase }
            let objects = phase == .sync ? parts.apply : []
            for wave in Set(hooks.map(\.wave) + objects.map { parts.wave($0.key) }).sorted() {
                let before =
                    phase == .preSync
                    ? []
                    : parts.desired.map(\.key).filter { key in
                        phase == .postSync || parts.wave(key) < wave
                    }
                var definitions: [ObjectKey] = []
                for tier in ApplyTier.allCases {
                    var actions: [SyncAction] =
                        objects
                        .filter { parts.wave($0.key) == wave && ApplyTier($0.objectKind) == tier }
                        .map { parts.replaced.contains($0.key) ? .replace($0) : .apply($0) }
                    if tier == .rest { actions += hooks.filter { $0.wave == wave }.map(SyncAction.hook) }
                    guard !actions.isEmpty else { continue }
                    stages.append(
                        SyncStage(
                            phase: phase, wave: wave, tier: tier, actions: actions, requires: before + definitions,
                            requiredHooks: hooksBefore))
                    if tier == .definitions { definitions = actions.map(\.key) }
                }
                hooksBefore += hooks.filter { $0.wave == wave }.map(\.resource.key)
            }
        }
        return stages + pruning(parts)
    }

    /// Webhooks go first: what is about to vanish must not refuse anything.
    private static func pruning(_ parts: Parts) -> [SyncStage] {
        struct Place: Hashable {
            var wave: Int
            var tier: ApplyTier
        }
        var groups: [Place: [ObjectKey]] = [:]
        for key in parts.prune {
            let wave = parts.live[key].map { SyncMarks($0).wave } ?? 0
            groups[Place(wave: wave, tier: ApplyTier(key.kind)), default: []].append(key)
        }
        let places = groups.keys.sorted { ($1.wave, $1.tier.rawValue) < ($0.wave, $0.tier.rawValue) }
        return places.map { place in
            SyncStage(
                phase: .sync, wave: place.wave, tier: place.tier,
                actions: (groups[place] ?? []).map(SyncAction.prune), requires: [], requiredHooks: [])
        }
    }
}
