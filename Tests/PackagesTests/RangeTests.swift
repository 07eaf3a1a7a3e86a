import Packages
import Testing

struct VersionIntervalsTests {
    private func range(_ text: String) throws -> VersionIntervals {
        try #require(RequirementGrammar.cargo.intervals(text))
    }

    @Test(arguments: [
        (">= 1.0, < 2.0", ["0.9", "1.0.0", "1.9.9", "2.0.0"], [false, true, true, false]),
        ("^0.2.3", ["0.2.2", "0.2.3", "0.2.9", "0.3.0"], [false, true, true, false]),
        ("~1.2", ["1.1.9", "1.2.0", "1.2.9", "1.3.0"], [false, true, true, false]),
        ("1.2.3", ["1.2.3", "1.9.0", "2.0.0"], [true, true, false]),
        ("=1.2.3", ["1.2.3", "1.2.4"], [true, false]),
        ("*", ["0.0.1", "9.9.9"], [true, true]),
    ])
    func `a requirement allows what its grammar says, and its complement the rest`(
        _ text: String, _ versions: [String], _ wanted: [Bool]
    ) throws {
        let range = try range(text)
        #expect(versions.map(range.contains) == wanted)
        #expect(versions.map(range.complement.contains) == wanted.map { !$0 })
        let ordering = VersionOrdering.cargo
        #expect(versions.map { range.range.contains($0, in: ordering) } == wanted)
    }

    @Test(arguments: 0..<30) func `union, intersection and complement agree with each version`(_ seed: Int) throws {
        var state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15
        func next(_ count: UInt64) -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state % count
        }
        func some() -> VersionIntervals {
            var result = VersionIntervals(in: .semver)
            for _ in 0...next(3) {
                let low = next(8), high = low + next(4)
                let signs = [">", ">="][Int(next(2))], ends = ["<", "<="][Int(next(2))]
                if let one = RequirementGrammar.cargo.intervals("\(signs) 1.\(low).0, \(ends) 1.\(high).0") {
                    result = VersionIntervals(result.intervals + one.intervals, in: .semver)
                }
            }
            return result
        }
        let one = some(), two = some()
        for minor in 0..<13 {
            let version = "1.\(minor).0", between = "1.\(minor).5"
            for each in [version, between] {
                #expect(one.union(two).contains(each) == (one.contains(each) || two.contains(each)))
                #expect(one.intersection(two).contains(each) == (one.contains(each) && two.contains(each)))
                #expect(one.complement.contains(each) == !one.contains(each))
                #expect(one.subtracting(two).contains(each) == (one.contains(each) && !two.contains(each)))
            }
        }
    }

    @Test(arguments: ["", ">=", "a b", "~> x", String(repeating: "1", count: 9000)])
    func `a requirement that cannot be read is none`(_ text: String) {
        #expect(RequirementGrammar.gem.intervals(text) == nil)
    }

    @Test(arguments: VersionOrdering.allCases.filter(\.comparesPlainNumbersByValue))
    func `plain numbers compare as their order compares them`(_ ordering: VersionOrdering) throws {
        let versions = ["0", "1", "1.0", "1.0.0.0", "1.0.1", "01.2", "1.10", "1.9", "2", "4294967295.1", "1.2.3.4"]
        for one in versions {
            for other in versions {
                let fast = try #require(NumericVersion(one.utf8)).compare(try #require(NumericVersion(other.utf8)))
                #expect(fast == ordering.compare(one, other), "\(one) \(other)")
            }
        }
    }

    @Test(arguments: ["", ".", "1.", ".1", "1..2", "1.2.3.4.5", "4294967296", "1-1", "v1", "1a"])
    func `other texts are no plain numbers`(_ text: String) { #expect(NumericVersion(text.utf8) == nil) }
}
