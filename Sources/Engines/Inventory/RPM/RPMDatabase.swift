import Documents
import Packages
import WaybillCore

/// rpm's database of installed packages in any of its three forms, told apart by their first bytes.
enum RPMDatabase {
    static let packagesMax = 200_000

    static func read(_ file: InventoryFile) throws(DocumentError) -> ParsedInventory {
        var result = ParsedInventory()
        do {
            let headers: [[UInt8]]
            if file.bytes.starts(with: SQLiteFile.magic) {
                headers = try SQLiteFile(file.bytes).blobs(ofTable: "Packages", columns: 2)
            } else if file.bytes.starts(with: NDBFile.magic) {
                headers = try NDBFile.headers(file.bytes)
            } else {
                headers = try BerkeleyFile(file.bytes).values()
            }
            for header in headers {
                let header = try RPMHeader(header[...])
                if let package = try header.package(file) {
                    result.packages.append(package)
                    result.owned += header.ownedPaths().map { OwnedFiles.Entry(path: $0, owner: package.name) }
                }
            }
        } catch {
            throw DocumentError(at: .start, error.message)
        }
        return result
    }
}
