public import OCI
public import Packages

/// The distribution that a file system holds, as its os-release says.
public struct OperatingSystem: Hashable, Sendable {
    /// `debian`, `alpine`, `ubuntu`.
    public var id: String
    /// `12`, `3.20.1`.
    public var version: String?
    /// As people read it.
    public var prettyName: String?

    public init(id: String, version: String? = nil, prettyName: String? = nil) {
        self.id = id
        self.version = version
        self.prettyName = prettyName
    }

    static let paths: Set<String> = [
        "etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version", "etc/oracle-release",
        "etc/centos-release", "etc/fedora-release", "etc/redhat-release", "etc/system-release",
    ]

    /// What old releases have in place of os-release, the more exact first: those that descend from Red Hat's copy its
    /// file as well.
    private static let sentences = [
        "etc/oracle-release", "etc/centos-release", "etc/fedora-release", "etc/redhat-release", "etc/system-release",
    ]

    /// Nil where no file says it.
    public init?(in tree: FileTree) {
        if let bytes = tree.contents(of: "etc/os-release") ?? tree.contents(of: "usr/lib/os-release") {
            self.init(osRelease: bytes)
            return
        }
        if let bytes = tree.contents(of: "etc/alpine-release") {
            self.init(id: "alpine", version: Text.trimmed(Text.string(bytes)))
            return
        }
        for path in Self.sentences {
            guard let bytes = tree.contents(of: path), let system = Self(sentence: Text.string(bytes)) else { continue }
            self = system
            return
        }
        // `12.5`; `trixie/sid` says no release.
        guard let bytes = tree.contents(of: "etc/debian_version") else { return nil }
        let version = Text.trimmed(Text.string(bytes))
        self.init(id: "debian", version: version.first?.isNumber == true ? version : nil)
    }

    /// `CentOS release 6.10 (Final)`, `Red Hat Enterprise Linux Server release 6.9 (Santiago)`.
    private init?(sentence: String) {
        let line = Text.trimmed(String(sentence.prefix { $0 != "\n" }))
        let ids = [
            ("CentOS", "centos"), ("Oracle Linux", "ol"), ("Red Hat Enterprise Linux", "rhel"), ("Fedora", "fedora"),
            ("Amazon Linux", "amzn"), ("AlmaLinux", "almalinux"), ("Rocky Linux", "rocky"),
        ]
        guard let id = ids.first(where: { line.hasPrefix($0.0) })?.1 else { return nil }
        let words = line.split(separator: " ")
        let number = words.firstIndex(of: "release").map(words.index(after:)).flatMap {
            words.indices.contains($0) ? words[$0] : nil
        }
        self.init(
            id: id, version: number.map(String.init).flatMap { $0.first?.isNumber == true ? $0 : nil },
            prettyName: line)
    }

    /// Reads os-release; nil where it has no ID.
    public init?(osRelease bytes: [UInt8]) {
        var fields: [String: String] = [:]
        for line in bytes.split(separator: 0x0A) {
            guard let (key, value) = Text.split(Text.trimmed(Text.string(line)), at: "="), !key.hasPrefix("#") else {
                continue
            }
            fields[key] =
                value.count >= 2 && (value.hasPrefix("\"") || value.hasPrefix("'"))
                ? String(value.dropFirst().dropLast()) : value
        }
        guard let id = fields["ID"], !id.isEmpty else { return nil }
        self.init(id: id, version: fields["VERSION_ID"], prettyName: fields["PRETTY_NAME"])
    }

    /// OSV's name of the distribution with its release.
    public var ecosystem: Ecosystem {
        let major = version.map { String($0.prefix { $0 != "." }) }
        switch id {
        case "debian": return .debian(major)
        case "ubuntu": return .ubuntu(version.map(Self.ubuntuRelease))
        case "alpine": return .alpine(version.flatMap(Self.alpineRelease))
        case "wolfi": return Ecosystem(name: "Wolfi")
        case "chainguard": return Ecosystem(name: "Chainguard")
        case "almalinux": return Ecosystem(name: "AlmaLinux", release: major)
        case "rocky": return Ecosystem(name: "Rocky Linux", release: major)
        case "rhel": return Ecosystem(name: "Red Hat", release: major)
        case "centos": return Ecosystem(name: "CentOS", release: major)
        case "fedora": return Ecosystem(name: "Fedora", release: major)
        case "ol": return Ecosystem(name: "Oracle Linux", release: major)
        case "amzn": return Ecosystem(name: "Amazon Linux", release: major)
        case "azurelinux", "mariner": return Ecosystem(name: "Azure Linux", release: major)
        case "photon": return Ecosystem(name: "Photon OS", release: version)
        case "mageia": return Ecosystem(name: "Mageia", release: major)
        case "openEuler", "openeuler": return Ecosystem(name: "openEuler", release: version)
        // OSV names the releases of SUSE as people read them.
        case "opensuse-leap", "opensuse-tumbleweed", "opensuse":
            return Ecosystem(name: "openSUSE", release: Self.marketingName(prettyName, after: "openSUSE ") ?? version)
        case "sles", "sled", "sles_sap":
            return Ecosystem(name: "SUSE", release: Self.marketingName(prettyName, after: "SUSE ") ?? version)
        case "minimos": return Ecosystem(name: "MinimOS")
        case "arch": return Ecosystem(name: "Arch Linux")
        default: return Ecosystem(name: id, release: version)
        }
    }

    /// The ecosystem of packages whose database was read without knowing the distribution.
    func ecosystem(for found: Ecosystem) -> Ecosystem {
        let own = ecosystem
        return own.ordering == nil || own.ordering == found.ordering ? own : found
    }

    private static func marketingName(_ name: String?, after prefix: String) -> String? {
        name.flatMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
    }

    /// `3.20.1` and `3.20` are `v3.20`.
    private static func alpineRelease(_ version: String) -> String? {
        let parts = version.split(separator: ".")
        return parts.count >= 2 ? "v\(parts[0]).\(parts[1])" : version == "edge" ? "edge" : nil
    }

    /// Even years' April releases have long-term support, and OSV says so in the name.
    private static func ubuntuRelease(_ version: String) -> String {
        let parts = version.split(separator: ".")
        guard parts.count >= 2, let year = Int(parts[0]), year.isMultiple(of: 2), parts[1] == "04" else {
            return version
        }
        return "\(version):LTS"
    }
}
