import Documents
import Packages
import WaybillCore

/// rpm's database of installed packages in any of its three forms, told apart by their first bytes.
enum RPMDatabase {
    static let packagesMax = 200_000

    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        do {
            // One header at a time: all of them are as large as the database.
            var count = 0
            try headers(file.bytes) { (blob) throws(BinaryError) in
                count += 1
                guard count <= packagesMax else { throw BinaryError("it has more than \(packagesMax) packages") }
                let header = try RPMHeader(blob)
                guard let package = try header.package(file) else { return }
                result.packages.append(package)
                result.owned += header.ownedPaths().map { OwnedFiles.Entry(path: $0, owner: package.name) }
            }
        } catch {
            throw DocumentError(at: .start, error.message)
        }
        return result
    }

    private static func headers(
        _ bytes: [UInt8], _ use: (ArraySlice<UInt8>) throws(BinaryError) -> Void
    ) throws(BinaryError) {
        if bytes.starts(with: SQLiteFile.magic) {
            try SQLiteFile(bytes).blobs(ofTable: "Packages", columns: 2, use)
        } else if bytes.starts(with: NDBFile.magic) {
            try NDBFile.headers(bytes, use)
        } else {
            try BerkeleyFile(bytes).values(use)
        }
    }
}
