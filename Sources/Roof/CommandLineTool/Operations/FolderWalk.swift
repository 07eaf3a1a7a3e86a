import CNIOLinux
import Files
import Foundation
import WaybillCore

/// The files below a folder, ordered by name. Links to folders are not followed.
enum FolderWalk {
    static let entriesMax = 200_000

    static func files(in folder: String) throws(WaybillError) -> [String] {
        var found: [String] = []
        var count = 0
        try walk(folder, &found, &count)
        return found
    }

    private static func walk(_ folder: String, _ found: inout [String], _ count: inout Int) throws(WaybillError) {
        for name in try Files.names(in: folder) where name != ".git" {
            count += 1
            guard count <= entriesMax else {
                throw WaybillError(.limitExceeded, "more than \(entriesMax) files", subject: folder)
            }
            let path = folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try walk(path, &found, &count)
            case S_IFREG: found.append(path)
            case S_IFLNK: if !Files.isFolder(path), Files.exists(path) { found.append(path) }
            default: continue
            }
        }
    }
}
