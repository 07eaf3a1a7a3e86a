import Documents
public import Packages
public import WaybillCore

/// What one file gave: the unit that is remembered and put together.
public struct InventoriedFile: Sendable, Hashable {
    public var path: String
    public var packages: [Package]
    /// What the tree itself is: the project of a lockfile, the main module of a program.
    public var projects: [Package]
    public var problems: [Finding]
    /// Files that the packages here have installed, as far as they may name packages themselves.
    var owned: [OwnedFiles.Entry]
    /// Kept where the file says something about all others: os-release.
    var contents: [UInt8]?
    var role: Role

    /// How the file's packages are weighed against those of others.
    enum Role: String, Sendable, Hashable {
        /// A distribution's database of packages.
        case database
        /// What is locked, to be installed somewhere.
        case lockfile
        /// What is installed, as its installer describes it.
        case installed
        /// Says something about other files: os-release, lists of owned files.
        case note
    }
}

/// The files of a distribution's packages that would name packages of a language once more.
enum OwnedFiles {
    struct Entry: Hashable, Sendable {
        var path: String
        var owner: String
    }

    private static let programFolders: Set<Substring> = ["bin", "sbin", "libexec"]

    /// Whether the file may be an inventory of its own.
    static func isWorthKnowing(_ path: String) -> Bool {
        if InventoryFormat(path: path) != nil { return true }
        let parts = path.split(separator: "/")
        return parts.dropLast().contains { programFolders.contains($0) }
            || parts.last.map { JavaArchive.endings.contains(String($0.split(separator: ".").last ?? "")) } == true
    }

    /// `var/lib/dpkg/info/bash.list`, `libc6:amd64.list`; nil for other paths.
    static func dpkgOwner(of path: String) -> String? {
        let folders = path.split(separator: "/")
        guard let name = folders.last else { return nil }
        if path.hasPrefix("var/lib/dpkg/info/"), name.hasSuffix(".list") {
            return String(name.dropLast(5).prefix { $0 != ":" })
        }
        if path.hasPrefix("var/lib/dpkg/status.d/"), name.hasSuffix(".md5sums") { return String(name.dropLast(8)) }
        return nil
    }

    /// The interesting lines of a list: paths, or checksums and paths.
    static func entries(_ bytes: [UInt8], owner: String) -> [Entry] {
        bytes.split(separator: 0x0A).compactMap { line in
            var path = Text.string(line)
            if let gap = path.range(ofTwoSpacesAfterChecksum: ()) { path = String(path[gap...]) }
            path = String(path.drop { $0 == "/" })
            return isWorthKnowing(path) ? Entry(path: path, owner: owner) : nil
        }
    }
}

extension String {
    /// Where the path begins in a line of `md5sum`.
    fileprivate func range(ofTwoSpacesAfterChecksum: Void) -> String.Index? {
        guard utf8.count > 34, utf8.prefix(32).allSatisfy({ $0 &- 48 < 10 || $0 &- 97 < 6 }) else { return nil }
        let after = utf8.index(startIndex, offsetBy: 32)
        guard self[after...].hasPrefix("  ") else { return nil }
        return utf8.index(after, offsetBy: 2)
    }
}
