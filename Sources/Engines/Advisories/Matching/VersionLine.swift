import Packages

/// A version made ready to be compared many times.
struct CompiledVersion {
    let numeric: NumericVersion?
    let bytes: [UInt8]

    init(_ text: String, _ ordering: VersionOrdering) {
        bytes = Array(text.utf8.prefix(VersionOrdering.versionLengthMax))
        numeric = ordering.comparesPlainNumbersByValue ? NumericVersion(bytes) : nil
    }

    func compare(_ other: CompiledVersion, _ ordering: VersionOrdering) -> VersionOrder {
        if let numeric, let other = other.numeric { return numeric.compare(other) }
        return ordering.compare(bytes, other.bytes)
    }
}

/// All versions that some records speak of, in order. Another version has a place among them, and the place says
/// everything about it that the records can say: they need not look at its text.
struct VersionLine {
    /// Odd for a version that is named, even for one between two of them; the first of all is zero.
    typealias Place = Int32

    private let ordering: VersionOrdering
    private var versions: [CompiledVersion] = []
    /// The same as numbers; empty where one of them is none.
    private var numbers: [NumericVersion] = []
    /// By text, for the records themselves.
    private var named: [String: Place] = [:]

    init(_ texts: Set<String>, _ ordering: VersionOrdering) {
        self.ordering = ordering
        let sorted = texts.map { (text: $0, version: CompiledVersion($0, ordering)) }
            .sorted { $0.version.compare($1.version, ordering) == .less }
        named.reserveCapacity(sorted.count)
        for (text, version) in sorted {
            // Several spellings of one version have one place.
            if versions.last?.compare(version, ordering) != .equal { versions.append(version) }
            named[text] = Place(truncatingIfNeeded: versions.count * 2 - 1)
        }
        let numbers = versions.compactMap(\.numeric)
        if numbers.count == versions.count { self.numbers = numbers }
    }

    /// Places are below this.
    var placeCount: Int { versions.count * 2 + 1 }

    /// The place of a version that was given to the line.
    func place(named text: String) -> Place { named[text] ?? place(of: text) }

    func place(of text: String) -> Place {
        if !numbers.isEmpty, let number = NumericVersion(text.utf8.prefix(VersionOrdering.versionLengthMax)) {
            return Self.search(numbers.count) { numbers[$0].compare(number) }
        }
        let version = CompiledVersion(text, ordering)
        return Self.search(versions.count) { versions[$0].compare(version, ordering) }
    }

    /// - Parameter order: how the version with a number stands to the one that is looked for.
    private static func search(_ count: Int, _ order: (Int) -> VersionOrder) -> Place {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            switch order(middle) {
            case .equal: return Place(truncatingIfNeeded: middle * 2 + 1)
            case .less: low = middle + 1
            case .greater: high = middle
            }
        }
        return Place(truncatingIfNeeded: low * 2)
    }
}

/// The places that a range covers: says the same as `AffectedRange.contains`.
struct CompiledRange {
    /// From the first place up to, and without, the second.
    private(set) var spans: [(start: VersionLine.Place, end: VersionLine.Place)] = []

    init(_ range: AffectedRange, _ line: VersionLine) {
        var limit: VersionLine.Place?
        let events = range.events.map { event -> (place: VersionLine.Place, rank: Int, event: AffectedRange.Event) in
            let place = event == .introduced("0") ? -1 : line.place(named: event.version)
            switch event {
            case .fixed: return (place, 0, event)
            case .introduced: return (place, 1, event)
            case .lastAffected: return (place, 2, event)
            case .limit: return (place, 3, event)
            }
        }
        var open: VersionLine.Place?
        // At one version: what ends before what begins, and the last affected version is still affected.
        for (place, _, event) in events.sorted(by: { ($0.place, $0.rank) < ($1.place, $1.rank) }) {
            switch event {
            case .introduced: open = open ?? max(place, 0)
            case .fixed, .lastAffected:
                guard let start = open else { continue }
                if case .lastAffected = event { spans.append((start, place + 1)) } else { spans.append((start, place)) }
                open = nil
            case .limit(let version): if version != "*" { limit = max(limit ?? 0, place) }
            }
        }
        if let open { spans.append((open, .max)) }
        if let limit { spans = spans.map { ($0.start, min($0.end, limit)) } }
    }

    func contains(_ place: VersionLine.Place) -> Bool { spans.contains { $0.start <= place && place < $0.end } }
}
