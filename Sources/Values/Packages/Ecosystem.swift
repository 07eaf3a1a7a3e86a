/// A packaging world with its own names and order of versions, as OSV names it: `npm`, `Debian:12`, `Alpine:v3.20`.
public struct Ecosystem: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Without release: `Debian`.
    public let name: String
    /// The part after the colon: `12`, `v3.20`, `22.04:LTS`.
    public let release: String?

    public init(name: String, release: String? = nil) {
        self.name = name
        self.release = release
    }

    /// Reads OSV's spelling; every text is an ecosystem, perhaps one that we do not know.
    public init(osv text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(name: String(parts.first ?? ""), release: parts.count > 1 ? String(parts[1]) : nil)
    }

    public static let npm = Ecosystem(name: "npm")
    public static let pypi = Ecosystem(name: "PyPI")
    public static let go = Ecosystem(name: "Go")
    public static let cargo = Ecosystem(name: "crates.io")
    public static let packagist = Ecosystem(name: "Packagist")
    public static let rubyGems = Ecosystem(name: "RubyGems")
    public static let nuget = Ecosystem(name: "NuGet")
    public static let maven = Ecosystem(name: "Maven")
    public static let pub = Ecosystem(name: "Pub")
    public static let hex = Ecosystem(name: "Hex")
    public static let conan = Ecosystem(name: "ConanCenter")
    public static let cran = Ecosystem(name: "CRAN")
    public static let hackage = Ecosystem(name: "Hackage")
    public static let swift = Ecosystem(name: "SwiftURL")
    public static let cocoaPods = Ecosystem(name: "CocoaPods")
    public static let julia = Ecosystem(name: "Julia")
    public static let conda = Ecosystem(name: "conda")
    public static func debian(_ release: String?) -> Ecosystem { Ecosystem(name: "Debian", release: release) }
    public static func alpine(_ release: String?) -> Ecosystem { Ecosystem(name: "Alpine", release: release) }
    public static func ubuntu(_ release: String?) -> Ecosystem { Ecosystem(name: "Ubuntu", release: release) }

    private struct Facts {
        var ordering: VersionOrdering
        var purlType: String
        var isOperatingSystem = false
        /// The vendor's part of a package URL, where it is not the name in small letters.
        var namespace: String?
    }

    private static let facts: [String: Facts] = [
        "npm": Facts(ordering: .npm, purlType: "npm"),
        "PyPI": Facts(ordering: .pep440, purlType: "pypi"),
        "Go": Facts(ordering: .go, purlType: "golang"),
        "crates.io": Facts(ordering: .cargo, purlType: "cargo"),
        "Packagist": Facts(ordering: .packagist, purlType: "composer"),
        "RubyGems": Facts(ordering: .gem, purlType: "gem"),
        "NuGet": Facts(ordering: .nuget, purlType: "nuget"),
        "Maven": Facts(ordering: .maven, purlType: "maven"),
        "Pub": Facts(ordering: .pub, purlType: "pub"),
        "Hex": Facts(ordering: .hex, purlType: "hex"),
        "ConanCenter": Facts(ordering: .conan, purlType: "conan"),
        "CRAN": Facts(ordering: .cran, purlType: "cran"),
        "Hackage": Facts(ordering: .hackage, purlType: "hackage"),
        "SwiftURL": Facts(ordering: .semver, purlType: "swift"),
        "CocoaPods": Facts(ordering: .gem, purlType: "cocoapods"),
        "Julia": Facts(ordering: .semver, purlType: "julia"),
        "conda": Facts(ordering: .pep440, purlType: "conda"),
        "Bitnami": Facts(ordering: .semver, purlType: "bitnami"),
        "GitHub Actions": Facts(ordering: .semver, purlType: "github"),
        "Debian": Facts(ordering: .dpkg, purlType: "deb", isOperatingSystem: true),
        "Ubuntu": Facts(ordering: .dpkg, purlType: "deb", isOperatingSystem: true),
        "Alpine": Facts(ordering: .apk, purlType: "apk", isOperatingSystem: true),
        "Wolfi": Facts(ordering: .apk, purlType: "apk", isOperatingSystem: true),
        "Chainguard": Facts(ordering: .apk, purlType: "apk", isOperatingSystem: true),
        "AlmaLinux": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "Rocky Linux": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "Red Hat": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "CentOS": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "Fedora": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "Oracle Linux": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true, namespace: "oracle"),
        "Amazon Linux": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true, namespace: "amazon"),
        "Azure Linux": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true, namespace: "azl"),
        "RPM": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true, namespace: "unknown"),
        "Arch Linux": Facts(ordering: .alpm, purlType: "alpm", isOperatingSystem: true, namespace: "arch"),
        "OpenWrt": Facts(ordering: .dpkg, purlType: "opkg", isOperatingSystem: true),
        "MinimOS": Facts(ordering: .apk, purlType: "apk", isOperatingSystem: true),
        "SUSE": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "openSUSE": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "openEuler": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "Mageia": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true),
        "Photon OS": Facts(ordering: .rpm, purlType: "rpm", isOperatingSystem: true, namespace: "photon"),
    ]

    /// Nil for an ecosystem whose order of versions we do not know: nothing can be said about its packages.
    public var ordering: VersionOrdering? { Self.facts[name]?.ordering }
    /// The package URL type; nil for an ecosystem that we do not know.
    public var purlType: String? { Self.facts[name]?.purlType }
    /// The namespace of a distribution's package URLs: `debian`, `rockylinux`.
    var purlNamespace: String {
        Self.facts[name]?.namespace ?? name.lowercased().split(separator: " ").joined()
    }
    /// Packages of a distribution, whose advisories name the source package.
    public var isOperatingSystem: Bool { Self.facts[name]?.isOperatingSystem ?? false }

    /// The name that all spellings of a package share, for indexes.
    public func normalized(_ package: String) -> String {
        switch name {
        case "PyPI": return Self.pythonName(package)
        case "Packagist", "NuGet", "Hex", "GitHub Actions": return package.lowercased()
        default: return package
        }
    }

    /// Runs of `-`, `_` and `.` become one hyphen, letters are folded (PyPA, "Names and normalization").
    private static func pythonName(_ name: String) -> String {
        var output: [UInt8] = []
        for byte in name.utf8 {
            let isSeparator = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            if isSeparator, output.last == UInt8(ascii: "-") { continue }
            output.append(isSeparator ? UInt8(ascii: "-") : ASCII.lower(byte))
        }
        return String(decoding: output, as: UTF8.self)
    }

    public var description: String { release.map { "\(name):\($0)" } ?? name }
    public static func < (left: Ecosystem, right: Ecosystem) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}
