import Testing
import WaybillCore

@testable import Delivery

/// The part of the file that guards a branch.
struct SourceSettingsTests {
    @Test func `the section is read and nothing else of the file`() throws {
        let settings = try SourceSettings(
            parsing: "nam: shop\nsource: { protect: [main, release/1], reviews: 2 }\n".utf8)
        #expect(settings == SourceSettings(protect: ["main", "release/1"], reviews: 2))
        #expect(try SourceSettings(parsing: "name: shop\n".utf8) == SourceSettings())
        #expect(try SourceSettings(parsing: "source:\n".utf8) == SourceSettings())
    }

    @Test(arguments: [
        "source: { protected: [main] }", "source: { reviews: -1 }", "source: { reviews: many }", "source: []", "- 1",
        "source: { protect: [../x] }", "source: { signers: ../../etc/passwd }", "source: { signers: /etc/passwd }", "",
        "source: { reviews: 1, reviews: 0 }",
    ])
    func `a section that is not understood is an error`(_ text: String) {
        #expect(throws: WaybillError.self) { try SourceSettings(parsing: text.utf8) }
    }

    @Test(arguments: [
        ("refs/heads/main", true), ("refs/heads/release/1", true), ("refs/heads/release/2", false),
        ("refs/tags/main", false), ("main", false),
    ])
    func `main and the branches that are named are protected`(_ reference: String, _ isProtected: Bool) {
        #expect(SourceSettings(protect: ["release/1"]).protects(reference) == isProtected)
    }
}
