/// A pattern over paths: `*` within a component, `**` over components, `?` for one byte.
struct Glob: Sendable {
    private let pattern: [UInt8]

    init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

    /// The whole text must match. A table keeps the work within pattern times text.
    func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        // From which positions of the text the rest of the pattern matches, from the pattern's end backwards.
        var rest = [Bool](repeating: false, count: text.count + 1)
        rest[text.count] = true
        /// The same for the pattern one byte further on.
        var beyond = [Bool](repeating: false, count: text.count + 1)
        var index = pattern.count - 1
        while index >= 0 {
            let byte = pattern[index]
            let isDouble = byte == UInt8(ascii: "*") && index > 0 && pattern[index - 1] == byte
            // `**/` also stands for no component at all.
            let skipsSlash = isDouble && index + 1 < pattern.count && pattern[index + 1] == UInt8(ascii: "/")
            var current = [Bool](repeating: false, count: text.count + 1)
            for position in (0...text.count).reversed() {
                let isInside = position < text.count
                switch byte {
                case UInt8(ascii: "*"):
                    let isStart = position == 0 || text[position - 1] == UInt8(ascii: "/")
                    current[position] =
                        rest[position] || skipsSlash && isStart && beyond[position]
                        || isInside && (isDouble || text[position] != UInt8(ascii: "/")) && current[position + 1]
                case UInt8(ascii: "?"):
                    current[position] = isInside && text[position] != UInt8(ascii: "/") && rest[position + 1]
                default:
                    current[position] = isInside && text[position] == byte && rest[position + 1]
                }
            }
            (beyond, rest) = (rest, current)
            index -= isDouble ? 2 : 1
        }
        return rest[0]
    }
}
