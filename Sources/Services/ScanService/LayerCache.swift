import Files
import Foundation
import Inventory
import WaybillCore

/// Inventories of layers by digest, on disk: a layer is read once and never again. What cannot be read or written only
/// costs time.
public struct LayerCache: Sendable {
    let folder: String
    /// What was searched for belongs to the name: other rules find other things.
    let key: String

    /// `key` names what besides the packages was looked for.
    public init(folder: String, key: String) {
        self.folder = "\(folder)/v\(LayerInventory.version)"
        self.key = key
    }

    /// `waybill/layers` in the user's cache folder, or below `$WAYBILL_CACHE`.
    public static var standardFolder: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["WAYBILL_CACHE"] { return path + "/layers" }
        return (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/tmp") + "/.cache") + "/waybill/layers"
    }

    private func path(_ digest: Digest) -> String { "\(folder)/\(digest.hex)-\(key).json" }

    /// Nil for a layer that is not known, and for a record that is not whole.
    func inventory(of digest: Digest) -> LayerInventory? {
        let path = path(digest)
        guard Files.exists(path) else { return nil }
        do {
            let found = try LayerInventory(bytes: try Files.read(path, bytesMax: 1 << 30), file: path)
            return found.digest == digest ? found : nil
        } catch {
            return nil
        }
    }

    /// False where it cannot be kept.
    @discardableResult
    func keep(_ inventory: LayerInventory) -> Bool {
        guard let digest = inventory.digest else { return false }
        do {
            try Files.makeFolder(folder)
            try Files.write(inventory.bytes, to: path(digest))
            return true
        } catch {
            return false
        }
    }
}
