public import Delivery
public import OCI
import WaybillCore

extension PolicySettings {
    /// The project's Rego modules in a tree; tests beside them belong to `waybill policy test`.
    public func modules(in tree: FileTree) -> [(file: String, text: String)] {
        tree.sorted.compactMap { entry in
            guard entry.path.hasSuffix(".rego"), !entry.path.hasSuffix("_test.rego"), let bytes = entry.contents,
                paths.contains(where: { entry.path == $0 || entry.path.hasPrefix($0 + "/") })
            else { return nil }
            return (entry.path, String(decoding: bytes, as: UTF8.self))
        }
    }
}
