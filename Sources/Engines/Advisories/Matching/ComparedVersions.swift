import Packages

/// Different versions from low to high, of which another is compared with each. Some orders are none for all texts: with
/// words behind dots Maven's goes in circles, and outside of its grammar apk compares only as far as both versions keep
/// to it. Whether some versions stand in one order is seen by comparing each with each.
final class ComparedVersions {
    /// More versions than these are not compared with each other.
    private static let checkedMax = 512

    typealias Place = VersionLine.Place

    private let ordering: VersionOrdering
    /// From low to high, each spelling of a version with the version's place.
    private let texts: [String]
    private let places: [Place]
    /// Read when they are asked for: most lines are never.
    private lazy var versions = texts.map { PreparedVersion($0, ordering) }

    /// How many different versions there are.
    var count: Int { Int(places.last ?? -1) / 2 + 1 }

    /// - Parameters:
    ///   - places: of the texts.
    ///   - sorted: the numbers of the texts from low to high.
    init(_ texts: [String], _ places: [Place], _ sorted: [Int], _ ordering: VersionOrdering) {
        var kept: [Int] = []
        kept.reserveCapacity(sorted.count)
        for number in sorted {
            if let last = kept.last, texts[last].utf8.elementsEqual(texts[number].utf8) { continue }
            kept.append(number)
        }
        self.texts = kept.map { texts[$0] }
        self.places = kept.map { places[$0] }
        self.ordering = ordering
    }

    /// With the place of each text, and whether places say anything.
    static func make(
        _ texts: [String], _ ordering: VersionOrdering
    ) -> (versions: ComparedVersions, places: [Place], isOneOrder: Bool) {
        let versions = texts.map { PreparedVersion($0, ordering) }
        let sorted = texts.indices.sorted { versions[$0].compare(versions[$1], ordering) == .less }
        var places = [Place](repeating: 0, count: texts.count)
        var place: Place = -1, last: Int?
        for number in sorted {
            // Several spellings of one version have one place.
            if last.map({ versions[$0].compare(versions[number], ordering) != .equal }) ?? true { place += 2 }
            places[number] = place
            last = number
        }
        let made = ComparedVersions(texts, places, sorted, ordering)
        return (made, places, made.isOneOrder)
    }

    /// Versions that have keys stand in one order among themselves: of those only neighbours are compared.
    private var isOneOrder: Bool {
        guard versions.count <= Self.checkedMax else { return false }
        var key = VersionKey()
        let haveKeys = texts.map { text in
            var text = text
            return text.withUTF8 { key.write($0, ordering) }
        }
        func isInOrder(_ one: Int, _ other: Int) -> Bool {
            versions[one].compare(versions[other], ordering) == (places[one] == places[other] ? .equal : .less)
        }
        var last: Int?
        for number in versions.indices {
            if haveKeys[number] {
                if let last, !isInOrder(last, number) { return false }
                last = number
                continue
            }
            for other in versions.indices where other != number {
                guard other < number ? isInOrder(other, number) : isInOrder(number, other) else { return false }
            }
        }
        return true
    }

    /// Nil where the version is not greater than all up to some place, and less than all behind it.
    func place(of text: String) -> Place? {
        let version = PreparedVersion(text, ordering)
        var below: Place = -1, equal: Place?, isBehind = false
        for (number, bound) in versions.enumerated() {
            let place = places[number]
            switch version.compare(bound, ordering) {
            case .greater:
                guard equal == nil, !isBehind else { return nil }
                below = place
            case .equal:
                guard (equal ?? place) == place, below != place, !isBehind else { return nil }
                equal = place
            case .less:
                guard equal != place, below != place else { return nil }
                isBehind = true
            }
        }
        return equal ?? below + 1
    }
}
