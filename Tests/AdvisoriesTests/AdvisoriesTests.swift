import Advisories
import Packages
import Testing
import WaybillCore

func advisories(_ text: String) throws -> [Advisory] { try OSVReader.advisories(from: Array(text.utf8), file: "a.json") }

func record(_ id: String, _ package: String = "lodash", events: String = #"{"introduced":"0"},{"fixed":"4.17.21"}"#, more: String = "") -> String {
    """
    {"id": "\(id)", "modified": "2024-01-01T00:00:00Z", \(more)
     "affected": [{"package": {"ecosystem": "npm", "name": "\(package)"}, "ranges": [{"type": "SEMVER", "events": [\(events)]}]}]}
    """
}

struct CVSSTests {
    @Test(arguments: [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, Severity.critical),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, .medium),
        ("CVSS:3.0/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", 7.2, .high),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L", 1.6, .low),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, .info),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10, .critical),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:P", 5, .medium),
    ])
    func `a vector has the score of its specification`(_ vector: String, _ score: Double, _ severity: Severity) throws {
        let cvss = try #require(CVSS(vector: vector))
        #expect(cvss.score == score)
        #expect(cvss.severity == severity)
    }

    @Test(arguments: ["", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:9/AV:N", "high"])
    func `a broken vector has no score`(_ vector: String) { #expect(CVSS(vector: vector) == nil) }
}

struct MatcherTests {
    private func package(_ version: String, _ name: String = "lodash") -> Package {
        Package(ecosystem: .npm, name: name, version: version, place: .file("app/package-lock.json", line: 12))
    }

    @Test func `a match names the CVE, the place and the upgrade`() throws {
        let index = AdvisoryIndex(try advisories(record("GHSA-1", more: #""aliases": ["CVE-2021-1"], "summary": "bad", "database_specific": {"severity": "HIGH"},"#)))
        let match = try #require(AdvisoryMatcher.match([package("4.17.20")], index).first)
        let finding = match.finding
        #expect(finding.rule == "CVE-2021-1")
        #expect(finding.aliases == ["GHSA-1"])
        #expect(finding.severity == .high)
        #expect(finding.fixedVersion == "4.17.21")
        #expect(finding.remedy == "upgrade lodash to 4.17.21")
        #expect(finding.place.location == SourceLocation(file: "app/package-lock.json", line: 12))
        #expect(AdvisoryMatcher.match([package("4.17.21")], index).isEmpty)
    }

    @Test func `a withdrawn record matches nothing`() throws {
        let index = AdvisoryIndex(try advisories(record("GHSA-1", more: #""withdrawn": "2024-02-01T00:00:00Z","#)))
        #expect(AdvisoryMatcher.match([package("1.0.0")], index).isEmpty)
    }

    @Test func `records with a common name are one match with the later fix`() throws {
        let texts = [
            record("GHSA-1", more: #""aliases": ["CVE-2021-1"],"#),
            record("SNYK-1", events: #"{"introduced":"0"},{"fixed":"4.17.22"}"#, more: #""aliases": ["CVE-2021-1"], "database_specific": {"severity": "CRITICAL"},"#),
        ]
        let index = AdvisoryIndex(try advisories("[\(texts.joined(separator: ","))]"))
        let matches = AdvisoryMatcher.match([package("4.0.0")], index)
        #expect(matches.count == 1)
        #expect(matches.first?.fixedVersion == "4.17.22")
        #expect(matches.first?.finding.severity == .critical)
        #expect(matches.first?.finding.aliases == ["GHSA-1", "SNYK-1"])
    }

    @Test func `the fix is the smallest on the version's own branch`() throws {
        let events = #"{"introduced":"0"},{"fixed":"1.5.0"},{"introduced":"2.0.0"},{"fixed":"2.3.0"}"#
        let index = AdvisoryIndex(try advisories(record("GHSA-1", events: events)))
        #expect(AdvisoryMatcher.match([package("1.0.0")], index).first?.fixedVersion == "1.5.0")
        #expect(AdvisoryMatcher.match([package("2.2.0")], index).first?.fixedVersion == "2.3.0")
        #expect(AdvisoryMatcher.match([package("1.6.0")], index).isEmpty)
    }

    @Test func `a distribution's advisory is about the source package of its release`() throws {
        let text = """
            {"id": "DSA-1", "modified": "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "Debian:12", "name": "glibc"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.36-9+deb12u4"}]}]}]}
            """
        let index = AdvisoryIndex(try advisories(text))
        func libc(_ release: String, _ version: String) -> Package {
            Package(
                ecosystem: .debian(release), name: "libc6", version: version + "+b1",
                source: Package.Source(name: "glibc", version: version))
        }
        #expect(AdvisoryMatcher.match([libc("12", "2.36-9")], index).count == 1)
        #expect(AdvisoryMatcher.match([libc("12", "2.36-9+deb12u4")], index).isEmpty)
        #expect(AdvisoryMatcher.match([libc("11", "2.31-1")], index).isEmpty)
    }

    @Test func `what cannot be judged is said`() throws {
        let index = AdvisoryIndex(try advisories(record("GHSA-1")), imported: ["npm": 0])
        let packages = [package("1.0.0"), package(""), Package(ecosystem: .cargo, name: "a", version: "1")]
        let fresh = AdvisoryMatcher.gaps(in: packages, index, now: 86_400_000, ageDaysMax: 7)
        #expect(fresh.map(\.rule) == ["WB-SCAN-010", "WB-SCAN-012"])
        let stale = AdvisoryMatcher.gaps(in: packages, index, now: 8 * 86_400_000, ageDaysMax: 7)
        #expect(stale.map(\.rule) == ["WB-SCAN-010", "WB-SCAN-011", "WB-SCAN-012"])
    }

    @Test(arguments: [
        "", "{}", #"{"id": "A"}"#, #"{"id": "A", "modified": "x", "affected": 1}"#,
        #"{"id": "A", "modified": "x", "affected": [{"package": {"name": "n"}}]}"#,
        #"{"id": "A", "modified": "x", "affected": [{"package": {"name": "n", "ecosystem": "npm"}, "ranges": [{"type": "SEMVER", "events": [{"fixed": "1"}]}]}]}"#,
        #"{"id": "A", "modified": "x", "affected": [{"package": {"name": "n", "ecosystem": "npm"}, "ranges": [{"type": "NEW", "events": []}]}]}"#,
    ])
    func `a broken record is refused`(_ text: String) { #expect(throws: WaybillError.self) { try advisories(text) } }

    @Test func `a delta tells what came, changed and was taken back`() throws {
        let old = AdvisoryIndex(try advisories("[\(record("A")), \(record("B", "x")), \(record("C", "y"))]"))
        var new = old
        for advisory in try advisories("[\(record("A", events: #"{"introduced":"0"}"#)), \(record("B", "x", more: #""withdrawn": "2024-02-01T00:00:00Z","#)), \(record("D", "z"))]") {
            new.insert(advisory)
        }
        let delta = AdvisoryDelta(from: old, to: new)
        #expect(delta.added.map(\.id) == ["D"])
        #expect(delta.changed.map(\.id) == ["A"])
        #expect(delta.retracted.map(\.id) == ["B"])
        #expect(delta.touched.map(\.name).sorted() == ["lodash", "x", "z"])
    }

    @Test func `a record written and read again is the same`() throws {
        let text = record("GHSA-1", more: #""aliases": ["CVE-2021-1"], "summary": "bad", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"#)
        let advisory = try #require(try advisories(text).first)
        #expect(try OSVReader.advisory(OSVWriter.value(of: advisory), file: "x") == advisory)
    }
}
