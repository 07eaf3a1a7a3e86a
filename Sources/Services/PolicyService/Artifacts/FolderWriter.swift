import Files
public import PolicyTools
public import WaybillCore

/// Writes pulled files into a folder.
public enum FolderWriter {
    /// Existing files are replaced one by one; nothing is removed.
    public static func write(_ files: [BundleFile], to folder: String) throws(WaybillError) {
        for file in files {
            let path = try ArtifactPath.plain(file.path, subject: folder)
            var above = folder
            try Files.makeFolder(above)
            for name in path.split(separator: "/").dropLast() {
                above += "/\(name)"
                // A link could lead the write out of the folder.
                guard FileStatus(of: above)?.kind != .symbolicLink else {
                    throw WaybillError(.forbidden, "is a link: nothing is written through it", subject: above)
                }
                try Files.makeFolder(above)
            }
            try Files.write(file.bytes, to: "\(folder)/\(path)")
        }
    }
}
