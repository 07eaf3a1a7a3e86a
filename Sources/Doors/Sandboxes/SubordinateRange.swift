import Processes

/// A block of user or group numbers that belongs to nobody, as /etc/subuid writes it: `name:start:count`.
struct SubordinateRange: Hashable, Sendable {
    var owner: String
    var start: Int
    var count: Int

    /// The users of builds inside an ordinary user's own namespace, which has only one such block; nil outside of it.
    static var nested: SubordinateRange? {
        UserNamespace.current.inner.map { SubordinateRange(owner: "root", start: $0.first, count: $0.count) }
    }

    /// Numbers that one container needs.
    static let countNeeded = 65_536
    /// Our blocks start well above the numbers that distributions hand out.
    static let lowest = 1 << 20
    /// Blocks that are looked at before we give up.
    static let blocksMax = 4096

    /// The entries of a file; lines that are not entries are left out, as the tools do.
    static func parse(_ text: String) -> [SubordinateRange] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, let start = Int(parts[1]), let count = Int(parts[2]), start >= 0, count > 0,
                start <= Int(UInt32.max), count <= Int(UInt32.max)
            else { return nil }
            return SubordinateRange(owner: String(parts[0]), start: start, count: count)
        }
    }

    func overlaps(_ other: SubordinateRange) -> Bool {
        start < other.start + other.count && other.start < start + count
    }

    /// Blocks that overlap none of the taken ones, lowest first.
    static func free(_ wanted: Int, taken: [SubordinateRange]) -> [SubordinateRange] {
        var result: [SubordinateRange] = []
        for block in 0..<blocksMax where result.count < wanted {
            let range = SubordinateRange(owner: "root", start: lowest + block * countNeeded, count: countNeeded)
            if !taken.contains(where: range.overlaps) { result.append(range) }
        }
        return result
    }
}
