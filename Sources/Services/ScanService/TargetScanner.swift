import Files
import Foundation
import GitRepositories
import Inventory
public import OCI
import Packages
public import Registries
public import WaybillCore

/// Opens a target and says what it holds: waits, fetches and remembers; what it means is decided elsewhere.
public struct TargetScanner: Sendable {
    let options: ScanOptions
    /// The registry that an image's name leads to.
    let registry: @Sendable (ImageReference) throws(WaybillError) -> any Registry
    let report: @Sendable (ScanProgress) -> Void

    public init(
        options: ScanOptions,
        registry: @escaping @Sendable (ImageReference) throws(WaybillError) -> any Registry,
        report: @escaping @Sendable (ScanProgress) -> Void = { _ in }
    ) {
        self.options = options
        self.registry = registry
        self.report = report
    }

    public func scan(_ target: ScanTarget) async throws(WaybillError) -> TargetInventory {
        report(.opening(target.description))
        switch target {
        case .layout(let folder, let tag):
            return try await image(target, try ImageSource.layout(folder, tag: tag, platform: options.platform))
        case .archive(let path):
            return try await image(target, try ArchiveSource(path).image(platform: options.platform))
        case .registry(let reference):
            let source = try await ImageSource.registry(
                reference, try registry(reference), platform: options.platform)
            return try await image(target, source)
        case .root(let folder): return try root(target, folder)
        case .folder(let folder): return try await project(target, folder, version: nil)
        case .revision(let repository, let revision): return try await commit(target, repository, revision)
        case .sbom(let path):
            let inventory = filtered(
                try SBOM.inventory(from: try Files.read(path, bytesMax: SBOM.bytesMax), file: path))
            return result(target, version: nil, inventory, [], .init())
        }
    }

    // MARK: images

    private func image(_ target: ScanTarget, _ source: ImageSource) async throws(WaybillError) -> TargetInventory {
        let scanner = try secretScanner()
        let layers = try await LayerInventories(options: options, scanner: scanner, report: report).read(source)
        let inventories = layers.map(\.inventory)
        var inventory = try ImageInventory.result(
            of: inventories, mode: .installed, today: options.today, isMerging: options.isMerging)
        inventory = filtered(inventory)
        var secrets = ImageInventory.secrets(of: inventories)
        if let scanner { secrets += try ConfigurationSecrets.findings(in: source.configuration, scanner) }
        var examined = TargetInventory.Examined()
        examined.layers = layers.count
        examined.rememberedLayers = layers.count(where: \.isRemembered)
        examined.files = inventories.reduce(0) { $0 + $1.entries }
        examined.unpackedBytes = inventories.reduce(0) { $0 + $1.unpackedSize }
        examined.searchedBytes = scanner.map { _ in inventories.reduce(0) { $0 + ($1.searchedBytes ?? 0) } }
        var made = result(
            target, version: source.digest?.description ?? source.configuration.digest.description, inventory, secrets,
            examined)
        if let name = source.names.first { made.name = name }
        made.configuration = source.configuration
        made.layers = source.layers.map(\.digest)
        made.unpackedLayers = source.layers.map(\.unpackedDigest)
        return made
    }

    // MARK: folders

    private func root(_ target: ScanTarget, _ folder: String) throws(WaybillError) -> TargetInventory {
        report(.folder(folder))
        let walk = FolderWalk(root: folder, skipped: FolderWalk.systemFolders.union(options.skipped))
        let scanner = try secretScanner()
        let layer = try walk.inventory(secrets: scanner)
        let inventory = filtered(
            try ImageInventory.result(of: [layer], mode: .installed, today: options.today, isMerging: options.isMerging)
        )
        var examined = TargetInventory.Examined()
        examined.files = layer.entries
        examined.searchedBytes = layer.searchedBytes
        return result(target, version: nil, inventory, layer.secrets, examined)
    }

    /// Folders that hold no source of the project's own.
    private static let skippedNames: Set<String> = [".git", ".hg", ".svn", ".build", "__pycache__", ".venv", ".tox"]

    private func project(
        _ target: ScanTarget, _ folder: String, version: String?
    ) async throws(WaybillError) -> TargetInventory {
        report(.folder(folder))
        let walk = FolderWalk(
            root: folder, skipped: Set(options.skipped), skippedNames: Self.skippedNames.union(["node_modules"]))
        let scanner = try secretScanner()
        let found = try walk.project(secrets: scanner)
        var inventory = InventoryScanner.scan(
            found.tree, mode: .source, today: options.today, isMerging: options.isMerging)
        inventory.problems += found.problems
        var examined = TargetInventory.Examined()
        examined.files = found.count
        examined.searchedBytes = found.searchedBytes
        var secrets = found.secrets
        if options.searchesHistory, let scanner {
            guard case .revision = target else {
                let (_, repository) = try GitExecutable.discover(from: folder)
                let history = try await HistorySearch(repository: repository, scanner: scanner, report: report)
                    .findings(upTo: "HEAD")
                secrets += history.findings
                examined.commits = history.commits
                return result(target, version: version, filtered(inventory), secrets, examined)
            }
        }
        return result(target, version: version, filtered(inventory), secrets, examined)
    }

    private func commit(
        _ target: ScanTarget, _ path: String, _ revision: String
    ) async throws(WaybillError) -> TargetInventory {
        let (_, repository) = try GitExecutable.discover(from: path)
        guard let id = try await repository.resolve(revision) else {
            throw WaybillError(
                .notFound, "there is no such revision", subject: "\(path)#\(Redaction.excerpt(revision))")
        }
        let scanner = try secretScanner()
        let found = try await RevisionFiles(repository: repository, skipped: options.skipped).read(id, scanner)
        var inventory = InventoryScanner.scan(
            found.tree, mode: .source, today: options.today, isMerging: options.isMerging)
        inventory.problems += found.problems
        var examined = TargetInventory.Examined()
        examined.files = found.count
        examined.searchedBytes = found.searchedBytes
        var secrets = found.secrets
        if options.searchesHistory, let scanner {
            let history = try await HistorySearch(repository: repository, scanner: scanner, report: report)
                .findings(upTo: id.description)
            secrets += history.findings
            examined.commits = history.commits
        }
        return result(target, version: id.description, filtered(inventory), secrets, examined)
    }

    // MARK: shared

    private func secretScanner() throws(WaybillError) -> SecretScanner? {
        guard let set = options.secrets else { return nil }
        return set == .standard ? try SecretScanner.makeStandard() : try SecretScanner(set)
    }

    private func filtered(_ inventory: InventoryResult) -> InventoryResult {
        var inventory = inventory
        if !options.includesDevelopment { inventory.packages.removeAll(where: \.isDevelopment) }
        return inventory
    }

    private func result(
        _ target: ScanTarget, version: String?, _ inventory: InventoryResult, _ secrets: [Finding],
        _ examined: TargetInventory.Examined
    ) -> TargetInventory {
        TargetInventory(
            target: target, name: Self.name(of: target), version: version, inventory: inventory,
            secrets: secrets.sorted(by: Finding.inReadingOrder), examined: examined, configuration: nil, layers: [],
            unpackedLayers: [])
    }

    private static func name(of target: ScanTarget) -> String {
        switch target {
        case .registry(let reference): return reference.name
        case .layout(let path, _), .archive(let path), .root(let path), .folder(let path), .sbom(let path),
            .revision(let path, _):
            let last = path.split(separator: "/").last { $0 != "." }.map(String.init)
            return last ?? "files"
        }
    }
}
