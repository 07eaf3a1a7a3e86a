import Blobs
import Documents
import Files
import OCI
import WaybillCore

/// Which repository has which content, tags and referrers: small files, each written as one step, so that what was
/// acknowledged survives any crash.
///
/// ```
/// repositories/shop+cart/blobs/sha256-…             the repository has the blob
///                       /manifests/sha256-…         the manifest's media type
///                       /tags/1.4                   the digest
///                       /referrers/sha256-…/sha256-…  a descriptor, by subject and referrer
///                       /signatures/sha256-…/NAME     an OpenPGP signature of the image
/// ```
/// Content itself is in the blob store, once for all repositories. It is stored before a file names it.
struct RepositoryStore: Sendable {
    let folder: String

    init(_ folder: String) throws(WaybillError) {
        self.folder = folder
        try Files.makeFolder("\(folder)/repositories")
    }

    /// A slash would make folders, and `+` is in no repository's name.
    private func path(_ repository: String) -> String {
        "\(folder)/repositories/"
            + repository.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }.joined(separator: "+")
    }

    private func file(_ digest: Digest) -> String { "\(digest.algorithm.rawValue)-\(digest.hex)" }

    private func digest(_ file: String) -> Digest? {
        guard let dash = file.firstIndex(of: "-") else { return nil }
        return Digest("\(file[..<dash]):\(file[file.index(after: dash)...])")
    }

    private func write(_ bytes: [UInt8], _ folder: String, _ name: String) throws(WaybillError) {
        if !Files.exists(folder) { try Files.makeFolder(folder) }
        try Files.write(bytes, to: "\(folder)/\(name)")
    }

    private func names(_ folder: String) throws(WaybillError) -> [String] {
        guard Files.exists(folder) else { return [] }
        // A name with `.new` at its end is a file that was being written in a crash.
        return try Files.names(in: folder).filter { !$0.hasSuffix(".new") }
    }

    private func text(_ path: String) throws(WaybillError) -> String? {
        do {
            return try Files.text(path)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    func repositories() throws(WaybillError) -> [String] {
        try names("\(folder)/repositories").map { $0.split(separator: "+").joined(separator: "/") }
            .sorted { $0.precedesByBytes($1) }
    }

    func exists(_ repository: String) -> Bool { Files.exists(path(repository)) }

    // MARK: Blobs

    func hasBlob(_ digest: Digest, in repository: String) -> Bool {
        Files.exists("\(path(repository))/blobs/\(file(digest))")
    }

    func addBlob(_ digest: Digest, to repository: String) throws(WaybillError) {
        guard !hasBlob(digest, in: repository) else { return }
        try write([], "\(path(repository))/blobs", file(digest))
    }

    func removeBlob(_ digest: Digest, from repository: String) throws(WaybillError) {
        try Files.remove("\(path(repository))/blobs/\(file(digest))")
    }

    // MARK: Manifests

    func mediaType(_ digest: Digest, in repository: String) throws(WaybillError) -> MediaType? {
        try text("\(path(repository))/manifests/\(file(digest))").map { MediaType($0) }
    }

    /// Its place among its subject's referrers first: a manifest that is there is listed.
    func addManifest(_ digest: Digest, _ document: ManifestDocument, to repository: String) throws(WaybillError) {
        if let subject = document.subject {
            var descriptor = document.descriptor
            descriptor.digest = digest
            try write(
                JSONWriter.bytes(descriptor.value), "\(path(repository))/referrers/\(file(subject.digest))",
                file(digest))
        }
        try write(Array(document.mediaType.rawValue.utf8), "\(path(repository))/manifests", file(digest))
    }

    /// Tags first: none may be left that leads nowhere.
    func removeManifest(_ digest: Digest, subject: Digest?, from repository: String) throws(WaybillError) {
        for tag in try tags(in: repository) where try self.digest(ofTag: tag, in: repository) == digest {
            try removeTag(tag, from: repository)
        }
        try Files.remove("\(path(repository))/manifests/\(file(digest))")
        if let subject { try Files.remove("\(path(repository))/referrers/\(file(subject))/\(file(digest))") }
    }

    // MARK: Tags

    func digest(ofTag tag: String, in repository: String) throws(WaybillError) -> Digest? {
        guard let text = try text("\(path(repository))/tags/\(tag)") else { return nil }
        return try Digest(parsing: text)
    }

    func setTag(_ tag: String, to digest: Digest, in repository: String) throws(WaybillError) {
        try write(Array(digest.description.utf8), "\(path(repository))/tags", tag)
    }

    func removeTag(_ tag: String, from repository: String) throws(WaybillError) {
        try Files.remove("\(path(repository))/tags/\(tag)")
    }

    func tags(in repository: String) throws(WaybillError) -> [String] {
        guard Files.exists("\(path(repository))/tags") else { return [] }
        // A tag may end with `.new`; a file that was being written has a number before it.
        return try Files.names(in: "\(path(repository))/tags").filter { !Self.isLeftover($0) }
    }

    private static func isLeftover(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 3 && parts[parts.count - 1] == "new" && UInt64(parts[parts.count - 2]) != nil
    }

    // MARK: Signatures

    /// Name and content of each, ordered by name.
    func signatures(of image: Digest, in repository: String) throws(WaybillError) -> [(name: String, content: [UInt8])]
    {
        let folder = "\(path(repository))/signatures/\(file(image))"
        var found: [(name: String, content: [UInt8])] = []
        for name in try names(folder).sorted(by: { $0.precedesByBytes($1) }) {
            found.append((name, try Files.read("\(folder)/\(name)", bytesMax: RegistryService.signatureBytesMax)))
        }
        return found
    }

    func addSignature(_ content: [UInt8], named name: String, of image: Digest, in repository: String)
        throws(WaybillError)
    {
        try write(content, "\(path(repository))/signatures/\(file(image))", name)
    }

    // MARK: Referrers

    func referrers(of subject: Digest, in repository: String) throws(WaybillError) -> [Descriptor] {
        let folder = "\(path(repository))/referrers/\(file(subject))"
        var found: [Descriptor] = []
        for name in try names(folder) {
            // One whose manifest is not there is the trace of a push or a deletion that a crash cut short.
            guard let digest = digest(name), try mediaType(digest, in: repository) != nil,
                let text = try text("\(folder)/\(name)")
            else { continue }
            do throws(DocumentError) {
                found.append(try Descriptor(try JSONReader.node(from: Array(text.utf8))))
            } catch {
                throw error.inFile("\(folder)/\(name)")
            }
        }
        return found
    }
}
