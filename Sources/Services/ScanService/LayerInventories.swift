import Inventory
import OCI
import WaybillCore

/// The inventories of an image's layers: those that are known from the cache, the others read side by side.
struct LayerInventories {
    struct Found: Sendable {
        var inventory: LayerInventory
        var isRemembered: Bool
    }

    let options: ScanOptions
    let scanner: SecretScanner?
    let report: @Sendable (ScanProgress) -> Void

    func read(_ source: ImageSource) async throws(WaybillError) -> [Found] {
        let cache = options.cacheFolder.map { LayerCache(folder: $0, key: cacheKey) }
        var found: [Int: Found] = [:], pending: [Int] = []
        for (index, layer) in source.layers.enumerated() {
            if let known = cache?.inventory(of: layer.digest), known.unpackedDigest == layer.unpackedDigest {
                found[index] = Found(inventory: known, isRemembered: true)
                report(.layer(number: index + 1, of: source.layers.count, isRemembered: true))
            } else {
                pending.append(index)
            }
        }
        do {
            for (index, inventory) in try await inventories(pending, source) {
                cache?.keep(inventory)
                found[index] = Found(inventory: inventory, isRemembered: false)
            }
        } catch let error as WaybillError {
            throw error
        } catch {
            throw WaybillError(.failed, "the layers cannot be read", subject: "image", cause: error)
        }
        return source.layers.indices.compactMap { found[$0] }
    }

    /// Rules are part of what was looked for.
    private var cacheKey: String {
        guard let set = options.secrets else { return "packages" }
        if set == .standard { return "standard" }
        let text = set.rules.map { "\($0)" }.joined(separator: "\n") + "\(set.allowLists)"
        return Digest.sha256(of: Array(text.utf8)).short
    }

    private func inventories(_ layers: [Int], _ source: ImageSource) async throws -> [(Int, LayerInventory)] {
        let (scanner, report) = (scanner, report)
        return try await withThrowingTaskGroup(of: (Int, LayerInventory).self) { group in
            var result: [(Int, LayerInventory)] = []
            var next = layers.makeIterator()
            func start() {
                guard let index = next.next() else { return }
                group.addTask {
                    report(.layer(number: index + 1, of: source.layers.count, isRemembered: false))
                    return (index, try await Self.inventory(index, source, scanner))
                }
            }
            for _ in 0..<max(1, options.layersAtOnce) { start() }
            while let done = try await group.next() {
                result.append(done)
                start()
            }
            return result
        }
    }

    private static func inventory(
        _ index: Int, _ source: ImageSource, _ scanner: SecretScanner?
    ) async throws(WaybillError) -> LayerInventory {
        let first = try await read(index, source, scanner, alsoWanted: [])
        // Hard links to names that say nothing: once more, looking at what they point to.
        return first.missing.isEmpty ? first : try await read(index, source, scanner, alsoWanted: first.missing)
    }

    private static func read(
        _ index: Int, _ source: ImageSource, _ scanner: SecretScanner?, alsoWanted: Set<String>
    ) async throws(WaybillError) -> LayerInventory {
        let place = source.layers[index]
        let stream = LayerStream(digest: place.digest, unpackedDigest: place.unpackedDigest)
        let builder = InventoryBuilder(layer: place.digest, secrets: scanner, alsoWanted: alsoWanted)
        try await source.read(index) { (piece) throws(WaybillError) in
            try stream.feed(piece) { (event) throws(WaybillError) in try builder.handle(event) }
        }
        let facts = try stream.finish { (event) throws(WaybillError) in try builder.handle(event) }
        return builder.finish(facts)
    }
}
