import WaybillCore

/// One thing that a release must meet, and whether it does.
public struct PromotionGate: Hashable, Sendable {
    /// A stable word: `upstream`, `soak`, `window`, `freeze`, `hold`, `stop`, `approvals`, `verdict`, `order`.
    public var name: String
    public var isOpen: Bool
    public var message: String
    /// When time alone will open it, seconds since 1970.
    public var opens: Int64?

    init(_ name: String, _ isOpen: Bool, _ message: String, opens: Int64? = nil) {
        self.name = name
        self.isOpen = isOpen
        self.message = message
        self.opens = opens
    }
}

/// Decides whether a release may come to an environment, from what was attested alone.
public struct PromotionGates: Sendable {
    public var facts: PromotionFacts
    /// Every environment's settings, by name.
    public var environments: [String: PromotionSettings]
    /// Seconds since 1970.
    public var now: Int64

    public init(facts: PromotionFacts, environments: [String: PromotionSettings], now: Int64) {
        self.facts = facts
        self.environments = environments
        self.now = now
    }

    /// Every gate, in a steady order.
    public func judge(_ release: Release, to environment: String) -> [PromotionGate] {
        guard let settings = environments[environment] else {
            return [PromotionGate("environment", false, "there is no environment \(environment)")]
        }
        let id = release.id
        var gates = [stop(id), hold(environment)]
        gates += settings.from.map { upstream(id, $0) }
        if settings.soak > .zero { gates += settings.from.map { soak(id, $0, settings.soak) } }
        if !settings.windows.isEmpty { gates.append(window(settings.windows)) }
        gates += settings.freezes.compactMap(freeze)
        gates.append(approvals(release, environment, settings))
        gates.append(verdict(id, environment))
        return gates
    }

    public func isAllowed(_ release: Release, to environment: String) -> Bool {
        judge(release, to: environment).allSatisfy(\.isOpen)
    }

    private func stop(_ id: Digest) -> PromotionGate {
        if let order = facts.orders.last(where: { $0.action == .stop && $0.release == id }) {
            return PromotionGate("stop", false, "\(order.person) stopped it\(Self.because(order))")
        }
        return PromotionGate("stop", true, "nobody stopped it")
    }

    private func hold(_ environment: String) -> PromotionGate {
        let last = facts.orders.last {
            ($0.action == .hold || $0.action == .resume) && $0.environment == environment
        }
        guard let last, last.action == .hold else { return PromotionGate("hold", true, "\(environment) is not held") }
        return PromotionGate("hold", false, "\(last.person) holds \(environment)\(Self.because(last))")
    }

    private func upstream(_ id: Digest, _ from: String) -> PromotionGate {
        guard let verification = facts.verification(of: id, in: from) else {
            return PromotionGate("upstream", false, "it was not verified in \(from)")
        }
        return PromotionGate(
            "upstream", verification.isPassed,
            verification.isPassed ? "verified in \(from)" : "failed in \(from): \(verification.message)")
    }

    /// Time counts from the verification on, and only while the release runs there: what was replaced after a minute
    /// has not soaked for a day.
    private func soak(_ id: Digest, _ from: String, _ wanted: Duration) -> PromotionGate {
        guard let verification = facts.verification(of: id, in: from), verification.isPassed else {
            return PromotionGate("soak", false, "it soaks once it is verified in \(from)")
        }
        var total: Int64 = 0
        var runs = false
        for place in facts.placements where place.release == id && place.environment == from {
            let start = max(place.since, verification.time), end = min(place.until ?? now, now)
            if end > start { total += end - start }
            runs = runs || place.until == nil
        }
        let missing = wanted.seconds - total
        guard missing > 0 else { return PromotionGate("soak", true, "soaked in \(from)") }
        let text = "\(Self.span(total)) of \(Self.span(wanted.seconds)) soaked in \(from)"
        return PromotionGate(
            "soak", false, runs ? text : text + ", and it no longer runs there", opens: runs ? now + missing : nil)
    }

    private func window(_ windows: [PromotionWindow]) -> PromotionGate {
        let opens = windows.map { $0.opens(from: now) }.min() ?? now
        return opens <= now
            ? PromotionGate("window", true, "a window is open")
            : PromotionGate("window", false, "the next window opens in \(Self.span(opens - now))", opens: opens)
    }

    private func freeze(_ freeze: PromotionFreeze) -> PromotionGate? {
        guard let end = freeze.end(at: now) else { return nil }
        return PromotionGate("freeze", false, "frozen until \(freeze.to): \(freeze.reason)", opens: end)
    }

    /// Bound to this release and this environment; a person's last word counts, and one person counts once.
    private func approvals(_ release: Release, _ environment: String, _ settings: PromotionSettings) -> PromotionGate {
        var words: [String: ReleaseOrder] = [:]
        for order in facts.orders
        where order.release == release.id && order.environment == environment
            && (order.action == .approve || order.action == .reject)
        {
            words[order.person] = order
        }
        if let rejection = words.values.sorted(by: { $0.person < $1.person }).first(where: { $0.action == .reject }) {
            return PromotionGate("approvals", false, "\(rejection.person) rejected it\(Self.because(rejection))")
        }
        guard settings.approvals > 0 else { return PromotionGate("approvals", true, "none are needed") }
        let people = words.keys.filter { person in
            !release.authors.contains(person) && (settings.approvers.isEmpty || settings.approvers.contains(person))
        }.sorted()
        return PromotionGate(
            "approvals", people.count >= settings.approvals,
            "\(people.count) of \(settings.approvals) approvals"
                + (people.isEmpty ? "" : ": \(people.joined(separator: ", "))"))
    }

    /// What failed here once does not come again by itself; a new release does.
    private func verdict(_ id: Digest, _ environment: String) -> PromotionGate {
        guard let verification = facts.verification(of: id, in: environment), !verification.isPassed else {
            return PromotionGate("verdict", true, "it did not fail in \(environment)")
        }
        return PromotionGate("verdict", false, "it failed in \(environment): \(verification.message)")
    }

    private static func because(_ order: ReleaseOrder) -> String { order.reason.map { ": \($0)" } ?? "" }

    /// `2d`, `3h20m`, `45s`.
    static func span(_ seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
        var rest = max(0, seconds), parts: [String] = []
        for (size, name) in units where rest >= size && parts.count < 2 {
            parts.append("\(rest / size)\(name)")
            rest %= size
        }
        return parts.isEmpty ? "0s" : parts.joined()
    }
}
