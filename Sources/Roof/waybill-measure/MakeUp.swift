import Advisories
import Packages
import WaybillCore

/// Packages as fleets have them, made up from the same seed at every run: half of them have names that advisories know,
/// in versions near those that the advisories speak of.
struct MakeUp {
    private var state: UInt64
    private let known: [(ecosystem: Ecosystem, name: String, versions: [String])]

    init(_ index: AdvisoryIndex, seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        var byName: [String: (ecosystem: Ecosystem, name: String, versions: Set<String>)] = [:]
        for advisory in index.all {
            for affected in advisory.affected where affected.ecosystem.ordering != nil {
                let key = "\(affected.ecosystem) \(affected.name)"
                var entry = byName[key] ?? (affected.ecosystem, affected.name, [])
                entry.versions.formUnion(affected.versions.prefix(20))
                for range in affected.ranges { entry.versions.formUnion(range.events.map(\.version)) }
                byName[key] = entry
            }
        }
        known = byName.sorted { $0.key < $1.key }.map {
            ($0.value.ecosystem, $0.value.name, $0.value.versions.sorted())
        }
    }

    mutating func number(_ count: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(max(count, 1)))
    }

    mutating func package() -> Package {
        let entry = known[number(known.count)]
        guard number(2) == 0 else {
            return Package(
                ecosystem: entry.ecosystem, name: "unheard-of-\(number(200_000))", version: version(), place: .init())
        }
        let near = entry.versions.isEmpty ? version() : entry.versions[number(entry.versions.count)]
        let text: String =
            switch number(4) {
            case 0: version()
            case 1: near == "0" ? "0.0.1" : near
            case 2: near + ".\(number(9))"
            default: "\(number(9)).\(number(30)).\(number(20))"
            }
        return Package(
            ecosystem: entry.ecosystem, name: entry.name, version: text,
            source: entry.ecosystem.isOperatingSystem ? .init(name: entry.name, version: text) : nil)
    }

    private mutating func version() -> String { "\(number(20)).\(number(50)).\(number(100))" }
}
