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
            // Nil where it is gone meanwhile.
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let kind = attributes[.type] as? FileAttributeType
            else { continue }
            switch kind {
            case .typeDirectory: try walk(path, &found, &count)
            case .typeRegular: found.append(path)
            case .typeSymbolicLink: if !Files.isFolder(path), Files.exists(path) { found.append(path) }
            default: continue
            }
        }
    }
}
