import OCI
public import WaybillCore

/// A bundle as it travels: files in a tar archive, packed with gzip.
public enum BundleArchive {
    /// The files of an archive in their order. Links, devices, paths that leave the bundle and paths that occur twice
    /// are refused; `subject` names the bundle in errors.
    public static func files(
        in bytes: [UInt8], limits: BundleLimits = .standard, subject: String
    ) throws(WaybillError) -> [BundleFile] {
        guard Compression(magic: bytes) == .gzip else {
            throw WaybillError(
                .invalidInput, "is not a bundle: expected a gzipped tar archive", subject: subject,
                remedy: "make one with: waybill policy build")
        }
        let archive = try Compression.unpack(bytes, bytesMax: limits.bytesMax, subject: subject)
        var reading = Reading(limits: limits, subject: subject)
        var reader = TarReader(subject: subject)
        try reader.feed(archive[...]) { (event) throws(WaybillError) in try reading.take(event) }
        try reader.finish()
        return reading.files
    }

    /// Packs the files ordered by path, without times and owners, so that equal files give equal bytes.
    public static func bytes(of files: [BundleFile]) throws(WaybillError) -> [UInt8] {
        var writer = TarWriter()
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            // Readers of OPA expect names from the root.
            writer.add(TarEntry(name: "/" + file.path, mode: 0o600), contents: file.bytes)
        }
        return try Gzip.compress(writer.finish(), level: 9)
    }

    private struct Reading {
        let limits: BundleLimits
        let subject: String
        var files: [BundleFile] = []
        private var paths: Set<String> = []
        private var current: BundleFile?

        init(limits: BundleLimits, subject: String) {
            self.limits = limits
            self.subject = subject
        }

        mutating func take(_ event: TarEvent) throws(WaybillError) {
            switch event {
            case .entry(let entry):
                let path = try BundlePath.plain(entry.name, limits: limits, subject: subject)
                switch entry.kind {
                case .folder: current = nil
                case .file:
                    guard !path.isEmpty else {
                        throw WaybillError(.invalidInput, "an entry has no name", subject: subject)
                    }
                    guard paths.insert(path).inserted else {
                        throw WaybillError(
                            .invalidInput, "holds \(Redaction.excerpt(path)) twice", subject: subject)
                    }
                    guard files.count < limits.filesMax else {
                        throw WaybillError(
                            .limitExceeded, "holds more than \(limits.filesMax) files", subject: subject)
                    }
                    current = BundleFile(path: path, bytes: [])
                default:
                    throw WaybillError(
                        .invalidInput, "\(Redaction.excerpt(path)) is a link or a device: a bundle holds only files",
                        subject: subject)
                }
            case .content(let piece): current?.bytes += piece
            case .end:
                if let current { files.append(current) }
                current = nil
            }
        }
    }
}
