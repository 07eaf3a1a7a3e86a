import Documents
import Ledger
import Testing
import WaybillCore

@testable import Dashboard

/// Words that try to be more than words.
private let hostile = [
    "<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' onfocus='alert(1)", "{{frame.title}}{{{page}}}",
    "\"\u{301} onmouseover=alert(1) x=\"", "<\u{338}img src=x onerror=alert(1)>", "</title><img src=x>", "&lt;b&gt;",
    "\u{202E}gnp.exe", "עגלת קניות", String(repeating: "long", count: 20_000), "a\u{0}b", "",
]

@Suite struct EscapingTests {
    @Test(arguments: hostile)
    func `nothing that somebody wrote becomes markup`(_ text: String) async throws {
        let ledger = try SQLiteLedger(path: nil)
        let image = Sample.image
        try await ledger.record(
            ImageRecord(digest: image, repository: text, commit: text, owner: text, built: Sample.now),
            packages: [PackageRecord(purl: "pkg:npm/x", ecosystem: text, name: text, version: text, place: text)])
        let paper = Sample.paper(text.isEmpty ? "x" : text, ["note": .string(text)])
        try await ledger.record([paper])
        try await ledger.record(
            DeploymentRecord(
                environment: text, namespace: text, workload: text, container: text, image: image, revision: text,
                deployed: Sample.now))
        let finding = Finding(
            rule: text, kind: .policy, severity: .high, message: text, place: .file(text, line: 1), evidence: text,
            remedy: text,
            fixedVersion: text)
        let verdict = Verdict(gate: .policy, subject: text, violations: [finding], warnings: [finding])
        let run: Value = [
            "image": .string(image.description), "reference": .string(text), "isolation": .string(text),
            "verdict": verdict.value, "stages": [["name": .string(text), "seconds": 1e300]],
        ]
        for (action, subject) in [
            ("pipeline.finished", "gitCommit:\(Sample.head)"), ("agent.\(text)", "environment:\(text)"),
            ("drift.found", "environment:\(text)"), (text, text), (text, "change:\(text)/\(text)"),
        ] {
            try await ledger.record(
                Event(
                    moment: Sample.now, actor: text, action: action, subject: subject, verdict: text, message: text,
                    detail: run))
        }
        var change = Sample.change
        change.state = .open
        (change.title, change.by, change.branch, change.target, change.repository) = (text, text, text, text, text)
        change.commits = [.init(id: text, title: text, author: text, isSigned: false, signature: text)]
        change.reviews = [
            .init(
                reviewer: text, isApproval: false, commit: text, paper: image, counts: false, reason: text,
                comment: text)
        ]
        change.files = [.init(path: text, added: 1, removed: 1)]
        change.diff = text
        change.verdict = verdict
        let site = try Site(ledger, changes: Sample.Changes(change: change))
        let about = PathText.encode(text)
        for path in [
            "/", "/changes", "/changes/shop/1", "/images/\(image)", "/papers/\(paper.id)", "/events",
            "/events?about=\(about)",
            "/images/\(about)", "/changes/shop/\(about)x",
        ] {
            if text.isEmpty, path == "/images/" { continue }  // not an address of ours
            let html = try await site.get(path).text
            #expect(Markup.problem(in: html) == nil, "\(path)")
        }
    }

    @Test func `a quote with a combining mark is still a quote`() {
        #expect(PageEscaping().escapeText("\"\u{301}<\u{338}") == "&quot;\u{301}&lt;\u{338}")
    }

    @Test func `characters that turn the direction of writing are shown, and right-to-left words are kept`() {
        #expect(PageEscaping().escapeText("a\u{202E}b\u{0}") == "a[U+202E]b[U+0000]")
        #expect(PageEscaping().escapeText("עגלה") == "עגלה")
    }

    @Test func `no template writes a value unescaped`() {
        for (name, source) in Templates.sources {
            #expect(!source.contains("{{{") && !source.contains("{{&"), "\(name)")
            #expect(!source.contains("<script") && !source.contains("style=\""), "\(name)")
        }
    }

    @Test(arguments: [("a/b c", "a%2fb%20c"), ("sha256:ab", "sha256:ab"), ("ü", "%c3%bc"), ("\"<", "%22%3c")])
    func `names travel in addresses and come back`(_ text: String, _ encoded: String) {
        #expect(PathText.encode(text) == encoded)
        #expect(PathText.decode(encoded) == text)
    }

    @Test(arguments: ["%", "%4", "%zz", "%ff", "%00"])
    func `a broken escape is no name`(_ text: String) { #expect(PathText.decode(text) == nil) }
}
