import Advisories
import Packages
import Remediation
import Testing
import WaybillCore

private let universe = """
    app
      1.0.0
        weak@^1.0.0
      1.1.0
        weak@^1.0.0
      2.0.0
        weak@^2.0.0
    weak
      1.0.0
      1.0.1
      2.0.0
    """

private func npm(_ text: String = universe) throws -> PackageUniverse {
    try PackageUniverse(schema: text, ecosystem: .npm, file: "universe")
}

private func advisory(_ id: String, _ name: String, fixed: String?, _ ecosystem: Ecosystem = .npm) -> Advisory {
    let events: [AffectedRange.Event] = [.introduced("0")] + (fixed.map { [.fixed($0)] } ?? [])
    return Advisory(id: id, affected: [.init(ecosystem: ecosystem, name: name, ranges: [AffectedRange(events)])])
}

struct RemediationTests {
    @Test func `a requirement is loosened no further than it must be, and the text stays as it was`() throws {
        let text = """
            {
              "name": "x", "dependencies": { "app" : "^1.0.0" },
              "devDependencies": {"other": "1"}
            }
            """
        let manifest = try PackageManifest(Array(text.utf8), file: "package.json")
        let result = try RelaxFix.result(manifest, try npm(), [advisory("A", "weak", fixed: "2.0.0")], .init())
        #expect(result.patches.flatMap(\.updates).map(\.to) == ["^2.0.0"])
        let after = try manifest.text(changing: result.patches.flatMap(\.updates))
        #expect(String(decoding: after, as: UTF8.self) == text.replacing("^1.0.0", with: "^2.0.0"))
    }

    @Test func `what nothing removes is told as such`() throws {
        let manifest = try PackageManifest(Array(#"{"dependencies": {"app": "^1.0.0"}}"#.utf8), file: "package.json")
        let result = try RelaxFix.result(manifest, try npm(), [advisory("A", "weak", fixed: nil)], .init())
        #expect(result.patches.isEmpty && result.vulnerabilities.map(\.isUnactionable) == [true])
    }

    @Test func `a major step that is not allowed is not taken`() throws {
        let manifest = try PackageManifest(Array(#"{"dependencies": {"app": "^1.0.0"}}"#.utf8), file: "package.json")
        var options = RemediationOptions()
        options.levels[""] = .minor
        #expect(try RelaxFix.patches(manifest, try npm(), [advisory("A", "weak", fixed: "2.0.0")], options).isEmpty)
    }

    @Test func `a lockfile moves inside of what everybody asks for`() throws {
        let text = """
            {"lockfileVersion": 3, "packages": {"": {"dependencies": {"weak": "^1.0.0"}},
             "node_modules/weak": {"version": "1.0.0", "resolved": "old", "integrity": "old"}}}
            """
        let lockfile = try NpmLockfile(Array(text.utf8), file: "package-lock.json")
        let result = InPlaceFix.result(lockfile, try npm(), [advisory("A", "weak", fixed: "1.0.1")], .init())
        #expect(result.patches.flatMap(\.updates).map(\.to) == ["1.0.1"])
        let after = try lockfile.text(changing: result.patches.flatMap(\.updates)) { name, version in
            PackageArchive(url: "\(name)-\(version)", integrity: "new")
        }
        let wanted = text.replacing("\"1.0.0\"", with: "\"1.0.1\"").replacing(
            "\"old\", \"integrity\": \"old\"",
            with: "\"weak-1.0.1\", \"integrity\": \"new\"")
        #expect(String(decoding: after, as: UTF8.self) == wanted)
    }

    @Test func `a property that holds a version is changed where it stands`() throws {
        let text = """
            <project>
              <properties><a.version>1.0.0</a.version></properties>
              <dependencies>
                <dependency><groupId>g</groupId><artifactId>a</artifactId><version>${a.version}</version></dependency>
              </dependencies>
            </project>
            """
        let universe = try PackageUniverse(schema: "g:a\n  1.0.0\n  1.1.0\n", ecosystem: .maven, file: "u")
        let model = try ProjectModel(Array(text.utf8), file: "pom.xml")
        let result = try OverrideFix.result([model], universe, [advisory("A", "g:a", fixed: "1.1.0", .maven)], .init())
        let after = model.text(changing: result.patches.flatMap(\.updates))
        #expect(String(decoding: after, as: UTF8.self) == text.replacing("1.0.0", with: "1.1.0"))
    }

    @Test(arguments: [
        "", "{", "[]", "<project>", "<project><dependencies></project>", "<!DOCTYPE a><project/>", "<a b='>' /",
        #"{"packages": 1}"#,
    ])
    func `broken files are refused with their name`(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: WaybillError.self) { try NpmLockfile(bytes, file: "f") }
        #expect(throws: WaybillError.self) { try ProjectModel(bytes, file: "f") }
    }
}
