import Packages

/// All versions that some records speak of, in order. Another version has a place among them, and the place says
/// everything about it that the records can say: they need not look at its text.
struct VersionLine {
    /// Odd for a version that is named, even for one between two of them; the first of all is zero.
    typealias Place = Int32

    private let ordering: VersionOrdering
    private var versions: [PreparedVersion] = []
    /// The same as numbers; empty where one of them is none.
    private var numbers: [NumericVersion] = []
    /// By text, for the records themselves.
    private var named: [String: Place] = [:]
    /// Whether all versions stand in one order. Where some do not, a place says nothing.
    private(set) var isRegular = true

    init(_ texts: Set<String>, _ ordering: VersionOrdering) {
        self.ordering = ordering
        let isPlain =
            ordering.comparesPlainNumbersByValue && texts.allSatisfy { NumericVersion($0.utf8) != nil }
        let sorted = texts.map { (text: $0, version: PreparedVersion($0, ordering, isPlain: isPlain)) }
            .sorted { $0.version.compare($1.version, ordering) == .less }
        named.reserveCapacity(sorted.count)
        for (text, version) in sorted {
            // Several spellings of one version have one place.
            if versions.last?.compare(version, ordering) != .equal { versions.append(version) }
            named[text] = Place(truncatingIfNeeded: versions.count * 2 - 1)
        }
        if isPlain { numbers = versions.compactMap(\.numeric) }
        isRegular = texts.allSatisfy { Self.isRegular($0, ordering) }
    }

    /// Whether a version stands in one order with the others of its kind.
    func isRegular(_ text: String) -> Bool { Self.isRegular(text, ordering) }

    /// Outside of its grammar apk compares only as far as both versions keep to it, and Maven's words behind dots are less
    /// than some of what they are greater than: of three such versions each may be greater than the next.
    private static func isRegular(_ text: String, _ ordering: VersionOrdering) -> Bool {
        switch ordering {
        case .maven: return NumericVersion(text.utf8) != nil
        case .apk:
            var rest = Array(text.utf8)[...]
            func digits() -> Bool {
                let count = rest.prefix { $0 &- 48 < 10 }.count
                rest = rest.dropFirst(count)
                return count > 0
            }
            guard digits() else { return false }
            while rest.first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
                guard digits() else { return false }
            }
            if let letter = rest.first, letter &- 97 < 26 { rest = rest.dropFirst() }
            while rest.first == UInt8(ascii: "_") {
                rest = rest.dropFirst()
                let word = rest.prefix { $0 &- 97 < 26 }
                guard words.contains(where: { word.elementsEqual($0.utf8) }) else { return false }
                rest = rest.dropFirst(word.count)
                _ = digits()
            }
            guard !rest.isEmpty else { return true }
            guard rest.starts(with: "-r".utf8) else { return false }
            rest = rest.dropFirst(2)
            return digits() && rest.isEmpty
        default: return true
        }
    }

    private static let words = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"]

    /// Places are below this.
    var placeCount: Int { versions.count * 2 + 1 }

    /// The place of a version that was given to the line.
    func place(named text: String) -> Place { named[text] ?? place(of: text) }

    func place(of text: String) -> Place {
        if !numbers.isEmpty, let number = NumericVersion(text.utf8) {
            return Self.search(numbers.count) { numbers[$0].compare(number) }
        }
        let version = PreparedVersion(text, ordering, isPlain: !numbers.isEmpty)
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
