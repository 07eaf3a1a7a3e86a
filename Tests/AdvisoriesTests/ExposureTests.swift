import Advisories
import Packages
import Testing
import WaybillCore

struct ExposureTests {
    /// Images with packages, and advisories about some of them, made up from a seed.
    private func world(_ random: inout SystemRandom) -> (ExposureIndex, [Advisory]) {
        func version() -> String { "1.\(random.next() % 6)" }
        var exposure = ExposureIndex()
        for image in 0..<12 {
            let packages = (0..<8).map { _ in
                Package(
                    ecosystem: random.next() % 2 == 0 ? .npm : .pypi, name: "p\(random.next() % 6)", version: version())
            }
            exposure.add(Digest.sha256(of: Array("\(image)".utf8)), packages)
        }
        return (exposure, (0..<10).map { advisory($0, &random) })
    }

    private func advisory(_ number: Int, _ random: inout SystemRandom) -> Advisory {
        var advisory = Advisory(
            id: "A-\(number)", aliases: random.next() % 2 == 0 ? ["CVE-\(random.next() % 4)"] : [],
            severity: Severity.allCases[Int(random.next() % 6)], modified: "\(1000 + random.next() % 9)")
        for _ in 0...random.next() % 2 {
            advisory.affected.append(
                .init(
                    ecosystem: random.next() % 2 == 0 ? .npm : .pypi, name: "p\(random.next() % 6)",
                    ranges: [AffectedRange([.introduced("1.\(random.next() % 3)"), .fixed("1.\(random.next() % 7)")])]))
        }
        if random.next() % 6 == 0 { advisory.withdrawn = "2024" }
        return advisory
    }

    @Test(arguments: 0..<60) func `what changed, applied to what was, is what a full recomputation finds`(_ seed: Int)
        throws
    {
        var random = SystemRandom(seed: UInt64(seed + 1))
        let (exposure, advisories) = world(&random)
        let bytes = AdvisoryIndex(advisories).bytes
        let old = AdvisoryIndex(base: try AdvisoryBase(bytes: bytes, subject: "old"))
        var new = old
        var ids: Set<String> = [], exploited: Set<String> = []
        for _ in 0...random.next() % 4 {
            var changed = advisory(Int(random.next() % 14), &random)
            changed.modified = "2000"
            ids.insert(changed.id)
            new.insert(changed)
        }
        if random.next() % 2 == 0 {
            new.insert(Exploitation(knownSince: "2025-01-01"), about: "CVE-1")
            exploited = ["CVE-1"]
        }
        let delta = AdvisoryDelta(from: old, to: new, touching: ids)
        let transitions = exposure.transitions(
            from: old, to: new, touching: delta.touched(new, old: old, exploited: exploited))
        var states = exposure.states(old)
        for transition in transitions {
            var list = states[transition.component] ?? []
            if let before = transition.before { list.removeAll { $0 == before } }
            if let after = transition.after { list.append(after) }
            states[transition.component] = list.isEmpty ? nil : list
        }
        let wanted = exposure.states(new)
        #expect(Set(states.keys) == Set(wanted.keys))
        for (component, list) in wanted { #expect(Set(states[component] ?? []) == Set(list)) }
        // The worst comes first.
        #expect(zip(transitions, transitions.dropFirst()).allSatisfy { $0.severity >= $1.severity })
    }

    @Test func `each transition says why`() {
        var exposure = ExposureIndex()
        exposure.add(.sha256(of: [1]), [Package(ecosystem: .npm, name: "a", version: "1.0")])
        func index(_ advisory: Advisory?) -> AdvisoryIndex { AdvisoryIndex([advisory].compactMap { $0 }) }
        var record = Advisory(
            id: "A", modified: "1",
            affected: [.init(ecosystem: .npm, name: "a", ranges: [AffectedRange([.introduced("0")])])])
        func causes(_ old: AdvisoryIndex, _ new: AdvisoryIndex) -> [String] {
            exposure.transitions(from: old, to: new, touching: [.init(.npm, "a")]).map {
                "\($0.kind.rawValue): \($0.cause)"
            }
        }
        #expect(causes(index(nil), index(record)) == ["opened: the advisory was published"])
        let open = index(record)
        record.affected[0].ranges = [AffectedRange([.introduced("0"), .fixed("2.0")])]
        #expect(causes(open, index(record)) == ["changed: it is fixed in 2.0"])
        record.affected[0].ranges = [AffectedRange([.introduced("2.0")])]
        #expect(causes(open, index(record)) == ["closed: the record does not cover this version any more"])
        record.withdrawn = "2"
        #expect(causes(open, index(record)) == ["closed: the advisory was withdrawn"])
        #expect(causes(open, index(nil)) == ["closed: the advisory is gone"])
    }

    @Test(arguments: 0..<20) func `a change leads to its state and back, and to no other`(_ seed: Int) throws {
        var random = SystemRandom(seed: UInt64(seed + 1))
        let (_, advisories) = world(&random)
        let old = AdvisoryIndex(base: try AdvisoryBase(bytes: AdvisoryIndex(advisories).bytes, subject: "old"))
        var next = old
        next.insert(advisory(3, &random))
        next.remove("A-5")
        next.insert(Exploitation(probability: 0.5), about: "CVE-2")
        let new = AdvisoryIndex(base: try AdvisoryBase(bytes: next.bytes, subject: "new"))
        let ids: Set<String> = ["A-3", "A-5", "A-7"]
        let digests = (Digest(old.snapshot ?? ""), Digest(new.snapshot ?? ""))
        let forward = AdvisoryChange.bytes(from: old, to: new, touching: ids, moment: 1, (digests.0, digests.1))
        let back = AdvisoryChange.bytes(from: new, to: old, touching: ids, moment: 1, (digests.1, digests.0))
        let there = try old.applying(try AdvisoryChange(forward, subject: "f"), subject: "f").index
        #expect(there.snapshot == new.snapshot)
        #expect(try there.applying(try AdvisoryChange(back, subject: "b"), subject: "b").index.snapshot == old.snapshot)
        #expect(throws: WaybillError.self) { try new.applying(try AdvisoryChange(forward, subject: "f"), subject: "f") }
        #expect(throws: WaybillError.self) { try AdvisoryChange(Array(forward.dropLast()), subject: "f") }
    }
}
