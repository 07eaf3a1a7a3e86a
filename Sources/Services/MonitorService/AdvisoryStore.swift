import Advisories
import Documents
import Files
import OCI
import WaybillCore

/// Advisories in a folder: one base that is used where it lies, and for each import what it changed, forwards and back.
///
/// A base is written before `current.json` names it, and that is replaced as one step. What is not named is garbage of an
/// interrupted import.
struct AdvisoryStore {
    /// Changes that are kept; what was known before the oldest is not known any more.
    static let changesMax = 400

    /// One import that is remembered.
    struct Change: Hashable {
        /// In milliseconds since 1970.
        var moment: Int64
        var from: Digest?
        var to: Digest
        /// The name that both files share.
        var name: String
    }

    let folder: String
    private(set) var current: Digest?
    private(set) var changes: [Change] = []

    private var listPath: String { "\(folder)/current.json" }
    func basePath(_ digest: Digest) -> String { "\(folder)/base-\(digest.hex).wbadv" }
    private func changePath(_ change: Change, isForward: Bool) -> String {
        "\(folder)/\(change.name).\(isForward ? "forward" : "back").gz"
    }

    init(folder: String) throws(WaybillError) {
        self.folder = folder
        try Files.makeFolder(folder)
        guard Files.exists(listPath) else {
            guard !Files.exists("\(folder)/bundles.json") else {
                throw WaybillError(
                    .unsupported, "holds advisories in an older form", subject: folder,
                    remedy: "remove the folder and import the advisories again")
            }
            return
        }
        let list: Value
        do {
            list = try JSONReader.value(from: try Files.read(listPath))
        } catch let error as DocumentError {
            throw error.inFile(listPath, remedy: "import the advisories again")
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "cannot be read", subject: listPath, cause: error)
        }
        guard let digest = list["base"]?.string.flatMap({ Digest($0) }) else {
            throw WaybillError(
                .corrupted, "names no base", subject: listPath, remedy: "import the advisories again")
        }
        current = digest
        for entry in list["changes"]?.array ?? [] {
            guard let moment = entry["moment"]?.integer, let to = entry["to"]?.string.flatMap({ Digest($0) }),
                let name = entry["name"]?.string
            else {
                throw WaybillError(
                    .corrupted, "an entry of the list of changes is broken", subject: listPath,
                    remedy: "import the advisories again")
            }
            changes.append(
                Change(moment: Int64(moment), from: entry["from"]?.string.flatMap { Digest($0) }, to: to, name: name))
        }
    }

    /// The present state, mapped. Throws `.corrupted` where the base is not what its name says.
    func load() throws(WaybillError) -> AdvisoryIndex {
        guard let current else { return AdvisoryIndex() }
        return AdvisoryIndex(base: try base(current))
    }

    private func base(_ digest: Digest) throws(WaybillError) -> AdvisoryBase {
        let path = basePath(digest)
        let file = try MappedFile(path)
        let base = try AdvisoryBase(ByteRegion(file.bytes, owner: file), subject: path)
        guard base.digest == digest else {
            throw WaybillError(
                .corrupted, "the advisories do not match their digest", subject: path,
                remedy: "import the advisories again")
        }
        return base
    }

    /// Makes another state the present one, durably, and returns it mapped.
    mutating func replace(
        _ old: AdvisoryIndex, with new: AdvisoryIndex, touching ids: Set<String>, moment: Int64
    ) throws(WaybillError) -> AdvisoryIndex {
        let bytes = new.bytes
        let digest = try AdvisoryBase(bytes: bytes, subject: folder).digest
        guard digest != current else { return try load() }
        try Files.write(bytes, to: basePath(digest))
        let change = Change(moment: moment, from: current, to: digest, name: "change-\(moment)-\(digest.short)")
        if current != nil {
            // From nothing, the whole base is the change.
            let forward = AdvisoryChange.bytes(from: old, to: new, touching: ids, moment: moment, (current, digest))
            try Files.write(try Gzip.compress(forward), to: changePath(change, isForward: true))
        }
        let back = AdvisoryChange.bytes(from: new, to: old, touching: ids, moment: moment, (digest, current))
        try Files.write(try Gzip.compress(back), to: changePath(change, isForward: false))
        var kept = changes + [change]
        let dropped = kept.prefix(max(0, kept.count - Self.changesMax))
        kept.removeFirst(dropped.count)
        try save(digest, kept)
        let previous = current
        (current, changes) = (digest, kept)
        for change in dropped {
            for isForward in [true, false] { try Files.remove(changePath(change, isForward: isForward)) }
        }
        if let previous { try Files.remove(basePath(previous)) }
        return try load()
    }

    private func save(_ digest: Digest, _ changes: [Change]) throws(WaybillError) {
        let list: Value = [
            "base": .string(digest.description),
            "changes": .array(
                changes.map { change in
                    [
                        "moment": .integer(Int(change.moment)), "from": Value(change.from?.description),
                        "to": .string(change.to.description), "name": .string(change.name),
                    ]
                }),
        ]
        try Files.write(JSONWriter.bytes(list, style: .pretty), to: listPath)
    }

    /// The bytes of a change forwards, packed as they lie on the disk; nil for the first import, which has none.
    func forward(_ change: Change) throws(WaybillError) -> [UInt8]? {
        let path = changePath(change, isForward: true)
        return Files.exists(path) ? try Files.read(path) : nil
    }

    /// What was known at a moment: the present state with later imports taken back.
    ///
    /// Throws `.notFound` for a moment before the oldest import that is remembered.
    func load(asOf moment: Int64) throws(WaybillError) -> AdvisoryIndex {
        var index = try load()
        for change in changes.reversed() where change.moment > moment {
            let path = changePath(change, isForward: false)
            let bytes = try Compression.unpack(try Files.read(path), bytesMax: 4 << 30, subject: path)
            index = try index.applying(try AdvisoryChange(bytes, subject: path), subject: path).index
        }
        if let oldest = changes.first, oldest.moment > moment, oldest.from != nil {
            throw WaybillError(
                .notFound, "the state of the advisories at that time is not kept any more", subject: folder)
        }
        return index
    }
}
