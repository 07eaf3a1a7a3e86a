import Advisories
import Packages
import Testing
import WaybillCore

private func batch(_ file: String, _ text: String) throws -> AdvisoryBatch {
    try AdvisoryImporter.batch(from: Array(text.utf8), file: file)
}

/// What a record says about versions of a package.
private func affects(_ advisory: Advisory, _ versions: [String]) -> [Bool?] {
    versions.map { version in advisory.affected.first.flatMap { $0.contains(version) } }
}

struct ImporterTests {
    @Test func `RustSec: what is not repaired and was not unaffected is affected`() throws {
        let text = """
            ```toml
            [advisory]
            id = "RUSTSEC-2020-0071"
            package = "time"
            date = "2020-11-18"
            aliases = ["CVE-2020-26235"]
            cvss = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"

            [versions]
            patched = [">= 0.2.23"]
            unaffected = ["=0.2.0", "^0.1.9"]
            ```

            # Potential segfault

            Details.
            """
        let advisory = try #require(try batch("crates/time/RUSTSEC-2020-0071.md", text).advisories.first)
        #expect(advisory.id == "RUSTSEC-2020-0071" && advisory.aliases == ["CVE-2020-26235"])
        #expect(advisory.summary == "Potential segfault" && advisory.severity == .medium)
        #expect(
            affects(advisory, ["0.1.8", "0.1.9", "0.2.0", "0.2.1", "0.2.22", "0.2.23", "1.0.0"])
                == [true, false, false, true, true, false, false])
        #expect(advisory.affected[0].fix(for: "0.2.1") == "0.2.23")
    }

    @Test func `RubySec: each branch has its own repaired version`() throws {
        let text = """
            ---
            gem: actionpack
            cve: 2016-0751
            ghsa: ffpv-c4hm-3x6v
            title: Object leak
            date: 2016-01-25
            cvss_v3: 7.5
            patched_versions:
              - ">= 5.0.0.beta1.1"
              - "~> 4.2.5, >= 4.2.5.1"
              - "~> 3.2.22.1"
            unaffected_versions:
              - "< 2.0"
            """
        let advisory = try #require(try batch("gems/actionpack/CVE-2016-0751.yml", text).advisories.first)
        #expect(advisory.aliases == ["CVE-2016-0751", "GHSA-ffpv-c4hm-3x6v"])
        #expect(advisory.severity == .high)
        #expect(
            affects(advisory, ["1.9", "2.0", "3.2.22", "3.2.22.1", "4.0", "4.2.5", "4.2.5.1", "4.2.9", "4.3", "5.0.0"])
                == [false, true, true, false, true, true, false, false, true, false])
        #expect(advisory.affected[0].fix(for: "4.2.1") == "4.2.5.1")
    }

    @Test func `FriendsOfPHP: the constraints of a branch hold together`() throws {
        let text = """
            title: Weak
            link: https://example.org
            cve: CVE-2020-1
            branches:
                1.x: { time: 2017-05-15 09:09:00, versions: ['>=1.0', '<1.2'] }
                2.x: { time: 2018-05-15 09:09:00, versions: ['>=2.0', '<=2.3'] }
            reference: composer://a/b
            """
        let advisory = try #require(try batch("a/b/CVE-2020-1.yaml", text).advisories.first)
        #expect(
            affects(advisory, ["0.9", "1.0", "1.1.9", "1.2", "2.0", "2.3", "2.4"])
                == [false, true, true, false, true, true, false])
        #expect(advisory.modified == "2018-05-15T09:09:00Z")
    }

    @Test func `Node.js: alternatives of a range are kept apart`() throws {
        let text = """
            {"id": 7, "module_name": "a", "title": "t", "updated_at": "2020-01-01", "cves": ["CVE-2020-2"],
             "vulnerable_versions": "<1.0.1 || >=2.0.0 <=2.3.0", "cvss_score": 9.8}
            """
        let advisory = try #require(try batch("npm/7.json", text).advisories.first)
        #expect(affects(advisory, ["1.0.0", "1.0.1", "2.0.0", "2.3.0", "2.3.1"]) == [true, false, true, true, false])
        #expect(advisory.severity == .critical && advisory.id == "NSWG-ECO-7")
    }

    @Test func `RetireJS: a range with two CVEs is two weaknesses`() throws {
        let text = """
            {"jquery": {"npmname": "jquery", "vulnerabilities": [
              {"atOrAbove": "1.2.1", "below": "1.9.0", "severity": "medium",
               "identifiers": {"CVE": ["CVE-2020-3", "CVE-2020-4"], "summary": "s"}, "info": ["https://example.org"]}]}}
            """
        let advisories = try batch("repository/jsrepository-v6.json", text).advisories
        #expect(advisories.map(\.aliases) == [["CVE-2020-3"], ["CVE-2020-4"]])
        #expect(affects(advisories[0], ["1.2.0", "1.2.1", "1.9.0"]) == [false, true, false])
    }

    @Test func `Alpine: fixed versions by release, and names that are mistyped`() throws {
        let text = """
            distroversion: v3.9
            reponame: main
            packages:
              - pkg:
                  name: ansible
                  secfixes:
                    2.7.13-r0:
                      - CVE-2019-10206
                      - CVE 2018-16859
                    0:
                      - CVE-2017-1
                    2.6.0-r0:
                      - CVE-2017-2620 XSA-209
            """
        let advisories = try batch("v3.9/main.yaml", text).advisories
        #expect(advisories.flatMap(\.aliases) == ["CVE-2017-2620", "CVE-2018-16859", "CVE-2019-10206"])
        #expect(advisories.allSatisfy { $0.affected[0].ecosystem == .alpine("v3.9") })
        #expect(affects(advisories[2], ["2.7.12-r0", "2.7.13-r0"]) == [true, false])
    }

    @Test func `Debian's list: one record for each CVE, a fixed version for each release`() throws {
        let text = """
            [29 Mar 2023] DSA-5380-1 xorg-server - security update
            \t{CVE-2023-1393 CVE-2023-1394}
            \t[bullseye] - xorg-server 2:1.20.11-1+deb11u6
            \t[buster] - xorg-server <not-affected>
            [17 Mar 2023] DSA-5356-2 sox - regression update
            \t[bullseye] - sox 14.4.2-2
            [01 Feb 2023] DSA-5300-1 xorg-server - security update
            \t{CVE-2023-1393}
            \t[bullseye] - xorg-server 2:1.20.11-1+deb11u5
            """
        let advisories = try batch("DSA/list", text).advisories
        #expect(
            advisories.map(\.id) == ["DEBIAN-DSA-CVE-2023-1393", "DEBIAN-DSA-CVE-2023-1394", "DEBIAN-DSA-DSA-5356-2"])
        #expect(advisories[0].related == ["DSA-5300-1", "DSA-5380-1"])
        // The second advisory completes the first: the higher version counts.
        #expect(affects(advisories[0], ["2:1.20.11-1+deb11u5", "2:1.20.11-1+deb11u6"]) == [true, false])
        #expect(advisories[0].affected.map(\.ecosystem) == [.debian("11")])
    }

    @Test func `Debian's tracker: open, resolved, never affected, not to be fixed`() throws {
        let text = """
            {"curl": {"CVE-2024-1": {"description": "d", "releases": {
               "bookworm": {"status": "resolved", "fixed_version": "7.88.1-10+deb12u5", "urgency": "high"},
               "bullseye": {"status": "open", "nodsa_reason": "ignored"},
               "trixie": {"status": "resolved", "fixed_version": "0"}}}}}
            """
        let advisory = try #require(try batch("tracker.json", text).advisories.first)
        #expect(advisory.affected.map(\.ecosystem) == [.debian("12"), .debian("11")])
        #expect(advisory.affected.map(\.state) == [nil, "will_not_fix"])
        #expect(advisory.severity == .high)
    }

    @Test func `attacks: CISA's catalogue and EPSS meet at the CVE`() throws {
        var all = try batch(
            "kev.json",
            #"{"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-1-1", "dateAdded": "2025-01-02", "knownRansomwareCampaignUse": "Known"}]}"#
        )
        all.add(try batch("epss.csv", "#model\ncve,epss,percentile\nCVE-1-1,0.5,0.9\n"))
        #expect(
            all.exploitations["CVE-1-1"]
                == Exploitation(knownSince: "2025-01-02", isUsedForRansom: true, probability: 0.5, percentile: 0.9))
    }

    @Test func `OSV: every severity is kept with its source, and the newest vector decides`() throws {
        let text = """
            {"id": "GHSA-1", "modified": "2024-01-01T00:00:00Z", "severity": [
              {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
              {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
             "upstream": ["CVE-1"], "related": ["CVE-2"]}
            """
        let advisory = try #require(try batch("a.json", text).advisories.first)
        #expect(advisory.ratings.map(\.score) == [9.8, 9.3])
        #expect(advisory.ratings.map(\.source) == ["GHSA", "GHSA"])
        #expect(advisory.severitySource == "GHSA")
        #expect(advisory.score == 9.3)
        #expect(advisory.searchNames == ["GHSA-1", "CVE-1", "CVE-2"])
    }

    @Test(arguments: [
        (["debian"], Severity.low, "debian"), (["Debian", "NVD"], .low, "debian"), (["NVD"], .critical, "NVD"),
        (["nobody", "nvd"], .critical, "NVD"), (["nobody"], .high, "GHSA"), ([], .high, "GHSA"),
    ])
    func `the severity is that of the source that is asked for first and has one`(
        _ sources: [String], _ severity: Severity, _ source: String
    ) throws {
        var advisory = Advisory(id: "CVE-1", severity: .high, score: 7.5)
        advisory.ratings = [
            .init(source: "NVD", severity: .medium, score: 5, vector: "AV:N/AC:L/Au:N/C:P/I:N/A:N"),
            .init(
                source: "NVD", severity: .critical, score: 9.8, vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            .init(source: "GHSA", severity: .high, score: 7.5), .init(source: "debian", severity: .low),
        ]
        advisory.rate(by: sources)
        #expect(advisory.severity == severity)
        #expect(advisory.severitySource == source)
        #expect(advisory.ratings.count == 4)
        let written = try OSVReader.advisory(OSVWriter.value(of: advisory), file: "a.json")
        #expect(written.ratings == advisory.ratings)
    }

    @Test(arguments: [
        ("a.json", "{"), ("a.json", #"{"id": "x"}"#), ("a.yaml", "gem: a\npatched_versions: ['>=> 1']"),
        ("a.yaml", "branches: {a: {versions: []}}\nreference: composer://a/b"),
        ("a.md", "```toml\n[advisory]\nid = \"R\"\npackage = \"p\"\n[versions]\npatched = [\"banana ~\"]\n```"),
        ("a.zip", "PK"), ("a.tar.gz", "no"), ("a.jsonl", "{}"), ("a.csv", "cve,epss,percentile\nCVE-1,2,3"),
        ("7.json", #"{"id": 7, "module_name": "a", "vulnerable_versions": "banana <"}"#),
    ])
    func `what cannot be read is refused with the file's name`(_ file: String, _ text: String) {
        let error = #expect(throws: WaybillError.self) { try batch(file, text) }
        #expect(error?.subject.contains(file) == true)
    }

    @Test func `texts for people are stepped over and told`() throws {
        #expect(try batch("README.md", "# Hello").skipped == ["README.md"])
        #expect(try batch("LICENSE", "text").skipped == ["LICENSE"])
    }

    @Test(arguments: 0..<40) func `damaged input never traps`(_ seed: Int) {
        let samples: [(String, String)] = [
            ("a.json", record("GHSA-1")),
            ("DSA/list", "[29 Mar 2023] DSA-1-1 a - b\n\t{CVE-1 CVE-2}\n\t[bullseye] - a 1\n"),
            ("a.yml", "gem: a\ncve: 2016-1\npatched_versions: ['~> 1.2, >= 1.2.3']"),
            ("a.md", "```toml\n[advisory]\nid = \"R\"\npackage = \"p\"\n[versions]\npatched = [\">= 1\"]\n```\n# T"),
            ("repository.json", #"{"a": {"vulnerabilities": [{"below": "1"}]}}"#),
        ]
        var random = SystemRandom(seed: UInt64(seed))
        for (file, text) in samples {
            var bytes = Array(text.utf8)
            for _ in 0..<3 {
                switch random.next() % 3 {
                case 0: bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 256)
                case 1: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
                default: bytes.insert(UInt8(random.next() % 256), at: Int(random.next() % UInt64(bytes.count + 1)))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            // Either it is read, and the same each time, or it is refused with the file's name.
            for name in [file, "x.zip"] {
                do throws(WaybillError) {
                    let first = try AdvisoryImporter.batch(from: bytes, file: name)
                    #expect(try AdvisoryImporter.batch(from: bytes, file: name).advisories == first.advisories)
                } catch {
                    #expect(error.subject.contains(name))
                }
            }
        }
    }
}

/// Numbers that are the same at every run.
struct SystemRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
