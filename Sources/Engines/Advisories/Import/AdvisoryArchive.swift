import OCI
import WaybillCore

/// Archives of advisories: `all.zip` as OSV publishes it, tar with or without gzip or zstd, single files packed with gzip.
enum AdvisoryArchive {
    /// An archive from outside unpacks to no more than this.
    static let bytesMax = 4 << 30

    static func isArchive(_ name: String) -> Bool {
        [".zip", ".tar", ".tgz", ".gz", ".zst"].contains { name.hasSuffix($0) }
    }

    /// Hands out each file. Archives inside of archives are files.
    static func files(
        _ name: String, _ bytes: [UInt8], _ use: (_ name: String, _ bytes: [UInt8]) throws(WaybillError) -> Void
    ) throws(WaybillError) {
        if name.hasSuffix(".zip") {
            let archive = try ZipReader(bytes, subject: name)
            for entry in archive.entries where !entry.name.hasSuffix("/") {
                try use("\(name)/\(entry.name)", try archive.read(entry))
            }
            return
        }
        let compression = Compression(magic: bytes)
        guard compression != .none || name.hasSuffix(".tar") else {
            throw WaybillError(.corrupted, "is not packed as its name says", subject: name)
        }
        let stem = compression == .none ? name : String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
        guard name.hasSuffix(".tgz") || stem.hasSuffix(".tar") else {
            return try use(stem, try Compression.unpack(bytes, bytesMax: ZipReader.fileBytesMax, subject: name))
        }
        var reader = TarReader(subject: name)
        var path: String?
        var content: [UInt8] = []
        func handle(_ event: TarEvent) throws(WaybillError) {
            switch event {
            case .entry(let entry):
                path = entry.kind == .file ? String(decoding: entry.name, as: UTF8.self) : nil
                guard entry.size <= ZipReader.fileBytesMax else {
                    throw WaybillError(
                        .limitExceeded, "unpacks to more than \(ZipReader.fileBytesMax) bytes", subject: path ?? name)
                }
                content = []
            case .content(let piece): if path != nil { content += piece }
            case .end:
                if let path { try use("\(name)/\(path)", content) }
                path = nil
            }
        }
        let decompressor = try Decompressor(compression, outputBytesMax: bytesMax, subject: name)
        try decompressor.feed(bytes) { (piece) throws(WaybillError) in try reader.feed(piece, handle) }
        try decompressor.finish()
        try reader.finish()
    }
}
