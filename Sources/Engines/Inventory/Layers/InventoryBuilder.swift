public import OCI
import Packages
public import WaybillCore

/// Makes the inventory of a layer, or of a folder, while its files pass by one after the other. Besides what it found
/// it holds one file at a time, of bounded size.
public final class InventoryBuilder {
    /// Text files larger than this are not searched for secrets, in bytes; each is said.
    public static let textBytesMax = 10 << 20

    private enum Use {
        case nothing
        /// Decided by the first bytes.
        case undecided
        case inventory(FileInterest)
        case executable
        /// Larger than what is kept: searched for Go's list as it passes.
        case largeExecutable(GoSearch)
        case text
    }

    private let layer: Digest?
    private let secrets: SecretScanner?
    private let alsoWanted: Set<String>
    private var inventory: LayerInventory
    private var entry: FileEntry?
    private var use = Use.nothing
    private var bytes: [UInt8] = []
    private var unsearched: [String] = []

    /// `secrets` searches text files as they pass; `alsoWanted` names files to look at whatever they are called.
    public init(layer: Digest?, secrets: SecretScanner? = nil, alsoWanted: Set<String> = []) {
        self.layer = layer
        self.secrets = secrets
        self.alsoWanted = alsoWanted
        inventory = LayerInventory(
            digest: layer, unpackedDigest: nil, unpackedSize: 0, entries: 0, files: [], changes: [], secrets: [],
            problems: [], missing: [], searchedBytes: secrets == nil ? nil : 0)
    }

    public func handle(_ event: LayerEvent) throws(WaybillError) {
        switch event {
        case .begin(let entry): begin(entry)
        case .content(let piece): try content(piece)
        case .end: try end()
        case .remove(let path): inventory.changes.append(.remove(path))
        case .clear(let path): inventory.changes.append(.clear(path))
        }
    }

    /// Whether the bytes of the file are wanted at all: where reading them costs, ask first.
    public func wantsContents(of entry: FileEntry) -> Bool {
        entry.kind == .file && (entry.size > 0 || FileInterest(path: entry.path) != nil)
    }

    /// Whether more of the present file's bytes are of use.
    public var isWanting: Bool { if case .nothing = use { false } else { true } }

    public func finish(_ facts: LayerStream.Facts?) -> LayerInventory {
        inventory.unpackedDigest = facts?.unpackedDigest
        inventory.unpackedSize = facts?.unpackedSize ?? 0
        inventory.entries = facts?.entries ?? 0
        if let first = unsearched.first {
            inventory.problems.append(
                Finding(
                    rule: "WB-SCAN-015", kind: .configuration, severity: .low,
                    message:
                        "\(unsearched.count) text files are larger than \(Self.textBytesMax) bytes and were not searched for secrets",
                    place: Place(location: SourceLocation(file: first), layer: layer)))
        }
        return inventory
    }

    // MARK: one file

    private func begin(_ entry: FileEntry) {
        self.entry = entry
        use = .nothing
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        switch entry.kind {
        case .symbolicLink: inventory.changes.append(.link(path: entry.path, target: entry.linkTarget ?? ""))
        case .hardLink: hardLink(entry)
        case .folder:
            // Only near the root are links between folders common enough to be replaced by folders.
            if entry.path.utf8.count(where: { $0 == UInt8(ascii: "/") }) < 2 {
                inventory.changes.append(.folder(entry.path))
            }
        case .file:
            if let interest = FileInterest(path: entry.path) {
                guard entry.size <= interest.bytesMax else {
                    return append(FileInventory.tooLarge(entry.path, layer, bytesMax: interest.bytesMax))
                }
                use = .inventory(interest)
                bytes.reserveCapacity(entry.size)
            } else if entry.size > 0 {
                use = .undecided
            }
        default: break
        }
    }

    private func hardLink(_ entry: FileEntry) {
        guard let target = entry.linkTarget else { return }
        let isKnown = inventory.files.contains { $0.path == target }
        let interest = FileInterest(path: entry.path)
        guard isKnown || interest != nil else { return }
        // A package without licences is no reason to read a layer twice.
        if !isKnown, case .copyright = interest { return }
        if isKnown {
            inventory.changes.append(.hardLink(path: entry.path, target: target))
        } else {
            inventory.missing.insert(target)
        }
    }

    private func content(_ piece: ArraySlice<UInt8>) throws(WaybillError) {
        if case .undecided = use { decide(piece) }
        switch use {
        case .nothing, .undecided: break
        case .inventory, .executable, .text: bytes.append(contentsOf: piece)
        case .largeExecutable(let search): search.feed(piece)
        }
    }

    private func decide(_ start: ArraySlice<UInt8>) {
        guard let entry else { return }
        if alsoWanted.contains(entry.path), entry.size <= Executable.bytesMax {
            use = .text
        } else if Executable.isProgram(start) {
            use = entry.size <= Executable.bytesMax ? .executable : .largeExecutable(GoSearch())
        } else if secrets != nil, SecretScanner.wants(path: entry.path), !SecretScanner.isVendored(entry.path),
            !start.prefix(8000).contains(0)
        {
            if entry.size <= Self.textBytesMax { use = .text } else { unsearched.append(entry.path) }
        }
        switch use {
        case .executable, .text: bytes.reserveCapacity(entry.size)
        case .undecided: use = .nothing
        default: break
        }
    }

    private func end() throws(WaybillError) {
        guard let entry else { return }
        self.entry = nil
        switch use {
        case .nothing, .undecided: break
        case .inventory(let interest): append(FileInventory.read(interest, file(entry)))
        case .executable:
            if let found = FileInventory.executable(file(entry)) { append(found) }
        case .largeExecutable(let search):
            if let found = search.result(InventoryFile(path: entry.path, bytes: [], layer: layer)) { append(found) }
        case .text:
            try searchForSecrets(entry)
            if alsoWanted.contains(entry.path), let found = FileInventory.executable(file(entry)) { append(found) }
        }
        if case .inventory(.format(let format)) = use, format.isText { try searchForSecrets(entry) }
        use = .nothing
    }

    private func searchForSecrets(_ entry: FileEntry) throws(WaybillError) {
        guard let secrets, SecretScanner.wants(path: entry.path), !SecretScanner.isVendored(entry.path),
            bytes.count <= Self.textBytesMax
        else { return }
        inventory.searchedBytes = (inventory.searchedBytes ?? 0) + bytes.count
        for var finding in try secrets.scan(path: entry.path, bytes: bytes) {
            finding.place.layer = layer
            inventory.secrets.append(finding)
        }
    }

    private func file(_ entry: FileEntry) -> InventoryFile {
        InventoryFile(path: entry.path, bytes: bytes, layer: layer)
    }

    private func append(_ file: InventoriedFile) {
        inventory.changes.append(.file(inventory.files.count))
        inventory.files.append(file)
    }
}
