public import WaybillCore

/// Which release is where, what may go on, and what waits for what.
public struct PromotionBoard: Sendable {
    public struct Row: Sendable {
        public var environment: String
        public var current: Release?
        public var since: Int64?
        public var verification: PromotionFacts.Verification?
        /// The newest release that could come, and what stands in its way.
        public var next: Release?
        public var gates: [PromotionGate]
    }

    /// What is to be done without anybody's asking.
    public enum Step: Hashable, Sendable {
        case promote(release: Digest, environment: String)
        /// Go back to the newest release that was verified there before.
        case rollBack(environment: String, from: Digest, to: Digest)
    }

    public private(set) var rows: [Row] = []
    public private(set) var steps: [Step] = []
    /// When to look again because time alone may have opened a gate.
    public private(set) var nextLook: Int64?

    /// - Parameter order: the environments, first to last.
    public init(_ gates: PromotionGates, order: [String]) {
        let facts = gates.facts
        for environment in order {
            guard let settings = gates.environments[environment] else { continue }
            let placement = facts.current(in: environment)
            let current = placement.flatMap { place in facts.releases.first { $0.id == place.release } }
            let verification = placement.flatMap { facts.verification(of: $0.release, in: environment) }
            let next = Self.candidate(current, settings, facts)
            let answers = next.map { gates.judge($0, to: environment) } ?? []
            rows.append(
                Row(
                    environment: environment, current: current, since: placement?.since, verification: verification,
                    next: next, gates: answers))
            if let verification, !verification.isPassed, settings.rollsBack, let place = placement,
                let good = Self.lastGood(before: place, facts)
            {
                steps.append(.rollBack(environment: environment, from: place.release, to: good))
                continue
            }
            guard settings.isAutomatic, let next else { continue }
            if answers.allSatisfy(\.isOpen) {
                steps.append(.promote(release: next.id, environment: environment))
            } else if answers.allSatisfy({ $0.isOpen || $0.opens != nil }),
                let opens = answers.compactMap(\.opens).max()
            {
                nextLook = min(nextLook ?? opens, opens)
            }
        }
    }

    /// The newest release beyond the current one that came through every environment before this one, or, where none
    /// has yet, the newest of all.
    private static func candidate(
        _ current: Release?, _ settings: PromotionSettings, _ facts: PromotionFacts
    ) -> Release? {
        let newer = facts.releases.filter { release in
            release.id != current?.id && (current.map { release.created > $0.created } ?? true)
        }
        let arrived = newer.filter { release in
            settings.from.allSatisfy { facts.verification(of: release.id, in: $0)?.isPassed == true }
        }
        return arrived.max { $0.created < $1.created } ?? newer.max { $0.created < $1.created }
    }

    /// The newest that was verified here before the present one came.
    static func lastGood(before place: PromotionFacts.Placement, _ facts: PromotionFacts) -> Digest? {
        facts.placements
            .filter { earlier in
                earlier.environment == place.environment && earlier.release != place.release
                    && earlier.since <= place.since
                    && facts.verification(of: earlier.release, in: place.environment)?.isPassed == true
            }
            .max { $0.since < $1.since }?.release
    }
}
