import Advisories
import Packages
import Testing

/// What is made ready for a million packages says the same as the records themselves.
struct MatchingPropertyTests {
    @Test(arguments: 0..<12) func `a session finds what each record says, with the smallest fix`(_ seed: Int) {
        var random = SystemRandom(seed: UInt64(seed + 7))
        func below(_ bound: UInt64) -> Int { Int(random.next() % bound) }
        func version() -> String {
            let numbers = (0...below(3)).map { _ in "\(below(4))" }.joined(separator: ".")
            let ends = [
                "-rc1", "a1", ".post1", "-1", ".Final", ".x", "-alpha", "~1", "_rc1", "-r0", "^1", ".0", "-jre",
            ]
            return numbers + (below(4) == 0 ? ends[below(UInt64(ends.count))] : "")
        }
        let ecosystems: [Ecosystem] = [
            .npm, .pypi, .maven, .rubyGems, .debian("12"), .alpine("v3.20"), .packagist, .go, .nuget, .pub, .cran,
            .hackage, .conan, Ecosystem(name: "AlmaLinux", release: "9"), Ecosystem(name: "Arch Linux"),
        ]
        for ecosystem in ecosystems {
            var advisories: [Advisory] = []
            for number in 0..<8 {
                var affected: [Advisory.Affected] = []
                for _ in 0...below(2) {
                    var events: [AffectedRange.Event] = [.introduced(below(2) == 0 ? "0" : version())]
                    switch below(4) {
                    case 0: events.append(.lastAffected(version()))
                    case 1: break
                    default: events.append(.fixed(version()))
                    }
                    affected.append(
                        .init(
                            ecosystem: ecosystem, name: "x", ranges: below(4) == 0 ? [] : [AffectedRange(events)],
                            versions: (0..<below(3)).map { _ in version() }))
                }
                advisories.append(Advisory(id: "A-\(number)", affected: affected))
            }
            let session = MatchingSession(AdvisoryIndex(advisories))
            for _ in 0..<40 {
                let text = version()
                let package = Package(
                    ecosystem: ecosystem, name: "x", version: text,
                    source: ecosystem.isOperatingSystem ? .init(name: "x", version: text) : nil)
                let found = session.matches(package)
                let wanted = advisories.filter { $0.affected.contains { $0.contains(text) == true } }
                #expect(found.map(\.advisory.id) == wanted.map(\.id), "\(ecosystem) \(text)")
                for (match, advisory) in zip(found, wanted) where advisory.affected.count == 1 {
                    let fix = advisory.affected[0].fix(for: text)
                    let order = ecosystem.ordering ?? .semver
                    let isSame =
                        match.fixedVersion == fix
                        || match.fixedVersion.flatMap { one in fix.map { order.areEqual(one, $0) } } ?? false
                    #expect(isSame, "\(ecosystem) \(text): \(match.fixedVersion ?? "none"), wanted \(fix ?? "none")")
                }
            }
        }
    }
}
