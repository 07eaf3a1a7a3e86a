/// The compiled time zones of the machine.
public enum ZoneFiles {
    /// Where systems keep them; the first that has the zone is read.
    private static let folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"]
    /// The largest real zone has a few kilobytes.
    private static let bytesMax = 1 << 18

    /// The bytes of a zone's file, `Europe/Berlin`; nil where there is none by that name.
    public static func read(_ name: String) -> [UInt8]? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, name.utf8.count < 256, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            return nil
        }
        for folder in folders where Files.exists("\(folder)/\(name)") && !Files.isFolder("\(folder)/\(name)") {
            // A file that cannot be read is as good as none: the zone's name is then unknown, which is an error.
            if let bytes = try? Files.read("\(folder)/\(name)", bytesMax: bytesMax) { return bytes }
        }
        return nil
    }
}
