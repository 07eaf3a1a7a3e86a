import Documents
public import OCI
public import Packages
public import WaybillCore

/// What a file system or a source tree holds.
public struct InventoryResult: Sendable, Hashable {
    /// In order, each package once with the first place that names it.
    public var packages: [Package]
    public var operatingSystem: OperatingSystem?
    /// What could not be read, and what makes the list incomplete. Never empty when something was missed.
    public var problems: [Finding]
    /// At least one package database or lockfile was there. Without any, no finding means nothing.
    public var recognised: Bool
    /// The files that were read.
    public var files: [String]

    public init(
        packages: [Package] = [], operatingSystem: OperatingSystem? = nil, problems: [Finding] = [], recognised: Bool = false,
        files: [String] = []
    ) {
        self.packages = packages
        self.operatingSystem = operatingSystem
        self.problems = problems
        self.recognised = recognised
        self.files = files
    }

    /// Something was there that could not be read: a gate must not take this list for the whole truth.
    public var isIncomplete: Bool { problems.contains { $0.severity >= .high } }
}

/// Finds the packages of an image's file system or of a source tree.
public enum InventoryScanner {
    /// A single file from outside is read up to this size, in bytes.
    public static let fileBytesMax = 64 << 20

    /// Whether the scanner needs the contents of the file at this path: what to keep while layers are read.
    public static func wants(path: String) -> Bool {
        let path = path.hasPrefix("/") ? String(path.dropFirst()) : path
        return OperatingSystem.paths.contains(path) || InventoryFormat(path: path) != nil || UnreadableFormat(path: path) != nil
    }

    public static func scan(_ files: some Sequence<FileEntry>) -> InventoryResult { scan(FileTree(files)) }

    public static func scan(_ tree: FileTree) -> InventoryResult {
        var result = InventoryResult()
        let system = OperatingSystem(in: tree)
        result.operatingSystem = system
        for entry in tree.sorted where entry.kind == .file || entry.kind == .hardLink {
            if let unreadable = UnreadableFormat(path: entry.path) {
                result.recognised = true
                result.problems.append(unreadable.problem(entry.path, entry.layer))
            }
            guard let format = InventoryFormat(path: entry.path), !isShadowed(entry.path, format, tree) else { continue }
            result.recognised = true
            result.files.append(entry.path)
            read(entry, format, system, into: &result)
        }
        result.packages = unique(result.packages)
        if result.packages.contains(where: { $0.ecosystem.isOperatingSystem && $0.ecosystem.release == nil }) {
            result.problems.append(Self.unknownRelease)
        }
        return result
    }

    private static func read(
        _ entry: FileEntry, _ format: InventoryFormat, _ system: OperatingSystem?, into result: inout InventoryResult
    ) {
        guard let contents = entry.contents else {
            result.problems.append(problem("WB-SCAN-001", "the file's contents were not kept, its packages are unknown", entry.path, entry.layer))
            return
        }
        guard contents.count <= fileBytesMax else {
            result.problems.append(
                problem("WB-SCAN-001", "larger than \(fileBytesMax) bytes, its packages are unknown", entry.path, entry.layer))
            return
        }
        let file = InventoryFile(path: entry.path, bytes: contents, layer: entry.layer, system: system)
        do {
            let parsed = try format.read(file)
            result.packages += parsed.packages
            result.problems += parsed.problems
        } catch {
            var finding = problem("WB-SCAN-001", "cannot be read as \(format.title): \(error.message)", entry.path, entry.layer)
            finding.place.location = SourceLocation(file: entry.path, position: error.position)
            result.problems.append(finding)
        }
    }

    /// npm reads a shrinkwrap instead of the lockfile beside it.
    private static func isShadowed(_ path: String, _ format: InventoryFormat, _ tree: FileTree) -> Bool {
        guard format == .npmLock, path.hasSuffix("package-lock.json") else { return false }
        return tree[path.dropLast("package-lock.json".count) + "npm-shrinkwrap.json"] != nil
    }

    static func problem(
        _ rule: String, _ message: String, _ path: String, _ layer: Digest? = nil, severity: Severity = .high
    ) -> Finding {
        Finding(
            rule: rule, kind: .configuration, severity: severity, message: message,
            place: Place(location: SourceLocation(file: path), layer: layer),
            remedy: "put the file right, or remove it from what is scanned")
    }

    private static let unknownRelease = Finding(
        rule: "WB-SCAN-003", kind: .configuration, severity: .medium,
        message: "the distribution's release is not known, its advisories cannot be matched",
        place: Place(location: SourceLocation(file: "etc/os-release")), remedy: "keep etc/os-release in the image")

    /// Each package of an ecosystem, name and version once.
    private static func unique(_ packages: [Package]) -> [Package] {
        struct Key: Hashable { var ecosystem: Ecosystem, name: String, version: String, commit: String?, architecture: String? }
        var positions: [Key: Int] = [:]
        var kept: [Package] = []
        for package in packages.sorted(by: Package.inOrder) {
            let key = Key(
                ecosystem: package.ecosystem, name: package.name, version: package.version, commit: package.commit,
                architecture: package.architecture)
            guard let position = positions[key] else {
                positions[key] = kept.count
                kept.append(package)
                continue
            }
            // Needed at run time by one is needed at run time.
            kept[position].isDevelopment = kept[position].isDevelopment && package.isDevelopment
            if package.isDirect == true { kept[position].isDirect = true }
        }
        return kept
    }
}
