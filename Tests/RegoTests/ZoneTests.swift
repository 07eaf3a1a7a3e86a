import Testing

@testable import Rego

/// Zones from zone files and from rules.
@Suite struct ZoneTests {
    /// A zone file of version 2 with one change, 1000 seconds after 1970, and a rule behind it.
    private static func file(footer: String, changes: [(Int, UInt8)] = [(1_000, 1)]) -> [UInt8] {
        func number(_ value: Int, _ width: Int) -> [UInt8] {
            (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func header(_ changes: Int) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
                + [0, 0, 0, changes, changes == 0 ? 0 : 2, changes == 0 ? 0 : 8].flatMap { number($0, 4) }
        }
        let types = number(3600, 4) + [0, 0] + number(7200, 4) + [1, 4]
        return header(0) + header(changes.count) + changes.flatMap { number($0.0, 8) } + changes.map(\.1) + types
            + Array("AAA\0BBB\0\n\(footer)\n".utf8)
    }

    @Test func `a zone file is read with its changes and its rule`() throws {
        let zone = try #require(ZoneInfo(Self.file(footer: "CCC-5")))
        #expect(zone.period(at: 0) == ZoneInfo.Period(offset: 3600, name: "AAA"))
        #expect(zone.period(at: 999).name == "AAA")
        #expect(zone.period(at: 1_000) == ZoneInfo.Period(offset: 18_000, name: "CCC"), "the rule holds from then on")
        let bare = try #require(ZoneInfo(Self.file(footer: "")))
        #expect(bare.period(at: 5_000) == ZoneInfo.Period(offset: 7200, isSummer: true, name: "BBB"))
    }

    @Test func `what is no zone file is refused`() {
        let whole = Self.file(footer: "CCC-5")
        for count in 0..<(whole.count - 8) { #expect(ZoneInfo(Array(whole.prefix(count))) == nil, "\(count)") }
        #expect(ZoneInfo(Self.file(footer: "", changes: [(5, 1), (5, 0)])) == nil, "changes that do not ascend")
        #expect(ZoneInfo(Self.file(footer: "", changes: [(5, 9)])) == nil, "a kind that is not there")
        #expect(ZoneInfo(Array("TZif2".utf8) + [UInt8](repeating: 255, count: 40)) == nil, "absurd counts")
    }

    @Test(
        arguments: [
            ("EST5EDT,M3.2.0,M11.1.0", 1_710_054_000, "EDT", -14_400),
            ("EST5EDT,M3.2.0,M11.1.0", 1_710_053_999, "EST", -18_000),
            ("CET-1CEST,M3.5.0,M10.5.0/3", 1_711_846_800, "CEST", 7200),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1_704_067_200, "+11", 39_600),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_704_067_200, "GMT", 0),
            ("AAA3BBB,J60/0,300", 1_709_262_000, "BBB", -7200), ("<-03>3", 0, "-03", -10_800),
        ])
    func `a rule tells the period`(_ text: String, _ second: Int, _ name: String, _ offset: Int) throws {
        let period = try #require(ZoneRule(text)).period(at: second)
        #expect(period.name == name)
        #expect(period.offset == offset)
    }

    @Test(arguments: ["", "E5", "EST", "EST5EDT,M3.2", "EST5EDT,M13.1.0,M11.1.0", "<abc5", "EST5EDT,J0,J1", "EST5EDT"])
    func `a rule that is written wrongly is none`(_ text: String) { #expect(ZoneRule(text) == nil) }

    private func value(_ term: String, _ surroundings: EvaluationSurroundings) throws -> String? {
        let policy = try CompiledPolicy(modules: [
            try PolicyModule(parsing: "package t\n\np := \(term)\n", file: "t.rego")
        ])
        return try policy.evaluate(rule: "data.t.p", input: nil, surroundings: surroundings)?.description
    }

    @Test func `zones come from the host, or from a short list`() throws {
        let host = EvaluationSurroundings(hasStrictErrors: true) { $0 == "Own/Zone" ? Self.file(footer: "CCC-5") : nil }
        #expect(try value(#"time.clock([2000000000000, "Own/Zone"])"#, host) == "[5, 33, 20]")
        #expect(try value(#"time.format([0, "Own/Zone", "15:04 MST"])"#, host) == #""01:00 AAA""#)
        #expect(try value(#"time.clock([0, "Asia/Kolkata"])"#, host) == "[5, 30, 0]", "known without a file")
        for name in ["No/Where", "../etc/passwd", "/etc/passwd"] {
            #expect(throws: RegoError.self) { try value("time.clock([0, \"\(name)\"])", host) }
        }
    }

    @Test func `dates are added as the zone's clocks show them`() throws {
        // A day that has 23 hours.
        let term =
            #"time.add_date(json.unmarshal(`[1710046800000000000, "America/New_York"]`), 0, 0, 1) - 1710046800000000000"#
        #expect(try value(term, EvaluationSurroundings()) == "82800000000000")
    }
}
