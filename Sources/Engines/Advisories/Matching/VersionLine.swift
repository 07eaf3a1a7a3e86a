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
        case compared(ComparedVersions)
        /// Versions that stand in no order: places say nothing.
        case none
    }

    private let ordering: VersionOrdering
    private let form: Form
    /// Of each text that was given.
    let places: ContiguousArray<Place>
    /// Places are below this.
    let placeCount: Int
    private let region: ByteRegion
    private let texts: ContiguousArray<TextPlace>
    /// Beside keys, for a version that has none: made when the first is met, for most lines meet none.
    private var besideKeys: ComparedVersions?

    /// - Parameter maker: memory for keys.
    init(
        _ texts: ContiguousArray<TextPlace>, _ region: ByteRegion, _ ordering: VersionOrdering, _ maker: inout KeyMaker
    ) {
        self.ordering = ordering
        self.region = region
        self.texts = texts
        if let keys = maker.make(texts, region, ordering) {
            form = .keys(keys)
            places = maker.places
            placeCount = keys.count * 2 + 1
            return
        }
        let (compared, places, isOneOrder) = ComparedVersions.make(texts.map(region.string), ordering)
        form = isOneOrder ? .compared(compared) : .none
        self.places = places
        placeCount = compared.count * 2 + 1
    }

    /// The place of a version; nil where it stands in no one order with the others.
    ///
    /// - Parameter key: memory for the version's key.
    mutating func place(of text: String, _ key: inout VersionKey) -> Place? {
        switch form {
        case .none: return nil
        case .compared(let versions): return versions.place(of: text)
        case .keys(let keys):
            var text = text
            if text.withUTF8({ key.write($0, ordering) }) { return keys.place(of: key) }
            let compared = besideKeys ?? ComparedVersions(self.texts.map(region.string), places, ordering)
            besideKeys = compared
            return compared.place(of: text)
        }
    }
}
