import Packages

/// All versions that some records speak of, in order. Another version has a place among them, and the place says
/// everything about it that the records can say: they need not look at its text.
struct VersionLine {
    /// Odd for a version that is named, even for one between two of them; the first of all is zero.
    typealias Place = Int32

    private enum Form {
        /// Every version has a key: they are found by their bytes.
        case keys(KeyedVersions)
        /// Versions that stand in one order by each comparison of two.
        case compared
        /// Versions that stand in no order: places say nothing.
        case none
    }

    private let ordering: VersionOrdering
    private let form: Form
    private let compared: ComparedVersions
    /// Places are below this.
    let placeCount: Int

    /// - Returns: the line, and the place of each text.
    static func make(_ texts: [String], _ ordering: VersionOrdering) -> (line: VersionLine, places: [Place]) {
        if let (keys, places, sorted) = KeyedVersions.make(texts, ordering) {
            return (VersionLine(ordering, .keys(keys), ComparedVersions(texts, places, sorted, ordering)), places)
        }
        let (compared, places, isOneOrder) = ComparedVersions.make(texts, ordering)
        return (VersionLine(ordering, isOneOrder ? .compared : .none, compared), places)
    }

    private init(_ ordering: VersionOrdering, _ form: Form, _ compared: ComparedVersions) {
        self.ordering = ordering
        self.form = form
        self.compared = compared
        placeCount = compared.count * 2 + 1
    }

    /// The place of a version; nil where it stands in no one order with the others.
    ///
    /// - Parameter key: memory for the version's key.
    func place(of text: String, _ key: inout VersionKey) -> Place? {
        switch form {
        case .none: return nil
        case .compared: return compared.place(of: text)
        case .keys(let keys):
            var text = text
            let hasKey = text.withUTF8 { key.write($0, ordering) }
            return hasKey ? keys.place(of: key) : compared.place(of: text)
        }
    }
}
