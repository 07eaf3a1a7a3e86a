/// How an ecosystem writes down which versions it asks for.
public enum RequirementGrammar: Sendable {
    /// `~> 2.3, >= 2.3.4`: all must hold; `~>` lets the last number rise.
    case gem
    /// `>=1.2, <2.0`, `^1.2`, `~1.2`: without operator the same as with a caret.
    case cargo
    /// `>=1.0,<1.1`, alternatives between bars.
    case composer
    /// npm's ranges.
    case npm

    public var ordering: VersionOrdering {
        switch self {
        case .gem: .gem
        case .cargo: .cargo
        case .composer: .packagist
        case .npm: .npm
        }
    }

    /// Texts longer than this are refused: nobody writes them in good faith.
    static let lengthMax = 8192

    /// The versions that a requirement allows; nil where it cannot be read.
    public func intervals(_ text: String) -> VersionIntervals? {
        guard text.utf8.count <= Self.lengthMax else { return nil }
        if self == .npm { return npm(text) }
        var result = VersionIntervals(in: ordering)
        for alternative in NpmRangeParser.alternatives(of: text) {
            var all = VersionIntervals.all(in: ordering)
            let parts = alternative.split(separator: ",").map { ASCII.trimmed($0) }
            guard !parts.isEmpty else { return nil }
            for part in parts {
                guard let allowed = comparator(part) else { return nil }
                all = all.intersection(allowed)
            }
            result = result.union(all)
        }
        return result
    }

    /// The union of several requirements; nil where one cannot be read.
    public func union(_ requirements: [String]) -> VersionIntervals? {
        var result = VersionIntervals(in: ordering)
        for requirement in requirements {
            guard let next = intervals(requirement) else { return nil }
            result = result.union(next)
        }
        return result
    }

    private func npm(_ text: String) -> VersionIntervals? {
        guard let range = NpmRange(text, .loose, includingPrereleases: true) else { return nil }
        var result = VersionIntervals(in: .npm)
        for alternative in range.alternatives {
            var all = VersionIntervals.all(in: .npm)
            for comparator in alternative {
                let version = comparator.version.description
                all = all.intersection(interval(comparator.operator.rawValue, version))
            }
            result = result.union(all)
        }
        return result
    }

    private func comparator(_ text: String) -> VersionIntervals? {
        if text == "*" { return .all(in: ordering) }
        for sign in ["~>", "!=", "<=", ">=", "==", "<", ">", "=", "^", "~"] where text.hasPrefix(sign) {
            let version = ASCII.trimmed(text.dropFirst(sign.utf8.count))
            guard isVersion(version) else { return nil }
            switch sign {
            case "~>", "^", "~": return caret(sign, version)
            case "!=": return interval("=", version).complement
            default: return interval(sign, version)
            }
        }
        guard isVersion(text) else { return nil }
        return self == .cargo ? caret("^", text) : interval("=", text)
    }

    private func isVersion(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains { ASCII.isSpace($0) || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "<") }
    }

    private func interval(_ sign: String, _ version: String) -> VersionIntervals {
        typealias Bound = VersionIntervals.Bound
        let interval: VersionIntervals.Interval =
            switch sign {
            case "<": .init(to: Bound(version, isInclusive: false))
            case "<=": .init(to: Bound(version, isInclusive: true))
            case ">": .init(from: Bound(version, isInclusive: false))
            case ">=": .init(from: Bound(version, isInclusive: true))
            default: .init(from: Bound(version, isInclusive: true), to: Bound(version, isInclusive: true))
            }
        return VersionIntervals([interval], in: ordering)
    }

    /// From the version up to the next one that may break.
    private func caret(_ sign: String, _ version: String) -> VersionIntervals? {
        let core = version.split(separator: "-", maxSplits: 1).first.map(String.init) ?? version
        let parts = core.split(separator: ".")
        // How many numbers stay as they are.
        let fixed: Int
        switch sign {
        case "~>": fixed = max(1, parts.prefix { $0.utf8.allSatisfy(ASCII.isDigit) }.count - 1)
        case "~": fixed = self == .composer ? max(1, parts.count - 1) : min(2, parts.count)
        default: fixed = min(parts.prefix { $0 == "0" }.count + 1, parts.count)
        }
        guard
            let next = VersionRange.bumped(
                core, dropping: parts.prefix { $0.utf8.allSatisfy(ASCII.isDigit) }.count - fixed)
        else { return nil }
        return interval(">=", version).intersection(interval("<", next))
    }
}
