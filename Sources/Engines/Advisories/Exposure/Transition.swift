import Packages
public import WaybillCore

/// What an advisory means for one version of a package, as far as people act on it.
public struct ExposureState: Hashable, Sendable {
    /// The name that people quote.
    public var rule: String
    public var names: [String]
    public var severity: Severity
    public var fixedVersion: String?
    /// Since when attackers are known to use it.
    public var exploitedSince: String?
    public var summary: String

    init(_ hit: Hit) {
        rule = hit.matched.rule
        names = hit.matched.names.sorted
        severity = hit.matched.advisory.severity
        fixedVersion = hit.fixedVersion
        exploitedSince = hit.matched.exploitation?.knownSince
        summary = hit.matched.advisory.summary
    }
}

/// What a change of the data changes for a version of a package.
public struct Transition: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case opened, changed, closed
    }

    public var kind: Kind
    public var component: ExposureIndex.Component
    /// Nil for one that is opened.
    public var before: ExposureState?
    /// Nil for one that is closed.
    public var after: ExposureState?
    /// Why, in words for people.
    public var cause: String

    /// What it is about: the state after, or the one before where there is none.
    public var state: ExposureState? { after ?? before }
    public var severity: Severity { state?.severity ?? .unknown }
}

extension ExposureIndex {
    /// What every component falls under now.
    public func states(_ index: AdvisoryIndex) -> [Component: [ExposureState]] {
        let session = MatchingSession(index)
        var result: [Component: [ExposureState]] = [:]
        for key in keys {
            for component in components(of: key) {
                let states = session.hits(component.package).map(ExposureState.init)
                if !states.isEmpty { result[component] = states }
            }
        }
        return result
    }

    /// What a change of the data changes. Only packages that it names are looked at.
    ///
    /// The most severe first, then by package.
    public func transitions(
        from old: AdvisoryIndex, to new: AdvisoryIndex, touching touched: Set<AdvisoryIndex.Key>
    ) -> [Transition] {
        let before = MatchingSession(old), after = MatchingSession(new)
        var result: [Transition] = []
        var causes = TransitionCauses(old, new)
        for key in touched {
            for component in components(of: key) {
                let package = component.package
                result += Self.transitions(
                    component, before.hits(package).map(ExposureState.init),
                    after.hits(package).map(ExposureState.init), &causes)
            }
        }
        return result.sorted(by: inOrder)
    }

    private static func transitions(
        _ component: Component, _ before: [ExposureState], _ after: [ExposureState], _ causes: inout TransitionCauses
    ) -> [Transition] {
        if before == after { return [] }
        var result: [Transition] = []
        var open = before
        for state in after {
            let names = Set(state.names)
            guard
                let position = open.firstIndex(where: { $0.rule == state.rule })
                    ?? open.firstIndex(where: { !names.isDisjoint(with: $0.names) })
            else {
                result.append(.init(kind: .opened, component: component, after: state, cause: causes.opening(state)))
                continue
            }
            let previous = open.remove(at: position)
            if previous != state {
                result.append(
                    .init(
                        kind: .changed, component: component, before: previous, after: state,
                        cause: TransitionCauses.change(previous, state)))
            }
        }
        for state in open {
            result.append(.init(kind: .closed, component: component, before: state, cause: causes.closing(state)))
        }
        return result
    }

    private func inOrder(_ left: Transition, _ right: Transition) -> Bool {
        if left.severity != right.severity { return left.severity > right.severity }
        let kinds: [Transition.Kind] = [.opened, .changed, .closed]
        let ranks = (kinds.firstIndex(of: left.kind) ?? 0, kinds.firstIndex(of: right.kind) ?? 0)
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        if left.component.ecosystem != right.component.ecosystem {
            return left.component.ecosystem < right.component.ecosystem
        }
        let (one, other) = (left.component, right.component)
        if one.name != other.name { return one.name.utf8.lexicographicallyPrecedes(other.name.utf8) }
        if one.version != other.version { return one.version.utf8.lexicographicallyPrecedes(other.version.utf8) }
        let rules = (left.state?.rule ?? "", right.state?.rule ?? "")
        return rules.0.utf8.lexicographicallyPrecedes(rules.1.utf8)
    }
}

extension AdvisoryDelta {
    /// The packages whose answers may differ, also those about whose weaknesses only something new is known of attackers.
    ///
    /// - Parameter cves: about whose use by attackers something changed.
    public func touched(_ index: AdvisoryIndex, old: AdvisoryIndex, exploited cves: Set<String>) -> Set<
        AdvisoryIndex.Key
    > {
        var keys = touched
        // A record may have spoken of other packages before.
        for advisory in added + changed + retracted {
            if let before = old[advisory.id] { keys.formUnion(AdvisoryIndex.keys(of: before)) }
        }
        for cve in cves {
            for advisory in index.advisories(named: cve) { keys.formUnion(AdvisoryIndex.keys(of: advisory)) }
        }
        return keys
    }
}
