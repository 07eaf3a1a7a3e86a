public import Advisories
public import Packages
public import WaybillCore

/// Which other base would remove how many weaknesses of an image.
public struct BaseAdvice: Sendable {
    /// An image that another one stands on, or could stand on.
    public struct Base: Sendable {
        public var name: String
        public var digest: String?
        public var packages: [Package]
        /// Unpacked, the lowest first.
        public var layers: [Digest]

        public init(name: String, digest: String?, packages: [Package], layers: [Digest]) {
            self.name = name
            self.digest = digest
            self.packages = packages
            self.layers = layers
        }
    }

    /// A weakness of a package, in whatever version.
    public struct Weakness: Hashable, Sendable, Comparable {
        public var rule: String
        public var package: String
        public static func < (left: Self, right: Self) -> Bool {
            (left.rule, left.package) < (right.rule, right.package)
        }
    }

    /// What a base would change.
    public struct Option: Sendable {
        public var base: Base
        /// Whether the image stands on it already.
        public var isPresent: Bool
        public var removes: [Weakness]
        public var adds: [Weakness]
        /// Of the image on this base.
        public var remaining: [Match]
    }

    /// Of the image as it is.
    public var present: [Match]
    /// The base with the fewest weaknesses left first.
    public var options: [Option]

    /// - Parameter image: its packages and unpacked layers; `candidates` may hold the base that it stands on now, which
    ///   is known by its layers. Without it, packages of the distribution count as the base's where the other base has
    ///   a package of that name.
    public init(image: Base, candidates: [Base], _ index: AdvisoryIndex, severityMin: Severity = .unknown) {
        let session = MatchingSession(index)
        func matches(_ packages: [Package]) -> [Match] {
            packages.flatMap(session.matches).filter {
                $0.advisory.severity >= severityMin || $0.advisory.severity == .unknown
            }
        }
        present = matches(image.packages)
        let before = Set(present.map(Self.weakness))
        let own = candidates.filter { !$0.layers.isEmpty && image.layers.starts(with: $0.layers) }
            .max { $0.layers.count < $1.layers.count }
        options = candidates.map { candidate in
            let remaining = matches(Self.packages(of: image, on: candidate, insteadOf: own))
            let after = Set(remaining.map(Self.weakness))
            return Option(
                base: candidate,
                isPresent: !candidate.layers.isEmpty && candidate.layers == own?.layers,
                removes: before.subtracting(after).sorted(), adds: after.subtracting(before).sorted(),
                remaining: remaining)
        }.sorted { left, right in
            if left.remaining.count != right.remaining.count { return left.remaining.count < right.remaining.count }
            return left.base.name.utf8.lexicographicallyPrecedes(right.base.name.utf8)
        }
    }

    private static func weakness(_ match: Match) -> Weakness {
        Weakness(rule: match.advisory.rule, package: match.package.name)
    }

    private struct Identity: Hashable {
        var ecosystem: Ecosystem, name: String, version: String

        init(_ package: Package) {
            (ecosystem, name, version) = (package.ecosystem, package.name, package.version)
        }
    }

    private struct Name: Hashable {
        var ecosystem: String, name: String

        init(_ package: Package) { (ecosystem, name) = (package.ecosystem.name, package.name) }
    }

    /// The packages of the image if it stood on another base.
    private static func packages(of image: Base, on other: Base, insteadOf own: Base?) -> [Package] {
        let brought = Set(other.packages.map(Name.init))
        let ownPackages = own.map { Set($0.packages.map(Identity.init)) }
        let kept = image.packages.filter { package in
            // One database names each package once: what the new base has, it has in its version.
            if package.ecosystem.isOperatingSystem, brought.contains(Name(package)) { return false }
            if let ownPackages { return !ownPackages.contains(Identity(package)) }
            return true
        }
        return other.packages + kept
    }
}
