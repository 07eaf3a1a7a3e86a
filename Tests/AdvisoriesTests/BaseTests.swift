import Packages
import Testing
import WaybillCore

@testable import Advisories

struct BaseTests {
    private func sample() throws -> [Advisory] {
        try advisories(
            "["
                + [
                    record(
                        "GHSA-1",
                        more: #""aliases": ["CVE-2021-1"], "summary": "bad", "details": "long", "related": ["CVE-9"],"#),
                    record("GHSA-2", "minimist", more: #""withdrawn": "2024-01-01T00:00:00Z","#),
                    record("PYSEC-1", "minimist", events: #"{"introduced":"1.0"},{"last_affected":"1.2"}"#),
                ].joined(separator: ",") + "]")
    }

    private func index(_ advisories: [Advisory]) throws -> AdvisoryIndex {
        let bytes = AdvisoryBaseWriter.bytes(
            advisories, exploitations: ["CVE-2021-1": Exploitation(knownSince: "2022-01-01")],
            meta: AdvisoryMeta(imported: ["npm": 7], sources: ["OSV": 3]))
        return AdvisoryIndex(base: try AdvisoryBase(bytes: bytes, subject: "base"))
    }

    @Test func `what is written is read again, whole`() throws {
        let written = try sample()
        let index = try index(written)
        #expect(index.all == written.sorted { $0.id < $1.id })
        #expect(index.count == 3 && index["GHSA-2"]?.withdrawn != nil)
        #expect(index.advisories(named: "cve-2021-1").map(\.id) == ["GHSA-1"])
        #expect(index.advisories(named: "CVE-9").map(\.id) == ["GHSA-1"])
        #expect(index.advisories(about: .init(.npm, "minimist")).map(\.id) == ["PYSEC-1"])
        #expect(index.ecosystems == ["npm"] && index.imported == ["npm": 7])
        #expect(index.exploitation(of: written[0])?.knownSince == "2022-01-01")
        #expect(index.advisories(named: "nothing").isEmpty && index.advisories(about: .init(.npm, "x")).isEmpty)
    }

    @Test func `equal records give equal bytes, in whatever order they came`() throws {
        let records = try sample()
        let meta = AdvisoryMeta(imported: ["npm": 1, "PyPI": 2])
        let one = AdvisoryBaseWriter.bytes(records, exploitations: [:], meta: meta)
        let two = AdvisoryBaseWriter.bytes(records.reversed(), exploitations: [:], meta: meta)
        #expect(one == two)
        #expect(try index(records).bytes == index(records.reversed()).bytes)
    }

    @Test func `a newer record stands for the one in the base`() throws {
        var index = try index(try sample())
        var newer = try #require(index["GHSA-1"])
        newer.modified = "2025-01-01T00:00:00Z"
        newer.affected[0].ranges = [AffectedRange([.introduced("0"), .fixed("5.0.0")])]
        index.insert(newer)
        #expect(index.count == 3)
        let package = Package(ecosystem: .npm, name: "lodash", version: "4.18.0")
        #expect(AdvisoryMatcher.match(package, index).map(\.fixedVersion) == ["5.0.0"])
        index.remove("GHSA-1")
        #expect(AdvisoryMatcher.match(package, index).isEmpty && index["GHSA-1"] == nil && index.count == 2)
    }

    @Test func `bytes that are not whole or not themselves are refused`() throws {
        let bytes = AdvisoryBaseWriter.bytes(try sample(), exploitations: [:], meta: AdvisoryMeta())
        for count in [0, 7, 100, bytes.count - 1] {
            #expect(throws: WaybillError.self) { try AdvisoryBase(bytes: Array(bytes[..<count]), subject: "x") }
        }
        for position in stride(from: 0, to: bytes.count, by: 97) {
            var damaged = bytes
            damaged[position] ^= 0x40
            #expect(throws: WaybillError.self) { try AdvisoryBase(bytes: damaged, subject: "x") }
        }
    }

    @Test(arguments: 0..<60) func `a base whose maker lied never traps`(_ seed: Int) throws {
        var bytes = AdvisoryBaseWriter.bytes(
            try sample(), exploitations: ["CVE-1": Exploitation()], meta: AdvisoryMeta())
        var random = SystemRandom(seed: UInt64(seed))
        for _ in 0..<8 { bytes[48 + Int(random.next() % UInt64(bytes.count - 48))] = UInt8(random.next() % 256) }
        // With a digest that fits, as an attacker would write it.
        let digest = try #require(Hex.decode(Digest.sha256(of: bytes[48...]).hex))
        bytes.replaceSubrange(16..<48, with: digest)
        guard let base = try? AdvisoryBase(bytes: bytes, subject: "x") else { return }
        let index = AdvisoryIndex(base: base)
        _ = index.all
        _ = index.exploitations
        _ = index.ecosystems
        for name in ["lodash", "minimist"] {
            _ = AdvisoryMatcher.match(Package(ecosystem: .npm, name: name, version: "1.1"), index)
        }
    }

    @Test(arguments: 0..<20) func `ranges made ready say what ranges say`(_ seed: Int) {
        var random = SystemRandom(seed: UInt64(seed + 1))
        func version() -> String {
            let numbers = (0...Int(random.next() % 3)).map { _ in "\(random.next() % 4)" }.joined(separator: ".")
            return numbers + (random.next() % 5 == 0 ? "-rc\(random.next() % 3)" : "")
        }
        let ecosystems: [Ecosystem] = [
            .npm, .pypi, .rubyGems, .maven, .debian(nil), Ecosystem(name: "AlmaLinux"), .alpine(nil), .packagist,
        ]
        for ecosystem in ecosystems {
            guard let ordering = ecosystem.ordering else { continue }
            for _ in 0..<20 {
                var events: [AffectedRange.Event] = []
                for _ in 0...Int(random.next() % 4) {
                    switch random.next() % 5 {
                    case 0: events.append(.introduced("0"))
                    case 1: events.append(.introduced(version()))
                    case 2: events.append(.fixed(version()))
                    case 3: events.append(.lastAffected(version()))
                    default: events.append(.limit(version()))
                    }
                }
                let range = AffectedRange(events)
                var writer = ByteWriter()
                AdvisoryCoding.write(.init(ecosystem: ecosystem, name: "x", ranges: [range]), to: &writer)
                var records = WrittenRecords(
                    ByteRegion(copying: writer.bytes), 0..<writer.bytes.count, AdvisoryIndex.Key(ecosystem, "x"))
                records.add(0, of: 0)
                let index = AdvisoryIndex()
                let package = CompiledPackage(
                    [MatchedAdvisory(Advisory(id: "A"), AttackFacts(index))], records, AttackFacts(index))
                var tools = MatchingTools()
                let release = CompiledRelease(package, ecosystem, &tools)
                var key = VersionKey()
                for _ in 0..<10 {
                    let candidate = version()
                    let wanted = range.contains(candidate, in: ordering)
                    // Versions outside of apk's grammar stand in no order: the records themselves are asked.
                    guard let place = release.place(of: candidate, &key) else {
                        #expect(ordering == .apk)
                        continue
                    }
                    #expect(release.found(at: place).isEmpty != wanted, "\(ordering) \(candidate) in \(events)")
                }
            }
        }
    }
}
