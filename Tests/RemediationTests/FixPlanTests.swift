import Advisories
import Packages
import Remediation
import Testing
import WaybillCore

private func advisory(_ id: String, _ ecosystem: Ecosystem, _ name: String, fixed: String?) -> Advisory {
    let events: [AffectedRange.Event] = [.introduced("0")] + (fixed.map { [.fixed($0)] } ?? [])
    return Advisory(id: id, affected: [.init(ecosystem: ecosystem, name: name, ranges: [AffectedRange(events)])])
}

private func package(
    _ ecosystem: Ecosystem, _ name: String, _ version: String, _ file: String, line: Int, isDirect: Bool? = nil
) -> Package {
    Package(ecosystem: ecosystem, name: name, version: version, place: .file(file, line: line), isDirect: isDirect)
}

struct FixPlanTests {
    struct Case: Sendable {
        var package: Package
        var text: String
        var wanted: String
    }

    @Test(arguments: [
        Case(
            package: package(.pypi, "jinja2", "2.4.1", "requirements.txt", line: 2),
            text: "# web\njinja2==2.4.1 ; python_version > '3'\nother==1\n",
            wanted: "# web\njinja2==9.1 ; python_version > '3'\nother==1\n"),
        Case(
            package: package(.pypi, "jinja2", "2.4.1", "requirements-dev.txt", line: 1),
            text: "jinja2 == 2.4.1", wanted: "jinja2 == 9.1"),
        Case(
            package: package(.maven, "org.a:b", "1.0", "gradle.lockfile", line: 2),
            text: "empty=\norg.a:b:1.0=runtimeClasspath\r\n", wanted: "empty=\norg.a:b:9.1=runtimeClasspath\r\n"),
        Case(
            package: package(.go, "example.org/x", "1.0.0", "go.mod", line: 3),
            text: "module m\nrequire (\n\texample.org/x v1.0.0 // indirect\n)\n",
            wanted: "module m\nrequire (\n\texample.org/x v9.1 // indirect\n)\n"),
        Case(
            package: package(.maven, "g:a", "1.0", "pom.xml", line: 1),
            text:
                "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>1.0</version></dependency></dependencies></project>",
            wanted:
                "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>9.1</version></dependency></dependencies></project>"
        ),
    ])
    func `a version is changed where it stands, and nothing else`(_ example: Case) {
        let index = AdvisoryIndex([
            advisory("A", example.package.ecosystem, example.package.name, fixed: "9.1")
        ])
        let plan = FixPlan([example.package], index) { _ in Array(example.text.utf8) }
        #expect(plan.changes.map { String(decoding: $0.after, as: UTF8.self) } == [example.wanted])
        #expect(plan.advice.isEmpty && plan.unfixable.isEmpty)
    }

    struct Wish: Sendable {
        var file: String
        var text: String
        /// Nil where nothing may change.
        var wanted: String?
    }

    @Test(arguments: [
        Wish(
            file: "build.gradle", text: "implementation 'org.a:b:1.0'\napi 'org.a:bc:1.0'\n",
            wanted: "implementation 'org.a:b:9.1'\napi 'org.a:bc:1.0'\n"),
        Wish(
            file: "build.gradle.kts", text: "implementation(\"org.a:b:1.0:tests@jar\")",
            wanted: "implementation(\"org.a:b:9.1:tests@jar\")"),
        Wish(file: "build.gradle", text: "implementation 'org.a:b:1.0.1'", wanted: nil),
        Wish(file: "build.gradle", text: "// org.a:b:1.0", wanted: nil),
        Wish(
            file: "gradle/libs.versions.toml", text: "[libraries]\nb = { module = \"org.a:b\", version = \"1.0\" }\n",
            wanted: "[libraries]\nb = { module = \"org.a:b\", version = \"9.1\" }\n"),
        Wish(
            file: "gradle/libs.versions.toml",
            text:
                "[versions]\nb = \"1.0\"\nbb = \"1.0\"\n[libraries]\nb = { group = \"org.a\", name = \"b\", version.ref = \"b\" }\n",
            wanted:
                "[versions]\nb = \"9.1\"\nbb = \"1.0\"\n[libraries]\nb = { group = \"org.a\", name = \"b\", version.ref = \"b\" }\n"
        ),
        Wish(
            file: "gradle/libs.versions.toml",
            text:
                "[versions]\nv = \"1.0\"\n[libraries]\nb = { module = \"org.a:b\", version.ref = \"v\" }\nc = { module = \"org.a:c\", version.ref = \"v\" }\n",
            wanted: nil),
    ])
    func `what a build file of Gradle asks for changes with the lockfile`(_ wish: Wish) {
        let index = AdvisoryIndex([advisory("A", .maven, "org.a:b", fixed: "9.1")])
        let plan = FixPlan([package(.maven, "org.a:b", "1.0", "app/gradle.lockfile", line: 1)], index) { path in
            path == "app/gradle.lockfile"
                ? Array("org.a:b:1.0=x\n".utf8) : path == "app/" + wish.file ? Array(wish.text.utf8) : nil
        }
        let changed = plan.changes.first { $0.file == "app/" + wish.file }.map {
            String(decoding: $0.after, as: UTF8.self)
        }
        #expect(changed == wish.wanted)
        #expect(plan.changes.contains { $0.file == "app/gradle.lockfile" })
    }

    @Test(arguments: [
        Wish(file: "", text: "jinja2 = \"^1.0\"", wanted: "jinja2 = \"^9.1\""),
        Wish(
            file: "", text: "Jinja2 = {version = \"1.0\", extras = [\"i18n\"]}",
            wanted: "Jinja2 = {version = \"9.1\", extras = [\"i18n\"]}"),
        Wish(file: "", text: "  \"jinja2[i18n]==1.0\",", wanted: "  \"jinja2[i18n]==9.1\","),
        Wish(file: "", text: "  'jinja2>=1.0,<10',", wanted: "  'jinja2>=9.1,<10',"),
        Wish(file: "", text: "\"jinja2!=1.0\"", wanted: nil), Wish(file: "", text: "\"jinja2<1.0\"", wanted: nil),
        Wish(file: "", text: "jinja2 = \"*\"", wanted: nil), Wish(file: "", text: "jinja2-x = \"1.0\"", wanted: nil),
        Wish(file: "", text: "jinja2 = \"1.0.1\"", wanted: nil), Wish(file: "", text: "", wanted: nil),
        Wish(file: "", text: "jinja2", wanted: nil),
    ])
    func `what pyproject.toml asks for changes, and the lockfile's command stays`(_ wish: Wish) {
        let index = AdvisoryIndex([advisory("A", .pypi, "jinja2", fixed: "9.1")])
        let plan = FixPlan([package(.pypi, "jinja2", "1.0", "poetry.lock", line: 1)], index) { path in
            path == "pyproject.toml" ? Array(wish.text.utf8) : nil
        }
        #expect(plan.changes.map { String(decoding: $0.after, as: UTF8.self) } == (wish.wanted.map { [$0] } ?? []))
        #expect(plan.advice.count == 1)
    }

    @Test(arguments: [
        "jinja2==2.4.1 --hash=sha256:ab", "jinja2==2.4.1 \\\n  --hash=sha256:ab", "jinja2>=2.4.1", "jinja2==2.4.10",
        "somethingelse", "",
    ])
    func `a requirement that a version alone would break is left, with the command that changes it`(_ text: String) {
        let index = AdvisoryIndex([advisory("A", .pypi, "jinja2", fixed: "3.0")])
        let plan = FixPlan([package(.pypi, "jinja2", "2.4.1", "requirements.txt", line: 1)], index) { _ in
            Array(text.utf8)
        }
        #expect(plan.changes.isEmpty && plan.advice.count == 1)
        #expect(plan.advice.first?.command?.contains("jinja2==3.0") == true)
    }

    @Test func `the smallest version that removes everything is taken, also where a fix brings another weakness`() {
        let index = AdvisoryIndex([
            advisory("A", .pypi, "x", fixed: "1.2"),
            advisory("B", .pypi, "x", fixed: "1.5"),
            Advisory(
                id: "C",
                affected: [
                    .init(
                        ecosystem: .pypi, name: "x", ranges: [AffectedRange([.introduced("1.5"), .fixed("1.6")])])
                ]),
        ])
        let plan = FixPlan([package(.pypi, "x", "1.0", "requirements.txt", line: 1)], index) { _ in
            Array("x==1.0\n".utf8)
        }
        #expect(plan.changes.first?.upgrades.map(\.version) == ["1.6"])
        #expect(plan.changes.first?.upgrades.first?.removes == ["A", "B"])
        #expect(plan.patch == "--- a/requirements.txt\n+++ b/requirements.txt\n@@ -1,1 +1,1 @@\n-x==1.0\n+x==1.6\n")
    }

    @Test func `what no version removes is told, and what may not move is left`() {
        let index = AdvisoryIndex([
            advisory("A", .pypi, "x", fixed: "1.2"), advisory("B", .pypi, "x", fixed: nil),
            advisory("C", .npm, "y", fixed: "2.0.0"),
        ])
        let packages = [
            package(.pypi, "x", "1.0", "requirements.txt", line: 1),
            package(.npm, "y", "1.0.0", "package-lock.json", line: 9, isDirect: true),
        ]
        let plan = FixPlan(packages, index) { _ in Array("x==1.0\n".utf8) }
        #expect(plan.unfixable.map(\.advisory.id) == ["B"])
        #expect(plan.changes.first?.upgrades.first?.keeps == ["B"])
        #expect(plan.advice.map(\.command) == ["npm install y@2.0.0"])
        var options = RemediationOptions()
        options.levels[""] = .minor
        let careful = FixPlan(packages, index, options: options) { _ in Array("x==1.0\n".utf8) }
        #expect(careful.advice.isEmpty && careful.unfixable.map(\.advisory.id) == ["B", "C"])
    }

    @Test func `changes far apart are hunks of their own`() {
        let text = (1...30).map { $0 == 2 || $0 == 25 ? "p\($0)==1.0" : "q\($0)==1.0" }.joined(separator: "\n")
        let index = AdvisoryIndex([
            advisory("A", .pypi, "p2", fixed: "2.0"), advisory("B", .pypi, "p25", fixed: "3.0"),
        ])
        let plan = FixPlan(
            [
                package(.pypi, "p25", "1.0", "requirements.txt", line: 25),
                package(.pypi, "p2", "1.0", "requirements.txt", line: 2),
            ], index
        ) { _ in Array(text.utf8) }
        let heads = plan.patch.split(separator: "\n").filter { $0.hasPrefix("@@") }
        #expect(heads == ["@@ -1,5 +1,5 @@", "@@ -22,7 +22,7 @@"])
    }
}

struct BaseAdviceTests {
    private func debian(_ name: String, _ version: String) -> Package {
        Package(
            ecosystem: .debian("12"), name: name, version: version, source: .init(name: name, version: version))
    }

    @Test func `bases are compared by what the image would hold on them`() {
        let old = [debian("openssl", "1.0"), debian("bash", "5.0")]
        let new = [debian("openssl", "2.0"), debian("bash", "5.0"), debian("perl", "1.0")]
        let index = AdvisoryIndex([
            advisory("A", .debian(nil), "openssl", fixed: "2.0"), advisory("B", .debian(nil), "perl", fixed: nil),
            advisory("C", .npm, "left-pad", fixed: "2.0.0"),
        ])
        let layers = (0..<3).map { Digest.sha256(of: [UInt8($0)]) }
        let image = BaseAdvice.Base(
            name: "app", digest: nil,
            packages: old + [Package(ecosystem: .npm, name: "left-pad", version: "1.0.0")], layers: layers)
        let advice = BaseAdvice(
            image: image,
            candidates: [
                .init(name: "new", digest: "sha256:ab", packages: new, layers: [layers[2]]),
                .init(name: "old", digest: nil, packages: old, layers: [layers[0]]),
                .init(name: "none", digest: nil, packages: [], layers: [layers[2]]),
            ], index)
        #expect(advice.present.count == 2)
        #expect(advice.options.map(\.base.name) == ["none", "new", "old"])
        #expect(advice.options.map(\.isPresent) == [false, false, true])
        #expect(advice.options[0].removes.map(\.rule) == ["A"] && advice.options[0].adds.isEmpty)
        #expect(advice.options[1].removes.map(\.rule) == ["A"] && advice.options[1].adds.map(\.rule) == ["B"])
        #expect(advice.options[2].removes.isEmpty && advice.options[2].remaining.count == 2)
    }
}
