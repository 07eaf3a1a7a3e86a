import Documents
import OCI
import Packages
public import WaybillCore

/// What one layer brings and takes, as far as an inventory needs it: made once, by digest, and good for every image
/// that has the layer.
public struct LayerInventory: Sendable, Hashable {
    /// Raised whenever what is read or kept changes, so that older ones are made anew.
    public static let version = 3

    enum Change: Sendable, Hashable {
        /// By its place in `files`.
        case file(Int)
        case link(path: String, target: String)
        case hardLink(path: String, target: String)
        case folder(String)
        case remove(String)
        case clear(String)
    }

    /// Of the bytes as they are stored; nil for a folder on disk.
    public var digest: Digest?
    public var unpackedDigest: Digest?
    public var unpackedSize: Int
    public var entries: Int
    public internal(set) var files: [InventoriedFile]
    var changes: [Change]
    /// Secrets in files of this layer: they can be read out of the image even where an upper layer removes the file.
    public var secrets: [Finding]
    /// What could not be searched.
    public var problems: [Finding]
    /// Targets of hard links to interesting names, whose bytes were not looked at. Reading again with these as
    /// `alsoWanted` gives the links what they need.
    public var missing: Set<String>
    /// How many bytes of text were searched for secrets; nil where none was to be searched.
    public var searchedBytes: Int?
}

/// Puts the layers of an image together.
public struct ImageInventory {
    /// The lowest layer first.
    public static func result(
        of layers: [LayerInventory], mode: InventoryMode = .installed, today: String? = nil, isMerging: Bool = true
    ) throws(WaybillError) -> InventoryResult {
        let entries = try FileTree.entries(applying: layers.enumerated().map { $1.outline(number: $0) })
        var found: [InventoriedFile] = []
        var system: [FileEntry] = [], linkedFolders: [String: String] = [:]
        for var entry in entries {
            guard entry.kind == .file else {
                system.append(entry)
                if let (name, target) = DpkgCopyright.link(entry) {
                    linkedFolders[name] = min(target, linkedFolders[name] ?? target)
                }
                continue
            }
            guard let key = Key(entry.contents), var file = key.file(in: layers) else { continue }
            file.rename(to: entry.path)
            if let contents = file.contents {
                entry.contents = contents
                system.append(entry)
            }
            found.append(file)
        }
        found.sort { $0.path.precedesByBytes($1.path) }
        var assembly = InventoryAssembly(mode: mode, today: today, isMerging: isMerging)
        assembly.linkedFolders = linkedFolders
        var result = assembly.result(found, system: OperatingSystem(in: FileTree(normal: system)))
        result.problems += layers.flatMap(\.problems)
        return result
    }

    /// The secrets of all layers, each once; those that the finished image no longer shows are told apart.
    public static func secrets(of layers: [LayerInventory]) -> [Finding] {
        var seen: Set<Finding> = []
        return layers.flatMap(\.secrets).filter { seen.insert($0).inserted }
    }

    /// Stands for a file's record while layers are laid upon each other.
    private struct Key {
        var layer: Int
        var file: Int

        init(layer: Int, file: Int) { (self.layer, self.file) = (layer, file) }

        init?(_ bytes: [UInt8]?) {
            guard let bytes, bytes.count == 8, let layer = ByteView(bytes).uint32(0),
                let file = ByteView(bytes).uint32(4)
            else { return nil }
            (self.layer, self.file) = (layer, file)
        }

        var bytes: [UInt8] {
            [layer, file].flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        }

        func file(in layers: [LayerInventory]) -> InventoriedFile? {
            guard layers.indices.contains(layer), layers[layer].files.indices.contains(file) else { return nil }
            return layers[layer].files[file]
        }
    }

    fileprivate static func key(layer: Int, file: Int) -> [UInt8] { Key(layer: layer, file: file).bytes }
}

extension LayerInventory {
    /// The layer as it would be with nothing in it but what matters here; a file's contents are the key of its record.
    fileprivate func outline(number: Int) -> Layer {
        let digest = digest ?? .sha256(of: [])
        // Asked for by hard links only.
        lazy var numbers = Dictionary(files.enumerated().map { ($1.path, $0) }, uniquingKeysWith: { first, _ in first })
        var broughtCount = 0
        let changes = changes.compactMap { change -> Layer.Change? in
            switch change {
            case .file(let index):
                broughtCount = index + 1
                return .put(
                    FileEntry(
                        path: files[index].path, kind: .file, layer: digest,
                        contents: ImageInventory.key(layer: number, file: index)))
            case .link(let path, let target):
                return .put(FileEntry(path: path, kind: .symbolicLink, linkTarget: target, layer: digest))
            case .hardLink(let path, let target):
                // A link to what nobody looked at has nothing to say.
                guard let number = numbers[target], number < broughtCount else { return nil }
                return .put(FileEntry(path: path, kind: .hardLink, linkTarget: target, layer: digest))
            case .folder(let path): return .put(FileEntry(path: path, kind: .folder, layer: digest))
            case .remove(let path): return .remove(path)
            case .clear(let path): return .clear(path)
            }
        }
        return Layer(digest: digest, unpackedDigest: unpackedDigest ?? digest, changes: changes)
    }
}

extension InventoriedFile {
    /// The name under which the file stands in the end, where links lead elsewhere.
    mutating func rename(to path: String) {
        guard path != self.path else { return }
        for index in packages.indices where packages[index].place.location?.file == self.path {
            packages[index].place.location?.file = path
        }
        self.path = path
    }
}
