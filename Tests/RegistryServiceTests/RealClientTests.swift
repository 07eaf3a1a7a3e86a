import Files
import Foundation
import OCI
import Processes
import Registries
import RegistryService
import Testing
import WaybillCore

/// The tools that people use, on our port.
@Suite struct RealClientTests {
    static func isInstalled(_ program: String) -> Bool { Files.exists("/usr/bin/\(program)") }

    private func run(_ program: String, _ arguments: [String], home: String) async throws -> Outcome {
        if !Files.exists(home + "/auth.json") { try Files.write(Array("{}".utf8), to: home + "/auth.json") }
        return try await ProcessRunner.output(
            of: Command(
                program, arguments, environment: ["HOME": home, "REGISTRY_AUTH_FILE": home + "/auth.json"],
                timeout: .seconds(120)))
    }

    private func write(_ image: BuiltImage, to folder: String) throws {
        for (path, bytes) in image.layout(tag: "1.0") {
            let file = "\(folder)/\(path)"
            try Files.makeFolder(String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]))
            try Files.write(bytes, to: file)
        }
    }

    @Test(.enabled(if: isInstalled("skopeo"), "skopeo is not installed"))
    func `skopeo pushes a layout, inspects it and copies it back with the same digest`() async throws {
        let image = try RunningRegistry.image(String(repeating: "papers ", count: 300_000))
        try await RunningRegistry.with { registry in
            let layout = registry.folder + "/layout", name = "docker://\(registry.host)/shop/cart:1.0"
            try write(image, to: layout)
            _ = try await run(
                "skopeo",
                [
                    "copy", "--dest-tls-verify=false", "--dest-creds", "builder:\(RunningRegistry.token)",
                    "oci:\(layout):1.0", name,
                ],
                home: registry.folder)
            #expect(try await registry.client().resolve("1.0", in: "shop/cart").digest == image.digest)
            let inspected = try await run("skopeo", ["inspect", "--tls-verify=false", name], home: registry.folder)
            #expect(inspected.text.contains(image.digest.description))
            _ = try await run(
                "skopeo", ["copy", "--src-tls-verify=false", name, "oci:\(registry.folder)/back:1.0"],
                home: registry.folder)
            let back = try ImageLayout { (path) throws(WaybillError) in
                try Files.read("\(registry.folder)/back/\(path)")
            }
            #expect(try back.descriptor(tag: "1.0").digest == image.digest)
            await #expect(throws: WaybillError.self) {
                try await run(
                    "skopeo", ["copy", "--dest-tls-verify=false", "oci:\(layout):1.0", name + "x"],
                    home: registry.folder)
            }
        }
    }

    @Test(.enabled(if: isInstalled("buildah") && getuid() == 0, "buildah is not installed, or this is not root"))
    func `buildah pulls an image, and what it pushes we read`() async throws {
        let image = try RunningRegistry.image()
        try await RunningRegistry.with { registry in
            try await registry.client().push(image, tag: "1.0", to: "shop/cart")
            let storage = [
                "--root", registry.folder + "/root", "--runroot", registry.folder + "/run", "--storage-driver", "vfs",
            ]
            _ = try await run(
                "buildah", storage + ["pull", "--tls-verify=false", "\(registry.host)/shop/cart:1.0"],
                home: registry.folder)
            _ = try await run(
                "buildah",
                storage + [
                    "push", "--tls-verify=false", "--creds", "builder:\(RunningRegistry.token)",
                    "\(registry.host)/shop/cart:1.0",
                    "docker://\(registry.host)/shop/copy:2.0",
                ], home: registry.folder)
            let client = try registry.client()
            let manifest = try await client.image("2.0", in: "shop/copy")
            let system = try await client.fileSystem(of: manifest, in: "shop/copy") { $0.path == "etc/motd" }
            #expect(system.files.contents(of: "etc/motd") == Array("papers".utf8))
        }
    }
}
