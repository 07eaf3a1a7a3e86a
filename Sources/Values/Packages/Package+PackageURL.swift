extension Ecosystem {
    /// The ecosystem of a package URL, with the release that its `distro` names; nil for types without one.
    public init?(of url: PackageURL) {
        let release = url[qualifier: "distro"].flatMap { distro -> String? in
            guard let hyphen = distro.firstIndex(of: "-") else { return nil }
            return String(distro[distro.index(after: hyphen)...])
        }
        switch url.type {
        case "npm": self = .npm
        case "pypi": self = .pypi
        case "golang": self = .go
        case "cargo": self = .cargo
        case "composer": self = .packagist
        case "gem": self = .rubyGems
        case "nuget": self = .nuget
        case "maven": self = .maven
        case "pub": self = .pub
        case "hex": self = .hex
        case "conan": self = .conan
        case "cran": self = .cran
        case "hackage": self = .hackage
        case "swift": self = .swift
        case "cocoapods": self = .cocoaPods
        case "julia": self = .julia
        case "conda": self = .conda
        case "alpm": self = Ecosystem(name: "Arch Linux")
        case "deb", "apk", "rpm":
            guard let name = Self.distribution(url.namespace ?? "") else { return nil }
            self = Ecosystem(name: name, release: release.map { Self.release($0, of: name) })
        default: return nil
        }
    }

    private static func distribution(_ namespace: String) -> String? {
        switch namespace {
        case "debian": "Debian"
        case "ubuntu": "Ubuntu"
        case "alpine": "Alpine"
        case "wolfi": "Wolfi"
        case "chainguard": "Chainguard"
        case "almalinux", "alma": "AlmaLinux"
        case "rockylinux", "rocky": "Rocky Linux"
        case "redhat", "rhel": "Red Hat"
        case "suse", "sles": "SUSE"
        case "opensuse": "openSUSE"
        case "openeuler": "openEuler"
        case "photonos", "photon": "Photon OS"
        case "centos": "CentOS"
        case "fedora": "Fedora"
        case "oracle", "ol", "oraclelinux": "Oracle Linux"
        case "amazon", "amzn", "amazonlinux": "Amazon Linux"
        case "azl", "azurelinux", "mariner", "cbl-mariner": "Azure Linux"
        case "mageia": "Mageia"
        case "minimos": "MinimOS"
        case "unknown": "RPM"
        default: nil
        }
    }

    /// Other tools write the whole version; OSV's names have what counts as a release.
    private static func release(_ text: String, of name: String) -> String {
        let parts = text.split(separator: ".")
        switch name {
        case "Alpine" where !text.hasPrefix("v") && parts.count >= 2: return "v\(parts[0]).\(parts[1])"
        case "Debian", "AlmaLinux", "Rocky Linux", "Red Hat", "CentOS", "Oracle Linux", "Fedora":
            return parts.first.map(String.init) ?? text
        default: return text
        }
    }
}

extension Package {
    /// The package that a package URL names; nil for types without ecosystem.
    public init?(_ url: PackageURL) {
        guard let ecosystem = Ecosystem(of: url) else { return nil }
        var name = url.name
        if !ecosystem.isOperatingSystem, let namespace = url.namespace {
            name = namespace + (ecosystem == .maven ? ":" : "/") + name
        }
        var version = url.version ?? ""
        if let epoch = url[qualifier: "epoch"], !epoch.isEmpty { version = "\(epoch):\(version)" }
        if ecosystem == .go, version.hasPrefix("v") { version.removeFirst() }
        self.init(
            ecosystem: ecosystem, name: name, version: version, source: Self.source(url, ecosystem, version),
            architecture: url[qualifier: "arch"])
    }

    /// What a distribution built the package from, as Syft writes it: `upstream=glibc@2.36-9`.
    private static func source(_ url: PackageURL, _ ecosystem: Ecosystem, _ version: String) -> Source? {
        guard ecosystem.ordering == .dpkg || ecosystem.ordering == .apk, let upstream = url[qualifier: "upstream"]
        else {
            return nil
        }
        guard let at = upstream.lastIndex(of: "@") else { return Source(name: upstream, version: version) }
        return Source(name: String(upstream[..<at]), version: String(upstream[upstream.index(after: at)...]))
    }
}
