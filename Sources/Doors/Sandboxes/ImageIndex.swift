import Documents
import Files
import WaybillCore

/// The `index.json` of an OCI image layout, as far as a build needs it.
enum ImageIndex {
    /// The digest of the layout's only manifest.
    static func onlyDigest(in layout: String) throws(WaybillError) -> Digest {
        let path = "\(layout)/index.json"
        let manifests = try object(path)["manifests"]?.array ?? []
        guard manifests.count == 1, let text = manifests[0]["digest"]?.string else {
            throw WaybillError(.invalidInput, "expected one manifest, found \(manifests.count)", subject: path)
        }
        return try Digest(parsing: text)
    }

    /// Leaves one manifest in the index, so that the layout means this image alone; its bytes must match the digest.
    static func reduce(_ layout: String, to digest: Digest) throws(WaybillError) {
        let path = "\(layout)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
        let bytes = try Files.read(path, bytesMax: 8 << 20)
        guard digest.algorithm == .sha256, Digest.sha256(of: bytes) == digest else {
            throw WaybillError(.corrupted, "the manifest does not have the digest \(digest)", subject: layout)
        }
        let mediaType = try object(path)["mediaType"]?.string ?? "application/vnd.oci.image.manifest.v1+json"
        let index: Value = [
            "schemaVersion": 2,
            "manifests": [
                ["mediaType": .string(mediaType), "digest": .string("\(digest)"), "size": .integer(bytes.count)]
            ],
        ]
        try Files.write(JSONWriter.bytes(index), to: "\(layout)/index.json")
    }

    private static func object(_ path: String) throws(WaybillError) -> Value {
        let bytes = try Files.read(path, bytesMax: 8 << 20)
        do {
            return try JSONReader.value(from: bytes)
        } catch {
            throw error.inFile(path)
        }
    }
}
