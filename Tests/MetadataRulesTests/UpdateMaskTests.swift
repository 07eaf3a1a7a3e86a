import Documents
import Grafeas
import MetadataRules
import Testing
import WaybillCore

struct UpdateMaskTests {
    static let stored: Value = [
        "name": "projects/p/notes/n", "createTime": "2026-11-21T12:00:00Z", "shortDescription": "old",
        "longDescription": "kept", "vulnerability": ["severity": "LOW", "cvssScore": 1],
    ]
    static let update: Value = [
        "name": "projects/q/notes/other", "shortDescription": "new", "vulnerability": ["severity": "HIGH"],
    ]

    @Test(
        arguments: [
            (["shortDescription"], "new", "kept", "LOW", true),
            (["short_description", "vulnerability.severity"], "new", "kept", "HIGH", true),
            (["vulnerability"], "old", "kept", "HIGH", false),
            (["long_description"], "old", nil, "LOW", true),
            (["*"], "new", nil, "HIGH", false),
            ([], "new", "kept", "HIGH", false),
            (["name", "createTime"], "old", "kept", "LOW", true),
        ] as [([String], String, String?, String, Bool)])
    func `the mask says what is taken over`(
        _ paths: [String], _ short: String, _ long: String?, _ severity: String, _ hasScore: Bool
    ) throws {
        let merged = try UpdateMask(paths: paths).merge(Self.update, into: Self.stored, as: V1Note.self)
        #expect(merged["shortDescription"]?.string == short)
        #expect(merged["longDescription"]?.string == long)
        #expect(merged["vulnerability"]?["severity"]?.string == severity)
        #expect((merged["vulnerability"]?["cvssScore"] != nil) == hasScore)
        #expect(merged["name"] == "projects/p/notes/n")
        #expect(merged["createTime"] == "2026-11-21T12:00:00Z")
    }

    @Test(arguments: ["shortDescripton", "vulnerability.nothing", "vulnerability.details.package", "a..b", "*,kind"])
    func `a path to nowhere is an error`(_ text: String) {
        #expect {
            try UpdateMask(commaSeparated: text).merge(Self.update, into: Self.stored, as: V1Note.self)
        } throws: { ($0 as? WaybillError)?.code == .invalidInput }
    }

    @Test func `clearing inside a message that is not there makes none`() throws {
        let merged = try UpdateMask(paths: ["build.builder_version"]).merge([:], into: Self.stored, as: V1Note.self)
        #expect(merged["build"] == nil)
    }
}
