public import WaybillCore

extension VersionRange {
    /// A range from outside has at most this many constraints.
    public static let constraintsMax = 10_000

    public enum Reading: Sendable {
        /// The canonical form and nothing else.
        case canonical
        /// Constraints in any order, spaces between them.
        case forgiving
    }

    /// Reads `vers:npm/>=1.0.0|<2.0.0`. Throws `.invalidInput`, `.unsupported` for an unknown scheme.
    public init(parsing text: String, _ reading: Reading = .canonical) throws(WaybillError) {
        guard text.hasPrefix("vers:") else { throw Self.invalid("it does not start with vers:", text) }
        if reading == .canonical, text.utf8.contains(where: ASCII.isSpace) { throw Self.invalid("white space", text) }
        let rest = text.dropFirst(5)
        guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            throw Self.invalid("the scheme has no end", text)
        }
        let scheme = String(rest[..<slash])
        guard let ordering = VersionOrdering(scheme: scheme) else {
            throw WaybillError(
                .unsupported, "the versioning scheme \(Redaction.excerpt(scheme)) is not known", subject: "vers")
        }
        var body = String(rest[rest.utf8.index(after: slash)...])
        if reading == .forgiving { body = String(body.filter { !$0.isWhitespace }) }
        let constraints = try Self.constraints(body, scheme, text)
        guard let range = VersionRange(scheme: scheme, constraints: constraints) else {
            throw Self.invalid("the scheme", text)
        }
        if reading == .canonical {
            for (one, other) in zip(constraints, constraints.dropFirst())
            where ordering.isLess(other.version, than: one.version) {
                throw Self.invalid("the constraints are not sorted by version", text)
            }
            guard range.description == text else { throw Self.invalid("not in the canonical form", text) }
        }
        self = range
    }

    private static func constraints(_ body: String, _ scheme: String, _ text: String) throws(WaybillError)
        -> [Constraint]
    {
        if body == "*" { return [] }
        var constraints: [Constraint] = []
        for part in body.split(separator: "|", omittingEmptySubsequences: false) {
            guard constraints.count < constraintsMax else {
                throw invalid("more than \(constraintsMax) constraints", text)
            }
            guard !part.isEmpty else { throw invalid("an empty constraint", text) }
            let comparator = [Comparator.notEqual, .lessOrEqual, .greaterOrEqual, .less, .greater, .equal].first {
                part.hasPrefix($0.rawValue)
            }
            let encoded = part.dropFirst(comparator?.rawValue.count ?? 0)
            guard let version = PercentEncoding.decode(encoded), !version.isEmpty else {
                throw invalid("a version's encoding is broken", text)
            }
            if scheme == "datetime" { try checkMoment(version, text) }
            constraints.append(Constraint(comparator ?? .equal, version))
        }
        return constraints
    }

    private static func checkMoment(_ version: String, _ text: String) throws(WaybillError) {
        guard DateTimeOrder.Moment(Array(version.utf8)) != nil, !version.contains(where: { $0 == "t" || $0 == "z" })
        else {
            throw invalid("not a moment with upper-case T and Z", text)
        }
    }

    static func invalid(_ problem: String, _ text: String) -> WaybillError {
        WaybillError(.invalidInput, "not a version range, \(problem): \(Redaction.excerpt(text))", subject: "vers")
    }
}
