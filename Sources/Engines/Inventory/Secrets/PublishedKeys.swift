import WaybillCore

/// Keys that their issuer prints in public samples and program libraries. They open nothing, and many projects hold
/// copies. Only the start of each key's SHA-256 stands here.
enum PublishedKeys {
    /// The rule whose keys these are.
    static let rule = "google-api-key"

    static func contains(_ secret: ArraySlice<UInt8>) -> Bool {
        digests.contains(String(Digest.sha256(of: secret).hex.prefix(16)))
    }

    private static let digests: Set<String> = [
        "0b476bdf9acf2123", "2037abcaffb2b777", "27a9a42931dff7eb", "37f8f09bdf12c2f2",
        "3a8b61d0f636b007", "3f370c9dd8225c63", "49f777db995e8260", "4c98242dcadc8b29",
        "8731261cb72d8626", "a19f89ab3555eac1", "a6c814bc555ae62c", "dc0fcf046c61640c",
        "e4a5542bb7fd7b67", "ea9bb1082cf95663", "eb540d2b6ee2a0a4", "f56e323494a6ffc2",
    ]
}
