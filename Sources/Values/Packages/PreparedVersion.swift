/// A version that was read once, to be compared many times: reading takes longer than comparing.
package struct PreparedVersion: Sendable {
    private enum Form: Sendable {
        case python(PythonVersion?)
        case maven([MavenItem])
        /// The order reads bytes as it compares.
        case bytes
    }

    package let numeric: NumericVersion?
    private let bytes: [UInt8]
    private let form: Form

    /// - Parameter isPlain: whether only plain numbers will be met, which are compared as such.
    package init(_ text: String, _ ordering: VersionOrdering, isPlain: Bool = false) {
        bytes = Array(text.utf8.prefix(VersionOrdering.versionLengthMax))
        numeric = ordering.comparesPlainNumbersByValue ? NumericVersion(bytes) : nil
        switch ordering {
        case .pep440 where !isPlain: form = .python(PythonVersion(bytes))
        case .maven where !isPlain: form = .maven(MavenVersion.items(bytes))
        default: form = .bytes
        }
    }

    package func compare(_ other: PreparedVersion, _ ordering: VersionOrdering) -> VersionOrder {
        if let numeric, let other = other.numeric { return numeric.compare(other) }
        switch (form, other.form) {
        case (.python(let one), .python(let two)): return PythonOrder.compare(one, bytes, two, other.bytes)
        case (.maven(let one), .maven(let two)): return MavenOrder.list(one, list: two)
        default: return ordering.compare(bytes, other.bytes)
        }
    }
}
