import Documents
import Files
import Foundation
import OCI
import WaybillCore

/// An image in one tar archive, as `docker save` writes it or as an OCI layout.
struct ArchiveSource {
    /// Bytes of an archive after unpacking.
    private static let unpackedBytesMax = 64 << 30
    private static let documentBytesMax = 16 << 20

    private let file: OpenFile
    private let index: TarIndex
    private let subject: String

    /// A packed archive is unpacked into a file of its own, which is gone as soon as it is closed.
    init(_ path: String) throws(WaybillError) {
        subject = path
        let opened = try OpenFile(path)
        let compression = Compression(magic: try opened.read(at: 0, count: 4))
        let plain = compression == .none ? opened : try Self.unpacked(opened, compression)
        file = plain
        index = try TarIndex(size: plain.size, subject: path) { (offset, count) throws(WaybillError) in
            try plain.read(at: offset, count: count)
        }
    }

    private static func unpacked(_ file: OpenFile, _ compression: Compression) throws(WaybillError) -> OpenFile {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(folder)/waybill-archive.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else {
            throw WaybillError(.failed, "there is no room to unpack the archive", subject: folder)
        }
        defer {
            close(descriptor)
            unlink(path)
        }
        let decompressor = try Decompressor(compression, outputBytesMax: unpackedBytesMax, subject: file.path)
        try file.readAll { (piece) throws(WaybillError) in
            try decompressor.feed(piece) { (bytes) throws(WaybillError) in
                var rest = bytes
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else {
                        throw WaybillError(.failed, "there is no room to unpack the archive", subject: path)
                    }
                    rest = rest.dropFirst(count)
                }
            }
        }
        try decompressor.finish()
        return try OpenFile(path)
    }

    func image(platform: Platform) throws(WaybillError) -> ImageSource {
        if index.member("index.json") != nil, index.member("oci-layout") != nil, index.member("manifest.json") == nil {
            let layout = try ImageLayout { (path) throws(WaybillError) in try document(path) }
            let (file, index, subject) = (file, index, subject)
            return try ImageSource.source(layout, tag: nil, platform: platform) { (digest, use) throws(WaybillError) in
                guard let member = index.member(ImageLayout.path(of: digest)) else {
                    throw WaybillError(.notFound, "the archive lacks the layer \(digest)", subject: subject)
                }
                try file.readAll(from: member.offset, count: member.size) { (piece) throws(WaybillError) in
                    try use(piece)
                }
            }
        }
        return try dockerImage()
    }

    private func document(_ path: String) throws(WaybillError) -> [UInt8] {
        guard let member = index.member(path) else {
            throw WaybillError(
                .notFound, "the archive holds no \(path): it is no image", subject: subject,
                remedy: "write it with docker save, podman save or skopeo copy")
        }
        guard member.size <= Self.documentBytesMax else {
            throw WaybillError(
                .limitExceeded, "\(path) is larger than \(Self.documentBytesMax) bytes", subject: subject)
        }
        return try file.read(at: member.offset, count: member.size)
    }

    /// manifest.json: a list of images with the paths of configuration and layers.
    private func dockerImage() throws(WaybillError) -> ImageSource {
        let root: Value
        do {
            root = try JSONReader.value(from: try document("manifest.json"))
        } catch let error as DocumentError {
            throw error.inFile("\(subject), manifest.json")
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: subject, cause: error)
        }
        guard let images = root.array, let image = images.first, let path = image["Config"]?.string,
            let layers = image["Layers"]?.array?.map({ $0.string ?? "" })
        else { throw WaybillError(.invalidInput, "manifest.json names no image", subject: subject) }
        guard images.count == 1 else {
            throw WaybillError(
                .unsupported, "the archive holds \(images.count) images", subject: subject,
                remedy: "save them one by one")
        }
        let configuration = try ImageConfiguration(parsing: try document(path))
        guard configuration.layerDigests.count == layers.count else {
            throw WaybillError(.corrupted, "manifest.json and the configuration name other layers", subject: subject)
        }
        var places: [ImageSource.LayerPlace] = [], members: [TarIndex.Member] = []
        for (name, unpacked) in zip(layers, configuration.layerDigests) {
            guard let member = index.member(name) else {
                throw WaybillError(
                    .notFound, "the archive lacks the layer \(Redaction.excerpt(name))", subject: subject)
            }
            places.append(.init(digest: try digest(of: member, unpacked), unpackedDigest: unpacked))
            members.append(member)
        }
        let (file, found) = (file, members)
        var source = ImageSource(configuration: configuration, layers: places) { (index, use) throws(WaybillError) in
            try file.readAll(from: found[index].offset, count: found[index].size) { (piece) throws(WaybillError) in
                try use(piece)
            }
        }
        source.names = (image["RepoTags"]?.array ?? []).compactMap(\.string)
        return source
    }

    /// A layer that is not packed is its own unpacked form; of others the digest is computed.
    private func digest(of member: TarIndex.Member, _ unpacked: Digest) throws(WaybillError) -> Digest {
        let start = try file.read(at: member.offset, count: min(4, member.size))
        if Compression(magic: start) == .none { return unpacked }
        var hasher = ContentHasher()
        try file.readAll(from: member.offset, count: member.size) { (piece) throws(WaybillError) in hasher.update(piece)
        }
        return hasher.finish()
    }
}
