import OCI
import Packages
import WaybillCore

/// How a tree of files is looked at.
public enum InventoryMode: String, Sendable, Hashable {
    /// A project: what is locked counts, not what happens to be installed beside it.
    case source
    /// An image or a root file system: what is installed counts; a lockfile only where nothing of its kind is installed.
    case installed
    /// Everything that is found.
    case all
}

/// Puts together what the files of a whole tree gave.
struct InventoryAssembly {
    var mode = InventoryMode.all
    /// `2026-11-21`; without it nothing is said about ends of life.
    var today: String?
    /// Each package once. Otherwise each as often as a file names it.
    var isMerging = true
    /// Folders of documentation that are links to another package's: its copyright is theirs.
    var linkedFolders: [String: String] = [:]

    /// `files` in the order of their paths, those that are visible in the tree and no others.
    func result(_ files: [InventoriedFile], system: OperatingSystem?) -> InventoryResult {
        var result = InventoryResult()
        result.operatingSystem = system
        let owners = Dictionary(
            files.flatMap { $0.owned.map { ($0.path, $0.owner) } }, uniquingKeysWith: { first, _ in first })
        let shadowed = shadowed(files)
        // What notes say about packages that a database names.
        let licences = Dictionary(
            files.filter { $0.role == .note }.flatMap { $0.packages.map { ($0.name, $0.licences) } },
            uniquingKeysWith: { first, _ in first })
        for file in files where file.role != .note && !shadowed.contains(file.path) {
            result.recognised = true
            result.files.append(file.path)
            result.problems += file.problems
            for var project in file.projects {
                project.nameInPlace()
                result.projects.append(project)
            }
            let owner = file.role == .database ? nil : Self.owner(of: file.path, owners)
            for package in file.packages {
                var package = file.role == .database ? settled(package, system) : package
                package.owner = owner ?? package.owner
                if package.licences.isEmpty, package.ecosystem.ordering == .dpkg {
                    package.licences =
                        licences[package.name] ?? linkedFolder(package.name).flatMap { licences[$0] } ?? []
                }
                package.nameInPlace()
                result.packages.append(package)
            }
        }
        result.packages = isMerging ? Self.unique(result.packages) : Self.different(result.packages)
        judge(&result)
        return result
    }

    /// Links between folders of the root make two spellings of one path.
    private static func owner(of path: String, _ owners: [String: String]) -> String? {
        let outer = path.split(separator: "!").first.map(String.init) ?? path
        return owners[outer] ?? (outer.hasPrefix("usr/") ? owners[String(outer.dropFirst(4))] : owners["usr/" + outer])
    }

    /// The folder behind all links.
    private func linkedFolder(_ name: String) -> String? {
        var found = linkedFolders[name]
        // Longer chains, and circles, have no licences.
        for _ in 0..<8 { found = found.flatMap { linkedFolders[$0] ?? $0 } }
        return found
    }

    private func settled(_ package: Package, _ system: OperatingSystem?) -> Package {
        var package = package
        if let system, package.ecosystem.isOperatingSystem, package.ecosystem.release == nil {
            package = package.moved(to: system.ecosystem(for: package.ecosystem))
        }
        package.isThirdParty = package.isThirdParty || ThirdParty.isForeign(package, to: system)
        return package
    }

    // MARK: lockfile or what is installed

    private func shadowed(_ files: [InventoriedFile]) -> Set<String> {
        var shadowed: Set<String> = []
        // npm reads a shrinkwrap instead of the lockfile beside it.
        let paths = Set(files.map(\.path))
        for path in paths where path.hasSuffix("package-lock.json") && !path.hasSuffix(".package-lock.json") {
            if paths.contains(path.dropLast("package-lock.json".count) + "npm-shrinkwrap.json") {
                shadowed.insert(path)
            }
        }
        guard mode != .all else { return shadowed }
        var folders: [Ecosystem: Set<String>] = [:]
        for file in files where file.role == (mode == .source ? .lockfile : .installed) {
            guard let ecosystem = file.packages.first?.ecosystem else { continue }
            // In a project the lockfile's folder speaks for all below; in an image what is below speaks for the lockfile.
            folders[ecosystem, default: []].formUnion(
                mode == .source ? [Self.folder(file.path)] : Self.folders(above: file.path))
        }
        for file in files where file.role == (mode == .source ? .installed : .lockfile) {
            guard let ecosystem = file.packages.first?.ecosystem, let known = folders[ecosystem] else { continue }
            if mode == .installed, Self.installsElsewhere.contains(ecosystem) {
                shadowed.insert(file.path)
                continue
            }
            let mine = mode == .source ? Self.folders(above: file.path) : [Self.folder(file.path)]
            if !known.isDisjoint(with: mine) { shadowed.insert(file.path) }
        }
        return shadowed
    }

    /// Their installers put things far from the lockfile.
    private static let installsElsewhere: Set<Ecosystem> = [.pypi, .rubyGems, .go, .cargo, .maven]

    private static func folder(_ path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }

    /// Every folder that holds the file, the root too.
    private static func folders(above path: String) -> Set<String> {
        var parts = path.split(separator: "/").dropLast()
        var result: Set<String> = [""]
        while !parts.isEmpty {
            result.insert(parts.joined(separator: "/"))
            parts = parts.dropLast()
        }
        return result
    }

    // MARK: what makes the list untrustworthy

    private func judge(_ result: inout InventoryResult) {
        if !result.recognised { result.problems.append(InventoryScanner.nothingFound) }
        if result.packages.contains(where: {
            $0.ecosystem.isOperatingSystem && $0.ecosystem.release == nil && $0.ecosystem.needsRelease
        }) {
            result.problems.append(InventoryScanner.unknownRelease)
        }
        let foreign = result.packages.filter(\.isThirdParty)
        if let first = foreign.first {
            result.problems.append(
                Finding(
                    rule: "WB-SCAN-013", kind: .configuration, severity: .low,
                    message: foreign.count == 1
                        ? "\(first.name) is not from the distribution's own repositories: its advisories are not about it"
                        : "\(foreign.count) packages are not from the distribution's own repositories (\(first.name) and others): its advisories are not about them",
                    place: first.place, remedy: "ask their vendor, or import the vendor's advisories"))
        }
        if let today, let system = result.operatingSystem, let end = EndOfLife.date(of: system), end < today {
            result.problems.append(
                Finding(
                    rule: "WB-SCAN-014", kind: .configuration, severity: .high,
                    message:
                        "\(system.prettyName ?? "\(system.id) \(system.version ?? "")") has had no security updates since \(end)",
                    place: Place(location: SourceLocation(file: "etc/os-release")),
                    remedy: "build on a release that is still kept"))
        }
    }

    /// Each entry of each file once: some lockfiles list a package for every framework.
    private static func different(_ packages: [Package]) -> [Package] {
        var kept: [Package] = []
        for package in packages.sorted(by: Package.inOrder) {
            var same = kept.last
            same?.place.location?.position = package.place.location?.position
            if same != package { kept.append(package) }
        }
        return kept
    }

    /// Each package of an ecosystem, name and version once.
    static func unique(_ packages: [Package]) -> [Package] {
        struct Key: Hashable {
            var ecosystem: Ecosystem, name: String, version: String, commit: String?, architecture: String?,
                owner: String?
        }
        var positions: [Key: Int] = [:]
        var kept: [Package] = []
        for package in packages.sorted(by: Package.inOrder) {
            let key = Key(
                ecosystem: package.ecosystem, name: package.name, version: package.version, commit: package.commit,
                architecture: package.architecture, owner: package.owner)
            guard let position = positions[key] else {
                positions[key] = kept.count
                kept.append(package)
                continue
            }
            // Needed at run time by one is needed at run time.
            kept[position].isDevelopment = kept[position].isDevelopment && package.isDevelopment
            if package.isDirect == true { kept[position].isDirect = true }
            if kept[position].dependencies.isEmpty { kept[position].dependencies = package.dependencies }
            if kept[position].licences.isEmpty { kept[position].licences = package.licences }
        }
        return kept
    }
}

extension Ecosystem {
    /// Rolling distributions have advisories without releases.
    var needsRelease: Bool { !["Wolfi", "Chainguard", "MinimOS", "Arch Linux", "OpenWrt"].contains(name) }
}
