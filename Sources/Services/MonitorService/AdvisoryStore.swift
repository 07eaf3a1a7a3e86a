import Advisories
import Documents
import Files
import WaybillCore

/// Advisories in a folder: bundles of records named by their digest, and one small file that says which of them count.
///
/// A bundle is written before the list names it, and the list is replaced as one step. What the list does not name is
/// garbage of an interrupted import.
struct AdvisoryStore {
    /// More bundles than this are made into one.
    static let bundlesMax = 32

    struct Bundle: Hashable {
        var digest: Digest
        /// In milliseconds since 1970.
        var imported: Int64
        /// The ecosystems that the import was about: their data is as new as the import.
        var ecosystems: [String]
    }

    let folder: String
    private(set) var bundles: [Bundle] = []

    private var listPath: String { "\(folder)/bundles.json" }
    private func path(_ digest: Digest) -> String { "\(folder)/\(digest.hex).json" }

    init(folder: String) throws(WaybillError) {
        self.folder = folder
        try Files.makeFolder(folder)
        guard Files.exists(listPath) else { return }
        let list = try Self.document(try Files.read(listPath), listPath)
        for entry in list["bundles"]?.array ?? [] {
            guard let digest = entry["digest"]?.string.flatMap({ Digest($0) }), let imported = entry["imported"]?.integer else {
                throw WaybillError(.corrupted, "an entry of the list of advisories is broken", subject: listPath, remedy: "import the advisories again")
            }
            let ecosystems = (entry["ecosystems"]?.array ?? []).compactMap(\.string)
            bundles.append(Bundle(digest: digest, imported: Int64(imported), ecosystems: ecosystems))
        }
    }

    /// Every record that counts. Throws `.corrupted` where a bundle is not what its digest says.
    func load() throws(WaybillError) -> AdvisoryIndex {
        var imported: [String: Int64] = [:]
        for bundle in bundles {
            for ecosystem in bundle.ecosystems { imported[ecosystem] = max(imported[ecosystem] ?? 0, bundle.imported) }
        }
        var index = AdvisoryIndex(imported: imported)
        for bundle in bundles {
            let path = path(bundle.digest)
            let bytes = try Files.read(path)
            guard Digest.sha256(of: bytes) == bundle.digest else {
                throw WaybillError(.corrupted, "the advisories do not match their digest", subject: path, remedy: "import the advisories again")
            }
            for advisory in try OSVReader.advisories(from: bytes, file: path) { index.insert(advisory) }
        }
        return index
    }

    /// Keeps the records durably. The whole index is given for when the bundles have become too many.
    mutating func add(_ advisories: [Advisory], imported: Int64, ecosystems: [String], whole index: AdvisoryIndex) throws(WaybillError) {
        var next = bundles
        if bundles.count >= Self.bundlesMax {
            next = []
            // One bundle per moment of import, so that each ecosystem keeps its age; the records all go into the newest.
            let empty = try write([])
            for (ecosystem, moment) in index.imported.sorted(by: { $0.key < $1.key }) {
                next.append(Bundle(digest: empty, imported: moment, ecosystems: [ecosystem]))
            }
            next.append(Bundle(digest: try write(index.all), imported: imported, ecosystems: ecosystems))
            next = Self.merged(next)
        } else {
            next.append(Bundle(digest: try write(advisories), imported: imported, ecosystems: ecosystems))
        }
        let list: Value = [
            "bundles": .array(
                next.map { bundle in
                    [
                        "digest": .string(bundle.digest.description), "imported": .integer(Int(bundle.imported)),
                        "ecosystems": .array(bundle.ecosystems.map(Value.string)),
                    ]
                })
        ]
        try Files.write(JSONWriter.bytes(list, style: .pretty), to: listPath)
        let dropped = Set(bundles.map(\.digest)).subtracting(next.map(\.digest))
        bundles = next
        for digest in dropped { try Files.remove(path(digest)) }
    }

    /// Entries of the same bundle and moment become one.
    private static func merged(_ bundles: [Bundle]) -> [Bundle] {
        var result: [Bundle] = []
        for bundle in bundles {
            if let index = result.firstIndex(where: { $0.digest == bundle.digest && $0.imported == bundle.imported }) {
                result[index].ecosystems += bundle.ecosystems
            } else {
                result.append(bundle)
            }
        }
        return result
    }

    private func write(_ advisories: [Advisory]) throws(WaybillError) -> Digest {
        let bytes = JSONWriter.bytes(.array(advisories.map(OSVWriter.value)), style: .canonical)
        let digest = Digest.sha256(of: bytes)
        try Files.write(bytes, to: path(digest))
        return digest
    }

    private static func document(_ bytes: [UInt8], _ path: String) throws(WaybillError) -> Value {
        do {
            return try JSONReader.value(from: bytes)
        } catch {
            throw error.inFile(path, remedy: "import the advisories again")
        }
    }
}
