import Packages

/// Different versions from low to high, of which another is compared with each. Some orders are none for all texts: with
/// words behind dots Maven's goes in circles, and outside of its grammar apk compares only as far as both versions keep
/// to it. Whether some versions stand in one order is seen by comparing each with each.
final class ComparedVersions {
    /// More versions than these are not compared with each other.
    private static let checkedMax = 512

    typealias Place = CompiledRelease.Place

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
    init(_ texts: [String], _ places: ContiguousArray<Place>, _ sorted: [Int], _ ordering: VersionOrdering) {
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

    /// For versions whose places are known already.
    convenience init(_ texts: [String], _ places: ContiguousArray<Place>, _ ordering: VersionOrdering) {
        self.init(texts, places, texts.indices.sorted { (places[$0], $0) < (places[$1], $1) }, ordering)
    }

    /// With the place of each text, and whether places say anything.
    static func make(
        _ texts: [String], _ ordering: VersionOrdering
    ) -> (versions: ComparedVersions, places: ContiguousArray<Place>, isOneOrder: Bool) {
        let versions = texts.map { PreparedVersion($0, ordering) }
        let sorted = texts.indices.sorted { versions[$0].compare(versions[$1], ordering) == .less }
        var places = ContiguousArray<Place>(repeating: 0, count: texts.count)
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

    /// Versions whose shapes agree stand in one order without being compared.
    private lazy var shapes: MavenShape? = {
        guard ordering == .maven else { return nil }
        let union = texts.reduce(into: MavenShape()) { $0.formUnion(MavenShape($1)) }
        return union.isOneOrder ? union : nil
    }()

    private var isOneOrder: Bool {
        if shapes != nil { return true }
        guard versions.count <= Self.checkedMax else { return false }
        for one in versions.indices {
            for other in versions.indices[(one + 1)...] {
                let wanted: VersionOrder = places[one] == places[other] ? .equal : .less
                guard versions[one].compare(versions[other], ordering) == wanted else { return false }
            }
        }
        return true
    }

    /// By halves, for a version that stands in one order with all of them.
    private func search(_ version: PreparedVersion) -> Place {
        var low = 0, high = versions.count
        while low < high {
            let middle = (low + high) / 2
            switch version.compare(versions[middle], ordering) {
            case .equal: return places[middle]
            case .greater: low = middle + 1
            case .less: high = middle
            }
        }
        return low == 0 ? 0 : places[low - 1] + 1
    }

    /// Nil where the version is not greater than all up to some place, and less than all behind it.
    func place(of text: String) -> Place? {
        let version = PreparedVersion(text, ordering)
        if let shapes, shapes.union(MavenShape(text)).isOneOrder { return search(version) }
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
