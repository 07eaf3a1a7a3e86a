import Files
import WaybillCore

/// The last good bundle on disk. The archive first, then the tag that names it: after a crash there is the old bundle
/// or the new one, and a tag that does not fit is not believed.
struct BundleShelf: Sendable {
    let folder: String

    init(_ root: String, name: String) { folder = "\(root)/bundles/\(name)" }

    private var archivePath: String { "\(folder)/bundle.tar.gz" }
    private var tagPath: String { "\(folder)/etag" }

    /// Nil where nothing was kept.
    func load(bytesMax: Int) throws(WaybillError) -> (archive: [UInt8], etag: String?)? {
        guard Files.exists(archivePath) else { return nil }
        let archive = try Files.read(archivePath, bytesMax: bytesMax)
        guard let text = try? Files.text(tagPath) else { return (archive, nil) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 2, lines[0] == Digest.sha256(of: archive).description else { return (archive, nil) }
        return (archive, String(lines[1]))
    }

    func keep(_ archive: [UInt8], etag: String?) throws(WaybillError) {
        try Files.makeFolder(folder, mode: 0o700)
        try Files.write(archive, to: archivePath, mode: 0o600)
        guard let etag, !etag.contains("\n") else { return try Files.remove(tagPath) }
        try Files.write(Array("\(Digest.sha256(of: archive))\n\(etag)\n".utf8), to: tagPath, mode: 0o600)
    }
}
