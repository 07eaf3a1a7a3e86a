import WaybillCore

/// One file of a bundle.
public struct BundleFile: Sendable, Hashable {
    /// From the bundle's root, without a slash at the start: `shop/data.json`.
    public var path: String
    public var bytes: [UInt8]

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    public init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }

    /// The last part of the path.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// The folders above it.
    public var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }
}

/// Bounds on a bundle from outside.
public struct BundleLimits: Sendable {
    /// After unpacking, all files together.
    public var bytesMax: Int
    public var filesMax: Int
    public var pathBytesMax: Int

    public init(bytesMax: Int = 1 << 30, filesMax: Int = 100_000, pathBytesMax: Int = 4096) {
        self.bytesMax = bytesMax
        self.filesMax = filesMax
        self.pathBytesMax = pathBytesMax
    }

    public static let standard = BundleLimits()
}

/// A path inside a bundle, made plain: no slash at either end, no `.`; one that leaves the bundle is refused.
enum BundlePath {
    static func plain(_ bytes: [UInt8], limits: BundleLimits, subject: String) throws(WaybillError) -> String {
        guard bytes.count <= limits.pathBytesMax else {
            throw WaybillError(.limitExceeded, "a path is longer than \(limits.pathBytesMax) bytes", subject: subject)
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw WaybillError(.invalidInput, "a path is not UTF-8 text", subject: subject)
        }
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard !parts.contains(where: { $0 == ".." }) else {
            throw WaybillError(
                .invalidInput, "the path \(Redaction.excerpt(text)) leaves the bundle", subject: subject)
        }
        return parts.joined(separator: "/")
    }
}
