/// A text in which `*` stands for any run of characters, unless it was written `\*`.
public struct FilterPattern: Hashable, Sendable {
    /// The parts between the stars; one part means that there is no star.
    public let parts: [String]

    public init(parts: [String]) { self.parts = parts }

    public init(literal text: String) { parts = [text] }

    /// A quoted string: its escapes are gone already, each star is one.
    init(quoted text: String) { parts = text.split(separator: "*", omittingEmptySubsequences: false).map(String.init) }

    /// Unquoted text, which may hold escapes.
    init(unquoted text: String) {
        var parts = [""]
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.popFirst() {
                parts[parts.count - 1].append(next)
            } else if character == "*" {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        self.parts = parts
    }

    /// The text, where there is no star in it.
    public var literal: String? { parts.count == 1 ? parts[0] : nil }
    /// Nothing but a star: whatever there is.
    public var isAnything: Bool { parts == ["", ""] }
    /// As it was written.
    public var text: String { parts.joined(separator: "*") }

    /// Compares bytes. Each part is searched once, left to right, so the time is bounded by the product of the lengths.
    public func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = parts.first, let last = parts.last else { return bytes.isEmpty }
        guard parts.count > 1 else { return bytes.elementsEqual(first.utf8) }
        let head = Array(first.utf8)
        let tail = Array(last.utf8)
        guard bytes.count >= head.count + tail.count, bytes.starts(with: head),
            bytes.suffix(tail.count).elementsEqual(tail)
        else { return false }
        var rest = bytes[head.count..<bytes.count - tail.count]
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: Array(part.utf8)) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
