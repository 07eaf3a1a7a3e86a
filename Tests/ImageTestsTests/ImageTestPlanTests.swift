import Documents
import OCI
import Testing
import WaybillCore

@testable import ImageTests

@Suite struct ImageTestPlanTests {
    static let tree: FileTree = {
        func file(_ path: String, _ text: String, mode: UInt32 = 0o644, user: Int = 0) -> FileEntry {
            FileEntry(
                path: path, kind: .file, mode: mode, userID: user, groupID: user, size: text.utf8.count,
                contents: Array(text.utf8))
        }
        return FileTree([
            file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\nbroken line\n"),
            file("etc/group", "root:x:0:\napp:x:1000:\nextra:x:7:app,root\n"),
            file("srv/conf", "port = 80\nname = shop\n", mode: 0o640, user: 1000),
            file("usr/bin/sudo", "", mode: 0o4755),
            FileEntry(path: "usr/bin", kind: .folder, mode: 0o755),
            FileEntry(path: "bin", kind: .symbolicLink, mode: 0o777, linkTarget: "usr/bin"),
            FileEntry(path: "srv/link", kind: .symbolicLink, mode: 0o777, linkTarget: "conf"),
            FileEntry(
                path: "etc/systemd/system/multi-user.target.wants/shop.service", kind: .symbolicLink, linkTarget: "/x"),
        ])
    }()

    private func report(_ text: String, run: CommandRunner? = nil) async throws -> ImageTestReport {
        try await ImageTestPlan(parsing: Array(text.utf8), file: "goss.yaml")
            .evaluate(tree: Self.tree, packages: ["busybox": ["1.35.0"]], run: run)
    }

    @Test(arguments: [
        "file: {/srv/conf: {exists: true, mode: \"0640\", owner: app, uid: 1000, group: app, gid: 1000, size: 22, filetype: file}}",
        "file: {/srv/conf: {exists: true, contents: [port, '!password', '/^name = s/']}}",
        "file: {/srv/link: {exists: true, filetype: symlink, linked-to: conf, contents: [shop]}}",
        "file: {/bin/sudo: {exists: true, mode: {match-regexp: '^4'}}}",
        "file: {/srv/conf: {exists: true, size: {and: [{gt: 1}, {le: 22}]}}}",
        "file: {/nowhere: {exists: false}}",
        "file: {/srv/conf: {exists: true, sha256: {have-len: 64}, md5: {have-len: 32}, sha512: {have-len: 128}}}",
        "user: {app: {exists: true, uid: 1000, groups: [extra], home: /home/app, shell: {have-suffix: sh}}, ghost: {exists: false}}",
        "user: {app: {exists: true, uid: {gt: 999}, groups: {consist-of: [app, extra]}}}",
        "group: {extra: {exists: true, gid: 7}}",
        "package: {busybox: {installed: true, versions: {semver-constraint: '>=1.30 <2'}}, curl: {installed: false}}",
        "service: {shop: {enabled: true}, other: {enabled: false}}",
    ])
    func `what the image holds is found`(_ text: String) async throws {
        let report = try await report(text)
        #expect(report.isPassed, "\(report.text(.documentation))")
    }

    @Test(arguments: [
        "file: {/srv/conf: {exists: true, mode: \"0644\"}}", "file: {/nowhere: {exists: true}}",
        "file: {/srv/conf: {exists: true, contents: [secret]}}", "user: {ghost: {exists: true}}",
        "package: {curl: {installed: true}}", "file: {/srv/conf: {exists: true, size: {gt: 22}}}",
    ])
    func `what the image does not hold fails`(_ text: String) async throws {
        let report = try await report(text)
        #expect(!report.isPassed)
        #expect(report.failedCount == 1)
        #expect(report.findings.count == 1)
    }

    @Test(arguments: [
        "process: {nginx: {running: true}}", "port: {'tcp:80': {listening: true}}",
        "http: {'http://localhost': {status: 200}}",
        "service: {shop: {running: true}}", "command: {true: {exit-status: 0}}",
        "kernel-param: {kernel.ostype: {value: Linux}}",
        "matching: {x: {content: '<a/>', matches: {xml: {xpath: //a, result: ''}}}}",
    ])
    func `what cannot be judged in an image that does not run counts as not passed and says so`(_ text: String)
        async throws
    {
        let report = try await report(text)
        #expect(!report.isPassed)
        #expect(report.failedCount == 1)
        #expect(report.exitStatus(.documentation) == 1)
    }

    @Test(arguments: [
        ("fil: {}\n", "1:1"), ("file:\n  /x:\n    exists: true\n    modus: 1\n", "4:5"),
        ("file: {/x: {mode: \"0644\"}}", "1:"),
        ("user: {a: {exists: {gte: 1}}}", "1:"), ("file: {/x: {exists: true, mode: 0644}}", "1:"),
        ("matching: {a: {matches: 1}}", "1:"), ("", "1:1"), ("{}", "1:1"), ("[]", "1:1"),
        ("gossfile: {a.yaml: {}}", "1:"),
        ("file: {/x: {exists: true, contents: ['/(/']}}", "1:"), ("file: {/x: {exists: {and: 1}}}", "1:"),
        ("package: {a: {installed: true, versions: {semver-constraint: 'abc'}}}", "1:"),
        ("file: {/x: {exists: {gt: 1, lt: 2}}}", "1:"),
    ])
    func `a key, a matcher or a value that goss does not know is an error with its position`(
        _ text: String, _ position: String
    ) {
        let error = #expect(throws: WaybillError.self) {
            try ImageTestPlan(parsing: Array(text.utf8), file: "goss.yaml")
        }
        #expect(error?.subject.hasPrefix("goss.yaml:\(position)") == true, "\(String(describing: error))")
    }

    @Test func `templates and matchers nested without end are refused`() {
        #expect(throws: WaybillError.self) { try ImageTestPlan(parsing: Array("file: {{ .Vars.x }}".utf8), file: "g") }
        let deep =
            "matching: {a: {content: 1, matches: " + String(repeating: "{not: ", count: 100) + "1"
            + String(repeating: "}", count: 102)
        #expect(throws: WaybillError.self) { try ImageTestPlan(parsing: Array(deep.utf8), file: "g") }
    }

    @Test func `a command's end and its output lines are judged`() async throws {
        let report = try await report(
            "command: {say: {exec: echo hello, exit-status: 0, stdout: [hello, '!bye'], stderr: []}, 'exit 3': {exit-status: {not: 0}}}"
        ) { line, _ throws(WaybillError) in
            CommandResult(exitStatus: line == "exit 3" ? 3 : 0, output: Array("hello\n".utf8), errorOutput: [])
        }
        #expect(report.isPassed, "\(report.text(.documentation))")
        #expect(report.results.count == 4)
    }

    @Test func `a command that could not be run is not a passed test`() async throws {
        let report = try await report("command: {x: {exit-status: {not: 7}}}") { _, _ throws(WaybillError) in
            throw WaybillError(.timeout, "too slow", subject: "x")
        }
        #expect(report.failedCount == 1)
    }

    @Test func `skipped tests are shown and alone do not pass`() async throws {
        let report = try await report("file: {/x: {exists: true, skip: true}}")
        #expect(report.skippedCount == 1)
        #expect(!report.isPassed)
        #expect(report.text(.tap) == "1..1\nok 1 - # SKIP File: /x: exists: skipped\n")
    }

    @Test func `texts in reports cannot break out of XML`() async throws {
        let report = try await report("file: {'/<a>&\"': {exists: true}}")
        let text = report.text(.junit)
        #expect(text.contains("File /&lt;a&gt;&amp;&#34; exists"))
        #expect(!text.contains("<a>"))
    }

    @Test(arguments: [
        ("1.2.3", ">=1.2.0", true), ("1.2.3", ">1.2.3", false), ("1.2.3", ">1.0.0 <2.0.0 !=1.2.3", false),
        ("2.5.0", "1.x || 2.x", true),
        ("1.2.3-rc.1", "<1.2.3", true), ("1.2.3", "~1.2", true), ("1.3.0", "~1.2", false), ("0.3.0", "^0.2.1", false),
        ("v1.2.3+build", "1.2.3", true), ("1.10.0", ">1.9", true),
    ])
    func `version ranges hold as written`(_ version: String, _ range: String, _ holds: Bool) throws {
        #expect(try #require(VersionRange(range)).contains(try #require(SemanticVersion(version))) == holds)
    }

    @Test(arguments: ["", "abc", ">", ">=1.2.0 <", "1.2.3.4", ">1..2", "99999999999999999999", "!1.x"])
    func `what is no range is refused`(_ text: String) { #expect(VersionRange(text) == nil) }

    @Test func `elements are paired so that as many matchers as possible are served`() throws {
        // The first matcher takes either element; the second needs the first element.
        let pairing = try Pairing([.havePrefix("a"), .equal("ab")], ["ab", "ac"])
        #expect(pairing.missing.isEmpty)
        #expect(pairing.extra.isEmpty)
    }

    @Test func `texts are compared by their bytes`() throws {
        #expect(try !Matcher.equal("e\u{301}").holds(for: Actual("\u{e9}")))
        #expect(try Matcher.equal("\u{e9}").holds(for: Actual("\u{e9}")))
    }
}
