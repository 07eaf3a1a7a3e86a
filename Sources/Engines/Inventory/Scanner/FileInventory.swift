import Documents
import Packages
import WaybillCore

/// What a file is to the scanner, by its path alone.
enum FileInterest: Equatable {
    case system
    case owned(String)
    /// Says the licences of the package with this name.
    case copyright(String)
    case format(InventoryFormat)
    case unreadable(UnreadableFormat)

    init?(path: String) {
        if OperatingSystem.paths.contains(path) {
            self = .system
        } else if let owner = OwnedFiles.dpkgOwner(of: path) {
            self = .owned(owner)
        } else if let package = DpkgCopyright.package(of: path) {
            self = .copyright(package)
        } else if let format = InventoryFormat(path: path) {
            self = .format(format)
        } else if let unreadable = UnreadableFormat(path: path) {
            self = .unreadable(unreadable)
        } else {
            return nil
        }
    }

    /// A file of this kind is read up to this size, in bytes.
    var bytesMax: Int {
        switch self {
        case .format(.javaArchive), .format(.rpmDatabase): JavaArchive.bytesMax
        default: InventoryScanner.fileBytesMax
        }
    }
}

/// Reads one file; whatever it holds, there is an answer that names it.
enum FileInventory {
    static func read(_ interest: FileInterest, _ file: InventoryFile) -> InventoriedFile {
        var result = InventoriedFile(
            path: file.path, packages: [], projects: [], problems: [], owned: [], contents: nil, role: .note)
        switch interest {
        case .system: result.contents = Array(file.bytes.prefix(1 << 16))
        case .owned(let owner): result.owned = OwnedFiles.entries(file.bytes, owner: owner)
        case .copyright(let name):
            result.packages = [
                Package(
                    ecosystem: .debian(nil), name: name, version: "", licences: DpkgCopyright.licences(file.bytes))
            ]
        case .unreadable(let format):
            result.role = .installed
            result.problems = [format.problem(file.path, file.layer)]
        case .format(let format):
            result.role = format.role
            do {
                result.take(try format.read(file))
            } catch {
                var finding = InventoryScanner.problem(
                    "WB-SCAN-001", "cannot be read as \(format.title): \(error.message)", file.path, file.layer)
                finding.place.location = SourceLocation(file: file.path, position: error.position)
                result.problems.append(finding)
            }
        }
        return result
    }

    /// A program that says what it was made of; nil for one that does not.
    static func executable(_ file: InventoryFile) -> InventoriedFile? {
        guard let parsed = Executable.read(file) else { return nil }
        var result = InventoriedFile(
            path: file.path, packages: [], projects: [], problems: [], owned: [], contents: nil, role: .installed)
        result.take(parsed)
        return result
    }

    static func tooLarge(_ path: String, _ layer: Digest?, bytesMax: Int) -> InventoriedFile {
        InventoriedFile(
            path: path, packages: [], projects: [],
            problems: [
                InventoryScanner.problem(
                    "WB-SCAN-001", "larger than \(bytesMax) bytes, its packages are unknown", path, layer)
            ], owned: [], contents: nil, role: .installed)
    }
}

extension InventoriedFile {
    mutating func take(_ parsed: ParsedInventory) {
        packages = parsed.packages
        projects = parsed.projects
        problems = parsed.problems
        owned = parsed.owned
    }
}
