import Files
import Foundation
import Processes
import Testing
import WaybillCore

/// `waybill render` as people run it.
@Suite(.enabled(if: BuiltProgram.isThere, Comment(rawValue: BuiltProgram.reason)))
struct RenderTests {
    static let kubectl = [
        "/usr/bin/kubectl", "/usr/local/bin/kubectl", "\(NSHomeDirectory())/.cache/waybill/tools/kubectl",
    ]
    .first { Files.exists($0) }

    @Test(
        .enabled(if: RenderTests.kubectl != nil, "kubectl is not installed: scripts/setup"),
        arguments: ["shop/deploy", "shop-environments/staging"])
    func `an example is rendered to the bytes that kubectl writes`(_ folder: String) async throws {
        let path = "\(BuiltProgram.examples)/\(folder)"
        let ours = try await BuiltProgram.run(["render", path], in: "/tmp")
        let theirs = try await ProcessRunner.run(
            Command(try #require(Self.kubectl), ["kustomize", path], environment: ["HOME": "/tmp"]))
        #expect(theirs.isSuccess && ours.isSuccess)
        #expect(ours.output == theirs.output)
    }

    /// Trees that are refused, and a word of the error.
    static let refusals: [([String: String], String)] = [
        ([:], "kustomization.yaml"),
        (["kustomization.yaml": "resources: [missing.yaml]\n"], "missing.yaml"),
        (["kustomization.yaml": "resources: [../../outside.yaml]\n"], "outside.yaml"),
        (["kustomization.yaml": "resources: [https://example.org/x.yaml]\n"], "remote"),
        (["kustomization.yaml": "resource: []\n"], "resource"),
        (["kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": "a: [\n"], "a.yaml"),
    ]

    @Test(arguments: refusals)
    func `what cannot be rendered is an error with nothing on standard output`(
        _ files: [String: String], _ word: String
    ) async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files { try Files.write(Array(text.utf8), to: "\(folder)/\(name)") }
        let outcome = try await BuiltProgram.run(["render", folder], in: folder)
        #expect(outcome.exit == .exited(2) && outcome.output.isEmpty)
        #expect(outcome.errorText.contains(word), "\(outcome.errorText)")
    }

    @Test func `a symbolic link does not lead out of its folder`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Files.makeFolder("\(folder)/app")
        let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n"
        try Files.write(Array(object.utf8), to: "\(folder)/secret.yaml")
        try Files.write(Array(object.utf8), to: "\(folder)/app/own.yaml")
        try Files.write(Array("resources: [link.yaml]\n".utf8), to: "\(folder)/app/kustomization.yaml")
        symlink("../secret.yaml", "\(folder)/app/link.yaml")
        let arguments = ["render", "\(folder)/app", "--root", folder]
        #expect(try await BuiltProgram.run(arguments, in: folder).exit == .exited(2))
        unlink("\(folder)/app/link.yaml")
        symlink("own.yaml", "\(folder)/app/link.yaml")
        #expect(try await BuiltProgram.run(arguments, in: folder).isSuccess)
        let outside = try await BuiltProgram.run(["render", folder, "--root", "\(folder)/app"], in: folder)
        #expect(outside.exit == .exited(2) && outside.errorText.contains("--root"))
    }
}
