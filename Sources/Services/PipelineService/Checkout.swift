import Delivery
import Files
import Foundation
import GitRepositories
import OCI
import WaybillCore

/// The files of a commit, in memory for the gates and on disk for the build.
struct Checkout: Sendable {
    let tree: FileTree
    /// The folder that the builder copies from.
    let folder: String

    /// Files larger than this are left to the build and not examined, in bytes.
    static let examinedBytesMax = 64 << 20

    /// Writes the commit's files below `folder`, which must not exist.
    static func make(
        _ commit: ObjectID, of repository: any GitRepository, in folder: String
    ) async throws(WaybillError) -> Checkout {
        try Files.makeFolder(folder)
        var tree = FileTree()
        for file in try await repository.files(at: commit, under: "") {
            guard let entry = try await entry(file, repository) else { continue }
            guard !file.path.split(separator: "/").contains("..") else {
                throw WaybillError(.invalidInput, "a path leaves the tree", subject: file.path)
            }
            try write(entry, below: folder)
            tree.insert(entry)
        }
        return Checkout(tree: tree, folder: folder)
    }

    private static func entry(_ file: GitFile, _ repository: any GitRepository) async throws(WaybillError) -> FileEntry?
    {
        // A submodule has no bytes here; a build that needs it fails and says so.
        guard file.mode != "160000" else { return nil }
        guard let blob = try await repository.object(file.blob) else {
            throw WaybillError(.notFound, "a file's object is missing", subject: file.path)
        }
        if file.mode == "120000" {
            return FileEntry(
                path: file.path, kind: .symbolicLink, mode: 0o777,
                linkTarget: String(decoding: blob.bytes, as: UTF8.self))
        }
        return FileEntry(
            path: file.path, kind: .file, mode: file.mode == "100755" ? 0o755 : 0o644, size: blob.bytes.count,
            contents: blob.bytes)
    }

    private static func write(_ entry: FileEntry, below folder: String) throws(WaybillError) {
        let path = "\(folder)/\(entry.path)"
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        // Nothing is written through a link that the commit brought.
        guard parent.hasPrefix(folder), try !hasLink(parent, below: folder) else {
            throw WaybillError(.invalidInput, "a path leads through a symbolic link", subject: entry.path)
        }
        try Files.makeFolder(parent)
        if entry.kind == .symbolicLink {
            guard symlink(entry.linkTarget ?? "", path) == 0 else {
                throw WaybillError(.failed, "the link cannot be made", subject: entry.path)
            }
            return
        }
        try Files.create(entry.contents ?? [], at: path, mode: UInt32(entry.mode))
    }

    /// A path of the commit on disk, for a program that would follow a link: one on the way is refused.
    func place(of path: String) throws(WaybillError) -> String {
        let place = path == "." ? folder : "\(folder)/\(path)"
        guard !path.split(separator: "/").contains(".."), try !Self.hasLink(place, below: folder) else {
            throw WaybillError(
                .invalidInput, "leads through a symbolic link or out of the tree", subject: path,
                remedy: "name the file or folder itself in \(ProjectFile.path)")
        }
        return place
    }

    private static func hasLink(_ path: String, below folder: String) throws(WaybillError) -> Bool {
        var current = folder
        for part in path.dropFirst(folder.count).split(separator: "/") {
            current += "/" + part
            if FileStatus(of: current)?.kind == .symbolicLink { return true }
        }
        return false
    }
}
