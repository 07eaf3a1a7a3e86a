/// A pattern of paths: `*` and `?` within a name, `**` across folders; a pattern without a slash is about names alone.
public struct PathPattern: Sendable, Hashable {
    private let parts: [[UInt8]]
    private let isName: Bool

    public init(_ text: String) {
        parts = text.split(separator: "/").map { Array($0.utf8) }
        isName = !text.contains("/")
    }

    public func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/").map { Array($0.utf8) }
        if isName { return names.contains { Self.matches(parts.first ?? [], $0) } }
        return Self.matches(parts, names)
    }

    /// Which beginnings of the path each beginning of the pattern describes: time is the product of the lengths.
    private static func matches(_ pattern: [[UInt8]], _ names: [[UInt8]]) -> Bool {
        var reached = [Bool](repeating: false, count: names.count + 1)
        reached[0] = true
        for part in pattern {
            var next = [Bool](repeating: false, count: names.count + 1)
            if part == Array("**".utf8) {
                var isReached = false
                for index in next.indices {
                    isReached = isReached || reached[index]
                    next[index] = isReached
                }
            } else {
                for (index, name) in names.enumerated() where reached[index] && matches(part, name) {
                    next[index + 1] = true
                }
            }
            reached = next
        }
        return reached[names.count]
    }

    /// Without backing up further than the last star: time is the product of the lengths at worst.
    private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (index, position) = (0, 0)
        var star: (index: Int, position: Int)?
        while position < name.count {
            if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
                star = (index, position)
                index += 1
            } else if index < pattern.count, pattern[index] == UInt8(ascii: "?") || pattern[index] == name[position] {
                index += 1
                position += 1
            } else if let last = star {
                star = (last.index, last.position + 1)
                index = last.index + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
