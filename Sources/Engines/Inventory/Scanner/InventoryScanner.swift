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
    /// What the tree itself is, as its lockfiles and programs say.
    public var projects: [Package] = []

    public init(
        packages: [Package] = [], operatingSystem: OperatingSystem? = nil, problems: [Finding] = [],
        recognised: Bool = false,
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
        return FileInterest(path: path) != nil || Self.companions.contains(path.split(separator: "/").last ?? "")
    }

    /// Say beside a lockfile what was asked for.
    private static let companions: Set<Substring> = [
        "package.json", "pyproject.toml", "composer.json", "Cargo.toml", "go.sum",
    ]

    public static func scan(_ files: some Sequence<FileEntry>) -> InventoryResult { scan(FileTree(files)) }

    public static func scan(_ tree: FileTree) -> InventoryResult { scan(tree, mode: .all) }

    /// `today` as `2026-11-21`, for what is said about ends of life; `isMerging` lists each package once.
    public static func scan(
        _ tree: FileTree, mode: InventoryMode, today: String? = nil, isMerging: Bool = true
    ) -> InventoryResult {
        let system = OperatingSystem(in: tree)
        var files: [InventoriedFile] = []
        for entry in tree.sorted where entry.kind == .file || entry.kind == .hardLink {
            if let interest = FileInterest(path: entry.path) {
                files.append(read(entry, interest, system, tree))
            } else if let contents = entry.contents, Executable.isProgram(contents[...]),
                contents.count <= Executable.bytesMax,
                let found = FileInventory.executable(
                    InventoryFile(path: entry.path, bytes: contents, layer: entry.layer))
            {
                files.append(found)
            }
        }
        var assembly = InventoryAssembly(mode: mode, today: today, isMerging: isMerging)
        assembly.linkedFolders = Dictionary(
            tree.entries.values.compactMap(DpkgCopyright.link).map { ($0.name, $0.target) },
            uniquingKeysWith: { min($0, $1) })
        return assembly.result(files, system: system)
    }

    private static func read(
        _ entry: FileEntry, _ interest: FileInterest, _ system: OperatingSystem?, _ tree: FileTree
    ) -> InventoriedFile {
        guard let contents = entry.contents else {
            if case .unreadable = interest {
                return FileInventory.read(interest, InventoryFile(path: entry.path, bytes: [], layer: entry.layer))
            }
            guard case .format = interest else {
                return InventoriedFile(
                    path: entry.path, packages: [], projects: [], problems: [], owned: [], contents: nil, role: .note)
            }
            var missing = FileInventory.tooLarge(entry.path, entry.layer, bytesMax: 0)
            missing.problems = [
                problem(
                    "WB-SCAN-001", "the file's contents were not kept, its packages are unknown", entry.path,
                    entry.layer)
            ]
            return missing
        }
        guard contents.count <= interest.bytesMax else {
            return FileInventory.tooLarge(entry.path, entry.layer, bytesMax: interest.bytesMax)
        }
        var file = InventoryFile(path: entry.path, bytes: contents, layer: entry.layer, system: system)
        let folder = entry.path.split(separator: "/").dropLast().joined(separator: "/")
        file.sibling = { name in tree.contents(of: folder.isEmpty ? name : "\(folder)/\(name)") }
        return FileInventory.read(interest, file)
    }

    static func problem(
        _ rule: String, _ message: String, _ path: String, _ layer: Digest? = nil, severity: Severity = .high
    ) -> Finding {
        Finding(
            rule: rule, kind: .configuration, severity: severity, message: message,
            place: Place(location: SourceLocation(file: path), layer: layer),
            remedy: "put the file right, or remove it from what is scanned")
    }

    static let nothingFound = Finding(
        rule: "WB-SCAN-006", kind: .configuration, severity: .medium,
        message: "there is neither a package database nor a lockfile: that no weakness is found means nothing",
        remedy: "keep the lockfile beside what it locks, or attach an SBOM")

    static let unknownRelease = Finding(
        rule: "WB-SCAN-003", kind: .configuration, severity: .medium,
        message: "the distribution's release is not known, its advisories cannot be matched",
        place: Place(location: SourceLocation(file: "etc/os-release")), remedy: "keep etc/os-release in the image")
}
