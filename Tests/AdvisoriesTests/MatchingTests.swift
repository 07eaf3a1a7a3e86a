import Advisories
import Packages
import Testing
import WaybillCore

struct MatchingTests {
    private func index(_ affected: [Advisory.Affected], id: String = "A-1", aliases: [String] = []) -> AdvisoryIndex {
        AdvisoryIndex([Advisory(id: id, aliases: aliases, affected: affected)])
    }

    private func debian(_ name: String, _ version: String, source: (String, String)?, release: String = "12") -> Package
    {
        Package(
            ecosystem: .debian(release), name: name, version: version,
            source: source.map { Package.Source(name: $0.0, version: $0.1) })
    }

    private let fixedIn5: [AffectedRange] = [AffectedRange([.introduced("0"), .fixed("5")])]

    @Test
    func `a distribution's packages are judged by its own advisories, for their release, by their source's version`() {
        let index = index([.init(ecosystem: .debian("12"), name: "openssl", ranges: fixedIn5)])
        #expect(AdvisoryMatcher.match(debian("libssl3", "9", source: ("openssl", "4")), index).count == 1)
        #expect(AdvisoryMatcher.match(debian("libssl3", "4", source: ("openssl", "5")), index).isEmpty)
        #expect(AdvisoryMatcher.match(debian("libssl3", "4", source: ("openssl", "4"), release: "11"), index).isEmpty)
        let ubuntu = Package(ecosystem: .ubuntu("12"), name: "openssl", version: "4")
        #expect(AdvisoryMatcher.match(ubuntu, index).isEmpty)
        #expect(AdvisoryMatcher.match(Package(ecosystem: .npm, name: "openssl", version: "4"), index).isEmpty)
    }

    @Test func `a weakness that its distribution has not rated has the severity of who describes it elsewhere`() throws
    {
        let affected = Advisory.Affected(ecosystem: .debian("12"), name: "a", ranges: fixedIn5)
        var github = Advisory(id: "GHSA-1", aliases: ["CVE-1"])
        github.ratings = [
            try #require(.init(source: "GHSA", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"))
        ]
        var related = Advisory(id: "ALSA-1", severity: .critical)
        related.related = ["CVE-1"]
        related.ratings = [.init(source: "ALSA", severity: .critical)]
        let index = AdvisoryIndex([Advisory(id: "CVE-1", affected: [affected]), github, related])
        let found = try #require(AdvisoryMatcher.match(debian("a", "1", source: ("a", "1")), index).first?.advisory)
        #expect(found.id == "CVE-1")
        // What only speaks of a weakness among others does not rate it.
        #expect(found.severity == .medium)
        #expect(found.severitySource == "GHSA")

        var rated = Advisory(id: "CVE-1", severity: .low, affected: [affected])
        rated.ratings = [.init(source: "debian", severity: .low)]
        let own = AdvisoryMatcher.match(debian("a", "1", source: ("a", "1")), AdvisoryIndex([rated, github]))
        #expect(own.map(\.advisory.severity) == [.low])
    }

    @Test func `header files of the kernel are no kernel`() {
        let index = index([.init(ecosystem: .debian("12"), name: "linux", ranges: fixedIn5)])
        #expect(AdvisoryMatcher.match(debian("linux-libc-dev", "4", source: ("linux", "4")), index).isEmpty)
        #expect(AdvisoryMatcher.match(debian("linux-headers-6.1", "4", source: ("linux", "4")), index).isEmpty)
        #expect(AdvisoryMatcher.match(debian("linux-image-6.1", "4", source: ("linux", "4")), index).count == 1)
    }

    @Test(arguments: [
        ("Red Hat", "enterprise_linux:9::appstream", "9.4", true),
        ("Red Hat", "enterprise_linux:8::baseos", "9.4", false),
        ("Red Hat", "rhel_eus:9.2::baseos", "9.2", false), ("Ubuntu", "22.04:LTS", "22.04", true),
        ("Ubuntu", "Pro:22.04:LTS", "22.04", false), ("AlmaLinux", "9", "9.5", true),
        ("Alpine", "v3.9", "v3.10", false),
    ])
    func `a release is recognised in its publisher's spelling`(
        _ name: String, _ affected: String, _ own: String, _ applies: Bool
    ) {
        let index = index([.init(ecosystem: Ecosystem(name: name, release: affected), name: "a", ranges: fixedIn5)])
        let package = Package(ecosystem: Ecosystem(name: name, release: own), name: "a", version: "1")
        #expect(!AdvisoryMatcher.match(package, index).isEmpty == applies)
    }

    @Test func `names tie records together across others, and each weakness is told once`() {
        let affected = [Advisory.Affected(ecosystem: .npm, name: "a", ranges: fixedIn5)]
        let index = AdvisoryIndex([
            Advisory(id: "GHSA-1", aliases: ["X-1"], affected: affected),
            Advisory(id: "Y-1", aliases: ["X-2"], severity: .high, affected: affected),
            Advisory(id: "Z-1", aliases: ["X-1", "X-2", "CVE-1"], affected: affected),
            Advisory(id: "OTHER-1", affected: affected),
        ])
        let matches = AdvisoryMatcher.match(Package(ecosystem: .npm, name: "a", version: "1"), index)
        #expect(matches.map(\.advisory.rule) == ["CVE-1", "OTHER-1"])
        #expect(matches[0].advisory.severity == .high)
    }

    @Test func `versions that are listed count in every spelling of their ecosystem`() {
        let index = index([.init(ecosystem: .pypi, name: "a", versions: ["1.0.0", "1.1rc1"])])
        func count(_ version: String) -> Int {
            AdvisoryMatcher.match(Package(ecosystem: .pypi, name: "A", version: version), index).count
        }
        #expect(count("1.0") == 1 && count("1.1.0rc1") == 1 && count("1.1") == 0)
    }
}
