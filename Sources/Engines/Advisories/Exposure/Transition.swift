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

    init(_ match: Match) {
        rule = match.advisory.rule
        names = match.advisory.names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        severity = match.advisory.severity
        fixedVersion = match.fixedVersion
        exploitedSince = match.exploitation?.knownSince
        summary = match.advisory.summary
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
                let states = session.matches(component.package).map(ExposureState.init)
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
        for key in touched {
            for component in components(of: key) {
                let package = component.package
                result += Self.transitions(
                    component, before.matches(package).map(ExposureState.init),
                    after.matches(package).map(ExposureState.init), old, new)
            }
        }
        return result.sorted(by: inOrder)
    }

    private static func transitions(
        _ component: Component, _ before: [ExposureState], _ after: [ExposureState], _ old: AdvisoryIndex,
        _ new: AdvisoryIndex
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
                result.append(.init(kind: .opened, component: component, after: state, cause: opening(state, old)))
                continue
            }
            let previous = open.remove(at: position)
            if previous != state {
                result.append(
                    .init(
                        kind: .changed, component: component, before: previous, after: state,
                        cause: change(previous, state)))
            }
        }
        for state in open {
            result.append(.init(kind: .closed, component: component, before: state, cause: closing(state, new)))
        }
        return result
    }

    private static func opening(_ state: ExposureState, _ old: AdvisoryIndex) -> String {
        let known = state.names.contains { !old.advisories(named: $0).isEmpty }
        return known ? "the record now covers this version" : "the advisory was published"
    }

    private static func closing(_ state: ExposureState, _ new: AdvisoryIndex) -> String {
        let records = state.names.flatMap { new.advisories(named: $0) }
        if records.isEmpty { return "the advisory is gone" }
        return records.allSatisfy { $0.withdrawn != nil }
            ? "the advisory was withdrawn" : "the record does not cover this version any more"
    }

    private static func change(_ before: ExposureState, _ after: ExposureState) -> String {
        var parts: [String] = []
        if before.fixedVersion != after.fixedVersion {
            parts.append(after.fixedVersion.map { "it is fixed in \($0)" } ?? "the fix was taken back")
        }
        if before.severity != after.severity {
            parts.append("its severity went from \(before.severity.rawValue) to \(after.severity.rawValue)")
        }
        if before.exploitedSince != after.exploitedSince, after.exploitedSince != nil {
            parts.append("attackers are known to use it")
        }
        if before.names != after.names { parts.append("its names changed") }
        return parts.isEmpty ? "its description changed" : parts.joined(separator: ", ")
    }

    private func inOrder(_ left: Transition, _ right: Transition) -> Bool {
        if left.severity != right.severity { return left.severity > right.severity }
        let kinds: [Transition.Kind] = [.opened, .changed, .closed]
        let ranks = (kinds.firstIndex(of: left.kind) ?? 0, kinds.firstIndex(of: right.kind) ?? 0)
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        let one = [
            left.component.ecosystem.description, left.component.name, left.component.version, left.state?.rule ?? "",
        ]
        let other = [
            right.component.ecosystem.description, right.component.name, right.component.version,
            right.state?.rule ?? "",
        ]
        for (a, b) in zip(one, other) where a != b { return a.utf8.lexicographicallyPrecedes(b.utf8) }
        return false
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
