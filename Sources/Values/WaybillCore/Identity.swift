/// A person or a program that acts, as the keys and tokens name it: `author@shop.example`.
public struct Identity: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let name: String

    public init(_ name: String) { self.name = name }

    public var description: String { name }
    public static func < (left: Identity, right: Identity) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
    // Names are compared byte by byte: canonical equivalence would let two spellings pass for one person.
    public static func == (left: Identity, right: Identity) -> Bool { left.name.utf8.elementsEqual(right.name.utf8) }
    public func hash(into hasher: inout Hasher) { for byte in name.utf8 { hasher.combine(byte) } }
}
