import Inventory
import OCI
import Packages
import Testing
import WaybillCore

struct LayerInventoryTests {
    /// A layer's archive, and what the builder makes of it.
    private func layer(_ entries: [(TarEntry, String)], secrets: SecretScanner? = nil) throws -> LayerInventory {
        var writer = TarWriter()
        for (entry, text) in entries { writer.add(entry, contents: Array(text.utf8)) }
        let bytes = writer.finish()
        let digest = Digest.sha256(of: bytes)
        let stream = LayerStream(digest: digest)
        let builder = InventoryBuilder(layer: digest, secrets: secrets)
        try stream.feed(bytes) { (event) throws(WaybillError) in try builder.handle(event) }
        return builder.finish(try stream.finish { (event) throws(WaybillError) in try builder.handle(event) })
    }

    private func put(_ name: String, _ text: String) -> (TarEntry, String) { (TarEntry(name: name), text) }

    private func names(_ result: InventoryResult) -> [String] { result.packages.map { "\($0.name) \($0.version)" } }

    @Test func `layers are put together over whiteouts, and the upper file counts`() throws {
        let base = try layer([
            put("etc/os-release", "ID=alpine\nVERSION_ID=3.20.1\n"),
            put("lib/apk/db/installed", "P:musl\nV:1.2.5-r0\n\nP:old\nV:1-r0\n"),
            put("app/node_modules/a/package.json", #"{"name": "a", "version": "1.0.0"}"#),
            put("gone/node_modules/b/package.json", #"{"name": "b", "version": "1.0.0"}"#),
        ])
        let upper = try layer([
            put("lib/apk/db/installed", "P:musl\nV:1.2.5-r1\n"), put(".wh.gone", ""),
            put("app/node_modules/.wh..wh..opq", ""),
            put("app/node_modules/c/package.json", #"{"name": "c", "version": "1.0.0"}"#),
        ])
        let result = try ImageInventory.result(of: [base, upper])
        #expect(names(result) == ["musl 1.2.5-r1", "c 1.0.0"])
        #expect(result.packages[0].ecosystem == .alpine("v3.20"))
        #expect(result.packages[0].place.layer == upper.digest)
        #expect(result.operatingSystem?.id == "alpine")
    }

    @Test func `links between folders lead to the one file`() throws {
        let base = try layer([
            (TarEntry(name: "lib", kind: .symbolicLink, linkName: "usr/lib"), ""),
            (TarEntry(name: "etc/os-release", kind: .symbolicLink, linkName: "../usr/lib/os-release"), ""),
            put("usr/lib/os-release", "ID=wolfi\nVERSION_ID=1\n"), put("lib/apk/db/installed", "P:a\nV:1-r0\n"),
        ])
        let upper = try layer([put("usr/lib/apk/db/installed", "P:a\nV:2-r0\n")])
        let result = try ImageInventory.result(of: [base, upper])
        #expect(names(result) == ["a 2-r0"])
        #expect(result.packages[0].ecosystem.name == "Wolfi")
    }

    @Test func `what a distribution installed is not matched a second time`() throws {
        let result = try ImageInventory.result(of: [
            try layer([
                put("etc/os-release", "ID=debian\nVERSION_ID=12\n"),
                put(
                    "var/lib/dpkg/status",
                    "Package: python3-six\nStatus: install ok installed\nVersion: 1.16.0-4\nMaintainer: A <a@docker.com>\n"
                ),
                put("var/lib/dpkg/info/python3-six.list", "/.\n/usr/lib/python3/dist-packages/six-1.16.0.egg-info\n"),
                put("usr/lib/python3/dist-packages/six-1.16.0.egg-info", "Name: six\nVersion: 1.16.0\n"),
            ])
        ])
        #expect(names(result) == ["python3-six 1.16.0-4", "six 1.16.0"])
        #expect(result.packages[0].isThirdParty && result.packages[1].owner == "python3-six")
    }

    @Test func `a hard link to what nobody looked at asks for a second reading`() throws {
        let first = try layer([
            put("store/x", #"{"name": "a", "version": "1.0.0"}"#),
            (TarEntry(name: "node_modules/a/package.json", kind: .hardLink, linkName: "store/x"), ""),
        ])
        #expect(first.missing == ["store/x"])
    }

    @Test func `a secret is found in the layer that has it, also where an upper one removes the file`() throws {
        let token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
        let base = try layer(
            [put("app/.env", "GITHUB_TOKEN=\(token)\n"), put("usr/share/doc/x", token)], secrets: try SecretScanner())
        let upper = try layer([put("app/.wh..env", "")], secrets: try SecretScanner())
        let secrets = ImageInventory.secrets(of: [base, upper])
        #expect(secrets.map(\.rule) == ["WB-SECRET-github-token"])
        #expect(secrets[0].place.layer == base.digest)
        #expect(!"\(secrets)".contains(token))
    }

    @Test func `the record of a layer is the same after it was written and read`() throws {
        let one = try layer(
            [
                put("etc/os-release", "ID=debian\n"),
                put("var/lib/dpkg/status", "Package: a\nVersion: 1\nSource: b (2)\n"),
                put("bad/package-lock.json", "{"), put("app/.wh.x", ""),
                put("a.env", "x ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
                (TarEntry(name: "bin", kind: .symbolicLink, linkName: "usr/bin"), ""),
                put("go.mod", "module x\n\nrequire github.com/a/b v1.2.3 // indirect\n"),
            ], secrets: try SecretScanner())
        #expect(one.files.count == 4 && !one.secrets.isEmpty)
        let again = try LayerInventory(bytes: one.bytes, file: "cache")
        #expect(again.bytes == one.bytes)
        // Where a package stands names it once layers are put together.
        #expect(try ImageInventory.result(of: [again]) == ImageInventory.result(of: [one]))
        #expect(throws: WaybillError.self) { try LayerInventory(bytes: Array(one.bytes.dropLast(9)), file: "cache") }
    }
}
