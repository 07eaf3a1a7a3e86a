import WaybillCore

/// A package database that we recognise and cannot read: found, it must never look like an empty one.
enum UnreadableFormat: String {
    case rpm = "an RPM database"
    case pacman = "a pacman database"
    case bunBinary = "bun's binary lockfile"

    init?(path: String) {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        switch path {
        case "var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages", "var/lib/rpm/Packages.db",
            "usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages", "usr/lib/sysimage/rpm/Packages.db":
            self = .rpm
        case _ where path.hasPrefix("var/lib/pacman/local/") && name == "desc": self = .pacman
        case _ where name == "bun.lockb": self = .bunBinary
        default: return nil
        }
    }

    func problem(_ path: String, _ layer: Digest?) -> Finding {
        Finding(
            rule: "WB-SCAN-004", kind: .configuration, severity: .high,
            message: "\(rawValue) is not supported, its packages are unknown",
            place: Place(location: SourceLocation(file: path), layer: layer),
            remedy: "attach an SBOM in CycloneDX, or build from a Debian or Alpine base")
    }
}
