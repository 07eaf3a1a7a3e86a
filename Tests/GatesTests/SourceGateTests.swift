import Advisories
import Delivery
import Foundation
import Gates
import OCI
import Testing
import WaybillCore

/// The example project, as it stands in the repository.
@Suite struct SourceGateTests {
    static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("examples").path

    /// The files of folders, later ones over earlier ones.
    static func tree(_ folders: [String]) throws -> FileTree {
        var tree = FileTree()
        for folder in folders {
            let root = "\(examples)/\(folder)"
            for path in try #require(FileManager.default.enumerator(atPath: root)?.allObjects as? [String]) {
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder),
                    !isFolder.boolValue
                else { continue }
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))
                tree.insert(FileEntry(path: path, kind: .file, mode: 0o644, size: bytes.count, contents: bytes))
            }
        }
        return tree
    }

    static func verdict(_ folders: [String]) throws -> Verdict {
        let tree = try tree(folders)
        let project = try ProjectFile(parsing: try #require(tree.contents(of: ProjectFile.path)))
        var index = AdvisoryIndex()
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(examples)/advisories").sorted() {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(examples)/advisories/\(name)")))
            for advisory in try OSVReader.advisories(from: bytes, file: name) { index.insert(advisory) }
        }
        let result = SourceGate.examine(tree, project: project, advisories: index, now: 1_795_000_000)
        return try PolicyGate(modules: project.policy.modules(in: tree)).judge(
            GateInput(gate: .scan, subject: "shop", project: project, findings: result.findings, today: "2026-11-21"))
    }

    /// The line of a file on which a text stands, counted from 1.
    static func line(of text: String, in path: String) throws -> Int {
        let lines = try String(contentsOfFile: "\(examples)/\(path)", encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return try #require(lines.firstIndex { $0.contains(text) }) + 1
    }

    @Test func `the example project is allowed`() throws {
        let verdict = try Self.verdict(["shop"])
        #expect(verdict.violations == [])
    }

    @Test func `its first version is denied: the advisory at the lockfile's line, with the version that fixes it`()
        throws
    {
        let verdict = try Self.verdict(["shop", "shop-first-version"])
        let found = try #require(verdict.violations.first { $0.kind == .vulnerability })
        #expect(found.rule == "CVE-2021-23337" || found.aliases.contains("CVE-2021-23337"))
        #expect(found.severity == .high)
        #expect(found.fixedVersion == "4.17.21")
        #expect(found.place.location?.file == "package-lock.json")
        let entry = try Self.line(of: "\"node_modules/lodash\"", in: "shop-first-version/package-lock.json")
        #expect(found.place.location?.line.map { (entry...entry + 1).contains($0) } == true)
        #expect(found.remedy?.contains("4.17.21") == true)
        #expect(verdict.violations.filter { $0.kind == .vulnerability }.count == 1)
    }

    @Test func `its first version is denied: the privileged container at the manifest's line`() throws {
        let verdict = try Self.verdict(["shop", "shop-first-version"])
        let line = try Self.line(of: "privileged: true", in: "shop-first-version/deploy/deployment.yaml")
        let found = verdict.violations.filter { $0.place.location?.file == "deploy/deployment.yaml" }
        #expect(found.contains { $0.place.location?.line == line && $0.kind == .posture })
        #expect(found.allSatisfy { $0.remedy?.isEmpty == false })
    }

    @Test func `a project without its container file is denied`() throws {
        var tree = try Self.tree(["shop"])
        tree.remove("Containerfile")
        let project = try ProjectFile(parsing: try #require(tree.contents(of: ProjectFile.path)))
        let result = SourceGate.examine(tree, project: project, advisories: AdvisoryIndex(), now: 1_795_000_000)
        #expect(result.findings.contains { $0.rule == "WB-CFG-001" })
    }
}
