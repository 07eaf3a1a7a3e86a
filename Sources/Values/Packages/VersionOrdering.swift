/// The order in which a packaging system puts its versions. Total: any two texts are ordered, in bounded time.
public enum VersionOrdering: String, Sendable, CaseIterable, Hashable {
    case semver, npm, go, cargo, hex, pub
    case dpkg, apk, rpm, alpm, gentoo
    case pep440, maven, gem, nuget, packagist, cran, hackage, conan
    case openssl, datetime, lexicographic

    /// Versions are compared up to this many bytes; nobody writes longer ones in good faith.
    public static let versionLengthMax = 4096

    public func compare(_ left: String, _ right: String) -> VersionOrder {
        compare(
            Array(left.utf8.prefix(Self.versionLengthMax)), Array(right.utf8.prefix(Self.versionLengthMax)))
    }

    /// The same over bytes that are cut to `versionLengthMax` already.
    package func compare(_ one: [UInt8], _ other: [UInt8]) -> VersionOrder {
        switch self {
        case .semver, .npm, .go, .cargo, .hex: return SemanticOrder.compare(one, other, build: .ignored)
        case .pub: return SemanticOrder.compare(one, other, build: .compared)
        case .dpkg: return DpkgOrder.compare(one, other)
        case .apk: return ApkOrder.compare(one, other)
        case .rpm: return RpmOrder.compare(one, other)
        case .alpm: return AlpmOrder.compare(one, other)
        case .gentoo: return GentooOrder.compare(one, other)
        case .pep440: return PythonOrder.compare(one, other)
        case .maven: return MavenOrder.compare(one, other)
        case .gem: return GemOrder.compare(one, other)
        case .nuget: return NuGetOrder.compare(one, other)
        case .packagist: return PackagistOrder.compare(one, other)
        case .cran: return NumericListOrder.compare(one, other, separators: ".-")
        case .hackage: return NumericListOrder.compare(one, other, separators: ".")
        case .conan: return ConanOrder.compare(one, other)
        case .openssl: return OpenSSLOrder.compare(one, other)
        case .datetime: return DateTimeOrder.compare(one, other)
        case .lexicographic: return .bytes(one, other)
        }
    }

    public func isLess(_ left: String, than right: String) -> Bool { compare(left, right) == .less }
    public func areEqual(_ left: String, _ right: String) -> Bool { compare(left, right) == .equal }

    /// The ordering of a `vers:` scheme or a package URL type; nil for one that we do not know.
    public init?(scheme: String) {
        switch scheme {
        case "deb": self = .dpkg
        case "apk", "alpine": self = .apk
        case "rpm": self = .rpm
        case "alpm", "arch": self = .alpm
        case "gentoo", "ebuild": self = .gentoo
        case "npm": self = .npm
        case "golang", "go": self = .go
        case "cargo": self = .cargo
        case "hex": self = .hex
        case "pub": self = .pub
        case "pypi": self = .pep440
        case "maven": self = .maven
        case "gem": self = .gem
        case "nuget": self = .nuget
        case "composer": self = .packagist
        case "cran": self = .cran
        case "hackage": self = .hackage
        case "conan": self = .conan
        case "openssl": self = .openssl
        case "datetime": self = .datetime
        case "lexicographic": self = .lexicographic
        case "semver", "generic", "nginx", "github", "bitnami", "swift", "julia", "cocoapods": self = .semver
        default: return nil
        }
    }
}
