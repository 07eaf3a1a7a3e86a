import Attestations
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-21T12:00:00Z", 1_795_262_400), ("2024-02-29T23:59:59Z", 1_709_251_199),
        ("1969-12-31T23:59:59Z", -1), ("2000-02-29T00:00:00+01:00", 951_778_800), ("2026-11-21T12:00:00.123456789Z", 1_795_262_400),
        ("2026-11-21t12:00:00z", 1_795_262_400), ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] as [(String, Int64)])
    func `RFC 3339 times are read`(_ text: String, _ seconds: Int64) {
        #expect(Timestamp(text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T12:00:00", "2026-11-21 12:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+24:00", "+026-01-01T00:00:00Z", "２026-01-01T00:00:00Z",
    ])
    func `what is no RFC 3339 time is refused`(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `a time that is written is read again`() {
        var seconds: Int64 = -62_135_596_800
        while seconds < 253_402_300_799 {
            #expect(Timestamp(Timestamp(seconds: seconds).description)?.seconds == seconds)
            seconds += 86400 * 97 + 12_345
        }
    }

    @Test(arguments: [Int64.min, .max, -1, 999_999_999_999_999_999])
    func `any number of seconds can be written`(_ seconds: Int64) {
        #expect(!Timestamp(seconds: seconds).description.isEmpty)
    }
}
