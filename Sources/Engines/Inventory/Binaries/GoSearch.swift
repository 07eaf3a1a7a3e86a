import WaybillCore

/// Looks for Go's list in a program that is too large to be kept, as its bytes pass by.
final class GoSearch {
    private static let windowBytes = 4 << 20
    /// The list and everything in front of its texts.
    private static let foundBytesMax = 2 * GoBuildInfo.textBytesMax

    private var window: [UInt8] = []
    private var isFound = false

    /// Pieces in order; the window always begins at a multiple of the list's alignment.
    func feed(_ piece: ArraySlice<UInt8>) {
        if isFound {
            window += piece.prefix(max(0, Self.foundBytesMax - window.count))
            return
        }
        window += piece
        guard window.count >= Self.windowBytes else { return }
        search()
    }

    private func search() {
        if let start = ByteView(window).find(GoBuildInfo.magic, alignment: GoBuildInfo.alignment) {
            isFound = true
            window.removeFirst(start)
        } else {
            let kept = window.count / GoBuildInfo.alignment * GoBuildInfo.alignment - GoBuildInfo.alignment
            window.removeFirst(max(0, kept))
        }
    }

    /// What was found; a program whose Rust list cannot be looked for is a small problem of its own.
    func result(_ file: InventoryFile) -> InventoriedFile? {
        if !isFound { search() }
        guard isFound else { return nil }
        var file = file
        file.bytes = window
        return FileInventory.executable(file)
    }
}
