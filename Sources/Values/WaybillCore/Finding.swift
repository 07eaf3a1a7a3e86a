/// Where a finding stands: any of a file position, an image layer, a package, an object and a field of it.
public struct Place: Hashable, Sendable {
    public var location: SourceLocation?
    /// The layer's digest, for a finding in an image.
    public var layer: Digest?
    /// A package URL (purl), for a finding about a package.
    public var package: String?
    /// A Kubernetes object as `Deployment/shop`, an image reference, a commit.
    public var object: String?
    /// A field path such as `spec.containers[0].image`.
    public var field: String?

    public init(
        location: SourceLocation? = nil, layer: Digest? = nil, package: String? = nil, object: String? = nil,
        field: String? = nil
    ) {
        self.location = location
        self.layer = layer
        self.package = package
        self.object = object
        self.field = field
    }

    public static func file(_ file: String, line: Int, column: Int = 1) -> Place {
        Place(location: SourceLocation(file: file, line: line, column: column))
    }
}

extension Place: CustomStringConvertible {
    /// The parts that are known, the most exact first.
    public var description: String {
        var parts: [String] = []
        if let location { parts.append(location.description) }
        if let object { parts.append(object) }
        if let field { parts.append(field) }
        if let package { parts.append(package) }
        if let layer { parts.append("layer \(layer.short)") }
        return parts.joined(separator: " ")
    }
}

/// A rule or an advisory that applies at a place. A finding is a result, not an error: it has evidence.
public struct Finding: Hashable, Sendable {
    /// The rule's or the advisory's stable name: `WB-K8S-001`, `CVE-2021-23337`.
    public var rule: String
    /// Other names of the same thing.
    public var aliases: [String]
    public var severity: Severity
    /// What is wrong, in one sentence.
    public var message: String
    public var place: Place
    /// What was seen that makes this so.
    public var evidence: String?
    /// The shortest way to put it right.
    public var remedy: String?
    /// The version that fixes it, for an advisory about a package.
    public var fixedVersion: String?
    /// The kind of check that found it: `vulnerability`, `secret`, `posture`, `dockerfile`, `policy`, `test`.
    public var kind: Kind

    public enum Kind: String, Sendable, CaseIterable, Hashable {
        case vulnerability, secret, posture, dockerfile, policy, test, licence, signature, configuration
    }

    public init(
        rule: String, kind: Kind, severity: Severity, message: String, place: Place = Place(), aliases: [String] = [],
        evidence: String? = nil, remedy: String? = nil, fixedVersion: String? = nil
    ) {
        self.rule = rule
        self.kind = kind
        self.severity = severity
        self.message = message
        self.place = place
        self.aliases = aliases
        self.evidence = evidence
        self.remedy = remedy
        self.fixedVersion = fixedVersion
    }

    /// The order in which people read findings: worst first, then by place, then by rule.
    public static func inReadingOrder(_ left: Finding, _ right: Finding) -> Bool {
        if left.severity != right.severity { return left.severity > right.severity }
        let places = (left.place.description, right.place.description)
        if places.0 != places.1 { return places.0.utf8.lexicographicallyPrecedes(places.1.utf8) }
        return left.rule.utf8.lexicographicallyPrecedes(right.rule.utf8)
    }
}
