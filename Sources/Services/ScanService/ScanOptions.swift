public import Inventory
public import OCI
public import WaybillCore

/// What is looked for, and how.
public struct ScanOptions: Sendable {
    public var platform: Platform
    /// Search for secrets with these rules; nil to search for none.
    public var secrets: SecretRuleSet?
    /// Search every commit that leads to the revision too.
    public var searchesHistory: Bool
    /// Left out, with everything below.
    public var skipped: [String]
    /// Packages that only builds and tests need are listed too.
    public var includesDevelopment: Bool
    /// Layers read at once.
    public var layersAtOnce: Int
    /// Nil to read every layer anew.
    public var cacheFolder: String?
    /// `2026-11-21`.
    public var today: String?
    /// Each package once; otherwise as often as a file names it.
    public var isMerging: Bool

    public init(
        platform: Platform = Platform(architecture: "amd64"), secrets: SecretRuleSet? = .standard,
        searchesHistory: Bool = false, skipped: [String] = [], includesDevelopment: Bool = false, layersAtOnce: Int = 2,
        cacheFolder: String? = nil, today: String? = nil, isMerging: Bool = true
    ) {
        self.platform = platform
        self.secrets = secrets
        self.searchesHistory = searchesHistory
        self.skipped = skipped
        self.includesDevelopment = includesDevelopment
        self.layersAtOnce = layersAtOnce
        self.cacheFolder = cacheFolder
        self.today = today
        self.isMerging = isMerging
    }
}

/// What a target holds.
public struct TargetInventory: Sendable {
    public var target: ScanTarget
    /// `shop/cart`, the folder's name.
    public var name: String
    /// The image's digest or the commit; nil for a folder.
    public var version: String?
    public var inventory: InventoryResult
    public var secrets: [Finding]
    /// Counts for people: what was examined.
    public var examined: Examined
    /// Nil where the target is no image.
    public var configuration: ImageConfiguration?

    public struct Examined: Sendable, Hashable {
        public var files = 0
        public var layers = 0
        /// Layers that were remembered and not read.
        public var rememberedLayers = 0
        public var unpackedBytes = 0
        public var searchedBytes: Int?
        public var commits: Int?
        public init() {}
    }

    /// The layers, the lowest first, as packages name them.
    public var layers: [Digest]
    /// The same layers unpacked, as the configuration names them.
    public var unpackedLayers: [Digest]
}

/// Something that a person who waits wants to know.
public enum ScanProgress: Sendable {
    case opening(String)
    case layer(number: Int, of: Int, isRemembered: Bool)
    case folder(String)
    case history(commits: Int)
}
