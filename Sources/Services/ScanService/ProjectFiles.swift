import Inventory
import OCI
import WaybillCore

/// What a project's files gave, one after the other: from a folder or from a commit.
struct ProjectFiles {
    let scanner: SecretScanner?
    var tree = FileTree()
    var secrets: [Finding] = []
    var problems: [Finding] = []
    /// Files that there are, looked at or not.
    var count = 0
    /// Nil where secrets are not searched for.
    var searchedBytes: Int?
    private var unsearched: [String] = []

    init(secrets scanner: SecretScanner?) {
        self.scanner = scanner
        searchedBytes = scanner == nil ? nil : 0
    }

    /// Counts the file, and says whether its bytes are of use. One that is too large is told; `start` gives its first
    /// bytes, which say whether it is a text.
    mutating func wants(_ path: String, size: Int, start: () throws(WaybillError) -> [UInt8]) throws(WaybillError)
        -> Bool
    {
        count += 1
        var isWanted = InventoryScanner.wants(path: path)
        if isWanted, size > InventoryScanner.fileBytesMax {
            tooLarge(path)
            isWanted = false
        }
        guard isText(path) else { return isWanted }
        guard size <= InventoryBuilder.textBytesMax else {
            if !(try start().contains(0)) { unsearched.append(path) }
            return isWanted
        }
        return true
    }

    /// A file that cannot be held: what a list of packages names is unknown then.
    mutating func tooLarge(_ path: String) {
        guard InventoryScanner.wants(path: path) else { return unsearched.append(path) }
        problems.append(
            Finding(
                rule: "WB-SCAN-001", kind: .configuration, severity: .high,
                message: "larger than \(InventoryScanner.fileBytesMax) bytes, its packages are unknown",
                place: Place(location: SourceLocation(file: path)),
                remedy: "put the file right, or remove it from what is scanned"))
    }

    mutating func take(_ entry: FileEntry, bytes: [UInt8]) throws(WaybillError) {
        if let scanner, isText(entry.path), !bytes.prefix(8000).contains(0) {
            if bytes.count <= InventoryBuilder.textBytesMax {
                searchedBytes = (searchedBytes ?? 0) + bytes.count
                secrets += try scanner.scan(path: entry.path, bytes: bytes)
            } else {
                unsearched.append(entry.path)
            }
        } else if let scanner {
            // What is a secret by its name alone is one whatever it holds.
            secrets += try scanner.scan(path: entry.path, bytes: Array(bytes.prefix(8000)))
        }
        guard InventoryScanner.wants(path: entry.path) else { return }
        var entry = entry
        entry.contents = bytes
        tree.insert(entry)
    }

    /// With one finding for all texts that were too large to be searched.
    var finished: ProjectFiles {
        guard let first = unsearched.first else { return self }
        var copy = self
        copy.problems.append(
            Finding(
                rule: "WB-SCAN-015", kind: .configuration, severity: .low,
                message: unsearched.count == 1
                    ? "a file larger than \(InventoryBuilder.textBytesMax) bytes was not searched for secrets"
                    : "\(unsearched.count) files larger than \(InventoryBuilder.textBytesMax) bytes were not searched for secrets",
                place: Place(location: SourceLocation(file: first))))
        return copy
    }

    private func isText(_ path: String) -> Bool { scanner != nil && SecretScanner.wants(path: path) }
}
