public import Documents
public import Rego
public import WaybillCore

/// Everything that a command was given: modules and data from files, and bundles.
public struct PolicySources: Sendable {
    public var modules: [SourceModule] = []
    public var data: Object = [:]
    public private(set) var bundles: [PolicyBundle] = []
    /// What the host gives to the modules, beside the builtins.
    public var functions: [HostFunction] = []

    public init() {}

    public init(modules: [SourceModule], data: Object = [:]) {
        self.modules = modules
        self.data = data
    }

    /// Adds a whole bundle. Two bundles must own different parts of the documents.
    public mutating func add(_ bundle: PolicyBundle) throws(WaybillError) {
        guard bundle.patch == nil else {
            throw WaybillError(
                .unsupported, "a delta bundle changes another one and cannot be loaded alone", subject: bundle.name)
        }
        try Self.checkRoots(of: bundle, against: bundles.map { ($0.name, $0.manifest) })
        modules += bundle.modules
        try DataFile.merge(.object(bundle.data), at: [], into: &data, subject: bundle.name)
        bundles.append(bundle)
    }

    /// Two bundles that own the same part of the documents would overwrite each other.
    public static func checkRoots(
        of bundle: PolicyBundle, against others: [(name: String, manifest: BundleManifest)]
    ) throws(WaybillError) {
        for other in others {
            for root in bundle.manifest.roots {
                guard let taken = other.manifest.roots.first(where: { BundleManifest.overlap(root, $0) }) else {
                    continue
                }
                throw WaybillError(
                    .conflict,
                    "detected overlapping roots in manifests: \(BundleManifest.quoted(root)) and "
                        + "\(BundleManifest.quoted(taken)) of bundle \(other.name)", subject: bundle.name,
                    remedy: "give each bundle roots of its own in its .manifest")
            }
        }
    }

    public func compiled(checks: CheckOptions = CheckOptions()) throws(RegoErrors) -> CompiledPolicy {
        try CompiledPolicy(
            modules: modules.map(\.module), regoData: RegoValue(.object(data)), checks: checks, functions: functions)
    }

    /// The text of a line, counted from 1; for showing what an error or a failure is about.
    public func line(_ row: Int, of file: String) -> String? {
        guard let module = modules.first(where: { $0.file == file }), row > 0 else { return nil }
        let lines = module.text.split(separator: "\n", omittingEmptySubsequences: false)
        return row <= lines.count ? String(lines[row - 1]) : nil
    }
}
