import Files
public import WaybillCore

/// A folder of OpenPGP signatures beside a registry, as skopeo and podman read and write it ("lookaside").
public struct LookasideFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// `REPOSITORY@sha256=HEX/`; the registry's host is not part of it.
    private func folder(_ repository: String, _ image: Digest) throws(WaybillError) -> String {
        // The repository becomes part of a path.
        guard
            !repository.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
                $0 == ".." || $0.isEmpty
            })
        else { throw WaybillError(.invalidInput, "is no repository", subject: Redaction.excerpt(repository)) }
        return "\(path)/\(repository)@\(image.algorithm.rawValue)=\(image.hex)"
    }

    public func all(of image: Digest, in repository: String) throws(WaybillError) -> [[UInt8]] {
        let folder = try folder(repository, image)
        var signatures: [[UInt8]] = []
        while signatures.count < StoredSignatures.itemsMax, Files.exists("\(folder)/signature-\(signatures.count + 1)")
        {
            signatures.append(try Files.read("\(folder)/signature-\(signatures.count + 1)", bytesMax: 4 << 20))
        }
        return signatures
    }

    public func add(_ signature: [UInt8], to image: Digest, in repository: String) throws(WaybillError) {
        let folder = try folder(repository, image)
        try Files.makeFolder(folder)
        let count = try all(of: image, in: repository).count
        try Files.write(signature, to: "\(folder)/signature-\(count + 1)")
    }
}
