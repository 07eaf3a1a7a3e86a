/// Paths from the root of the files, without `.` and `..`; the root itself is empty.
enum FolderPath {
    /// Nil for an absolute path and for one that leaves the root.
    static func join(_ folder: String, _ path: String) -> String? {
        let bytes = path.utf8
        guard bytes.first != slash else { return nil }
        // Most paths are one name below a folder that was joined before.
        let isPlain = !bytes.isEmpty && !bytes.contains(slash) && !(bytes.first == dot && bytes.count <= 2)
        if isPlain, folder.utf8.first != slash, folder.utf8.last != slash {
            return folder.isEmpty ? path : "\(folder)/\(path)"
        }
        var parts = folder.split(separator: "/")
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    static func contains(_ folder: String, _ path: String) -> Bool { folder.isEmpty || path.hasPrefix(folder + "/") }

    /// How to get from a folder to a path: `../base/kustomization.yaml`.
    static func relative(_ path: String, from folder: String) -> String {
        let from = folder.split(separator: "/"), to = path.split(separator: "/")
        let common = zip(from, to).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: from.count - common) + to.dropFirst(common).map(String.init)).joined(
            separator: "/")
    }
}
