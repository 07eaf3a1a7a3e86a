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

    static let paths: Set<String> = ["etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version"]

    /// Nil where there is no os-release.
    public init?(in tree: FileTree) {
        guard let bytes = tree.contents(of: "etc/os-release") ?? tree.contents(of: "usr/lib/os-release") else {
            if let bytes = tree.contents(of: "etc/alpine-release") {
                self.init(id: "alpine", version: Text.trimmed(Text.string(bytes)))
                return
            }
            return nil
        }
        self.init(osRelease: bytes)
    }

    /// Reads os-release; nil where it has no ID.
    public init?(osRelease bytes: [UInt8]) {
        var fields: [String: String] = [:]
        for line in bytes.split(separator: 0x0A) {
            guard let (key, value) = Text.split(Text.trimmed(Text.string(line)), at: "="), !key.hasPrefix("#") else { continue }
            fields[key] = value.count >= 2 && (value.hasPrefix("\"") || value.hasPrefix("'"))
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
        default: return Ecosystem(name: id, release: version)
        }
    }

    /// `3.20.1` and `3.20` are `v3.20`.
    private static func alpineRelease(_ version: String) -> String? {
        let parts = version.split(separator: ".")
        return parts.count >= 2 ? "v\(parts[0]).\(parts[1])" : version == "edge" ? "edge" : nil
    }

    /// Even years' April releases have long-term support, and OSV says so in the name.
    private static func ubuntuRelease(_ version: String) -> String {
        let parts = version.split(separator: ".")
        guard parts.count >= 2, let year = Int(parts[0]), year.isMultiple(of: 2), parts[1] == "04" else { return version }
        return "\(version):LTS"
    }
}
