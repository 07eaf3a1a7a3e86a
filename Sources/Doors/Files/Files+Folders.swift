import Foundation
public import WaybillCore

extension Files {
    /// Gives a folder its final name as one step. Throws `.conflict` when something stands there already.
    public static func moveFolder(_ path: String, to destination: String) throws(WaybillError) {
        // rename(2) replaces an empty folder but refuses one that holds anything.
        guard rename(path, destination) == 0 else {
            let number = errno
            let isTaken = number == EEXIST || number == ENOTEMPTY || number == ENOTDIR
            throw WaybillError(
                isTaken ? .conflict : .failed, "cannot be renamed: \(String(cString: strerror(number)))",
                subject: destination)
        }
    }
}
