public import Documents

/// TOML for other readers of the house: advisories are written in it too.
public enum TOMLDocument {
    public static func node(from bytes: [UInt8]) throws(DocumentError) -> Node { try TOMLReader.node(from: bytes) }
}
