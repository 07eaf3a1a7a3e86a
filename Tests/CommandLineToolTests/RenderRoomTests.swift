import Delivery
import Documents
import Files
import Foundation
import Kubernetes
import Testing
import WaybillCore

@testable import CommandLineTool

/// Programs of the user's own, in a closed room.
@Suite(.enabled(if: Files.exists("/usr/bin/bwrap"), "bubblewrap is not installed"))
struct RenderRoomTests {
    private func rendering(_ settings: RendererSettings) -> ProgramRendering {
        ProgramRendering(settings, folder: "apps/shop", name: "shop", namespace: "live")
    }

    /// Runs it with a program of this text as `name` where one is given.
    private func run(
        _ settings: RendererSettings, _ files: [String: String], program: (name: String, text: String)? = nil
    ) async throws -> [UInt8] {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        var path = "/usr/bin:/bin"
        if let program {
            try Files.makeFolder(folder + "/bin")
            try Files.write(Array(program.text.utf8), to: "\(folder)/bin/\(program.name)", mode: 0o755)
            path = "\(folder)/bin:\(path)"
        }
        try Files.write(Array("secret".utf8), to: folder + "/token")
        return try await RenderRoom(folder: folder, searchPath: path)
            .run(rendering(settings), files.mapValues { Array($0.utf8) })
    }

    @Test(.enabled(if: Files.exists("/usr/bin/jsonnet"), "jsonnet is not installed"))
    func `jsonnet makes objects from its files and libraries`() async throws {
        let settings = RendererSettings(
            .jsonnet, entry: "main.jsonnet", libraries: ["lib"], arguments: ["word": "two, three"])
        let output = try await run(
            settings,
            [
                "apps/shop/main.jsonnet":
                    "local shop = import 'shop.libsonnet'; function(word) { a: [shop.map(word, importstr 'name')] }",
                "apps/shop/name": "settings",
                "lib/shop.libsonnet":
                    "{ map(text, name): { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name }, data: { text: text } } }",
            ])
        let resources = try rendering(settings).resources(from: output)
        #expect(resources.map(\.name) == ["settings"])
        #expect(resources.first?["data", "text"] == "two, three")
    }

    @Test(
        .enabled(if: Files.exists("/usr/bin/jsonnet"), "jsonnet is not installed"),
        arguments: [
            ("importstr '/etc/passwd'", "passwd"), ("importstr '../../../token'", "token"), ("{", "apps/shop/main"),
            ("local f(n) = f(n + 1) + 1; f(0)", "stack"),
        ])
    func `what is not the application's is not there, and what is wrong is said in jsonnet's words`(
        _ text: String, _ word: String
    ) async throws {
        let error = await #expect(throws: WaybillError.self) {
            try await run(RendererSettings(.jsonnet, entry: "main.jsonnet"), ["apps/shop/main.jsonnet": text])
        }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test func `a program sees its files, no other process, no network and no variables`() async throws {
        let output = try await run(
            RendererSettings(.helm, entry: "chart", values: ["live.yaml"]),
            ["apps/shop/chart/Chart.yaml": "name: shop", "apps/shop/live.yaml": "a: 1"],
            program: (
                "helm",
                """
                #!/bin/sh
                echo "$*"
                cat "$3/Chart.yaml"; echo
                ls /work
                ls / | tr '\\n' ' '; echo
                grep -c : /proc/net/dev
                id -u
                env | sort | cut -d= -f1 | tr '\\n' ' '; echo
                touch /work/x 2>/dev/null || echo read-only
                """
            ))
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(3)
                == [
                    "template shop ./apps/shop/chart --namespace live --include-crds --values ./apps/shop/live.yaml",
                    "name: shop", "apps",
                ])
        #expect(lines.count == 8, "\(lines)")
        #expect(!lines[3].contains("home") && !lines[3].contains("var") && !lines[3].contains("root"), "\(lines[3])")
        #expect(lines[4] == "1")
        #expect(lines[5] == "1000")
        #expect(!lines[6].contains("WAYBILL") && !lines[6].contains("SSH"), "\(lines[6])")
        #expect(lines[7] == "read-only")
    }

    @Test func `a program that is not there is named with what to install`() async throws {
        let folder = try BuiltProgram.scratch()
        defer { try? Files.remove(folder) }
        let room = RenderRoom(folder: folder, searchPath: folder)
        for (settings, word) in [
            (RendererSettings(.helm, entry: "."), "install helm"),
            (RendererSettings(.jsonnet, entry: "a"), "apt install jsonnet"),
        ] {
            let error = await #expect(throws: WaybillError.self) { try await room.run(rendering(settings), [:]) }
            #expect(error?.code == .unsupported)
            #expect(error?.remedy?.contains(word) == true, "\(error?.remedy ?? "")")
        }
    }
}
