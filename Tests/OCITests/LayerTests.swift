import OCI
import Testing
import WaybillCore

@Suite struct LayerTests {
    private func layer(_ entries: [FileEntry], limits: LayerLimits = .standard) throws(WaybillError) -> Layer {
        var writer = TarWriter()
        for entry in entries {
            writer.add(
                TarEntry(
                    name: entry.path, kind: entry.kind, mode: entry.mode, userID: entry.userID,
                    linkName: entry.linkTarget ?? ""),
                contents: entry.contents ?? [])
        }
        let bytes = writer.finish()
        return try Layer.read(bytes, digest: .sha256(of: bytes), limits: limits) { !$0.path.hasPrefix("secret") }
    }

    private func file(_ path: String, _ text: String = "x", mode: UInt32 = 0o644) -> FileEntry {
        FileEntry(path: path, kind: .file, mode: mode, contents: Array(text.utf8))
    }
    private func folder(_ path: String) -> FileEntry { FileEntry(path: path, kind: .folder, mode: 0o755) }
    private func link(_ path: String, _ target: String) -> FileEntry {
        FileEntry(path: path, kind: .symbolicLink, linkTarget: target)
    }
    private func hardLink(_ path: String, _ target: String) -> FileEntry {
        FileEntry(path: path, kind: .hardLink, linkTarget: target)
    }
    private func tree(_ layers: [[FileEntry]]) throws -> FileTree {
        var read: [Layer] = []
        for entries in layers { read.append(try layer(entries)) }
        return try FileTree(applying: read)
    }
    private func text(_ tree: FileTree, _ path: String) -> String? {
        tree.contents(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a higher layer's file replaces a lower one's`() throws {
        let tree = try tree([[folder("etc/"), file("etc/a", "old"), file("./etc/b", "b")], [file("/etc/a", "new")]])
        #expect(text(tree, "etc/a") == "new")
        #expect(text(tree, "/etc/b") == "b")
        #expect(tree.sorted.map(\.path) == ["etc", "etc/a", "etc/b"])
    }

    @Test func `a whiteout removes a file or a whole folder of lower layers only`() throws {
        let tree = try tree([
            [file("a"), file("d/x"), file("d/y/z"), file("keep")],
            [file("a", "again"), file(".wh.a", ""), file(".wh.d", ""), file(".wh.absent", "")],
        ])
        #expect(text(tree, "a") == "again")
        #expect(tree.sorted.map(\.path) == ["a", "keep"])
    }

    @Test func `an opaque folder hides what lower layers put there`() throws {
        let tree = try tree([[file("d/x"), file("d/y/z")], [folder("d/"), file("d/new"), file("d/.wh..wh..opq", "")]])
        #expect(tree.sorted.map(\.path) == ["d", "d/new"])
    }

    @Test func `a file in place of a folder removes what was in it`() throws {
        #expect(try tree([[file("d/x")], [file("d")]]).sorted.map(\.path) == ["d"])
        #expect(try tree([[file("d/x")], [folder("d/")]]).sorted.map(\.path) == ["d", "d/x"])
    }

    @Test func `an entry under a linked folder lands where the link leads, inside of the root`() throws {
        let tree = try tree([
            [folder("usr/lib/"), link("lib", "usr/lib"), link("out", "/../../tmp"), link("etc", "//usr/./lib/../etc")],
            [file("lib/libc.so"), file("out/x"), file("etc/passwd", "root")],
        ])
        #expect(tree["usr/lib/libc.so"] != nil)
        #expect(tree["tmp/x"] != nil)
        #expect(text(tree, "etc/passwd") == "root")
        #expect(tree["usr/etc/passwd"]?.path == "usr/etc/passwd")
        #expect(tree["lib"]?.kind == .symbolicLink)
    }

    @Test func `a hard link is the file under a second name`() throws {
        let tree = try tree([[file("bin/su", "elf", mode: 0o4755), hardLink("bin/root", "bin/su")]])
        let entry = try #require(tree["bin/root"])
        #expect(entry.kind == .file)
        #expect(entry.mode == 0o4755)
        #expect(entry.size == 3)
        #expect(entry.linkTarget == "bin/su")
        #expect(text(tree, "bin/root") == "elf")
    }

    @Test func `a hard link has its bytes although its target's name did not ask for them`() throws {
        let tree = try tree([[file("secret", "s"), hardLink("shown", "secret")]])
        #expect(text(tree, "shown") == "s")
    }

    @Test func `bytes are kept only where they were asked for`() throws {
        let tree = try tree([[file("secret", "s"), file("open", "o")]])
        #expect(tree["secret"]?.size == 1)
        #expect(text(tree, "secret") == nil)
        #expect(text(tree, "open") == "o")
    }

    @Test(arguments: ["../etc/passwd", "a/../../b", ".."])
    func `a name that leaves the root is refused`(_ path: String) {
        #expect(throws: WaybillError.self) { try layer([file(path)]) }
        #expect(throws: WaybillError.self) { try layer([hardLink("a", path)]) }
    }

    @Test(arguments: [".wh.", "d/.wh...", "d/.wh.."])
    func `a whiteout that names nothing is refused`(_ path: String) {
        #expect(throws: WaybillError.self) { try layer([file(path, "")]) }
    }

    @Test func `links in a circle, an entry under a file and a link to nothing are refused`() {
        #expect(throws: WaybillError.self) { try tree([[link("a", "b"), link("b", "a"), file("a/x")]]) }
        #expect(throws: WaybillError.self) { try tree([[file("a"), file("a/x")]]) }
        #expect(throws: WaybillError.self) { try tree([[hardLink("a", "absent")]]) }
        #expect(throws: WaybillError.self) { try tree([[folder("d"), hardLink("a", "d")]]) }
    }

    @Test func `links that nest ever deeper end at a bound`() {
        let deep = Array(repeating: "d", count: 250).joined(separator: "/")
        var layers: [[FileEntry]] = []
        for number in 0..<4 { layers.append([link("l\(number)", number == 0 ? deep : "l\(number - 1)/\(deep)")]) }
        #expect(throws: WaybillError.self) { try tree(layers + [[file("l3/x")]]) }
    }

    @Test func `two spellings of one letter are two files, and neither hides the other`() throws {
        let tree = try tree([[file("caf\u{E9}", "one"), file("cafe\u{301}", "two")]])
        #expect(tree.sorted.count == 2)
        #expect(Set(tree.sorted.compactMap(\.contents)) == [Array("one".utf8), Array("two".utf8)])
    }

    @Test func `a name that is no UTF-8 is written with escapes`() throws {
        var entry = TarEntry(name: "")
        entry.name = [0x61, 0xFF]
        var writer = TarWriter()
        writer.add(entry)
        let bytes = writer.finish()
        #expect(try Layer.read(bytes, digest: .sha256(of: bytes)) { _ in true }.entries.map(\.path) == ["a\\xff"])
    }

    @Test func `a layer must be what both of its digests say`() throws {
        var writer = TarWriter()
        writer.add(TarEntry(name: "a"))
        let bytes = writer.finish(), packed = try Gzip.compress(bytes)
        let layer = try Layer.read(packed, digest: .sha256(of: packed), unpackedDigest: .sha256(of: bytes)) { _ in true
        }
        #expect(layer.unpackedSize == bytes.count)
        for (digest, unpacked) in [
            (Digest.sha256(of: bytes), Digest.sha256(of: bytes)), (.sha256(of: packed), .sha256(of: packed)),
        ] {
            let error = #expect(throws: WaybillError.self) {
                try Layer.read(packed, digest: digest, unpackedDigest: unpacked) { _ in true }
            }
            #expect(error?.code == .corrupted)
        }
    }

    @Test func `each bound is an error, and a file above its own is only not kept`() throws {
        let entries = [file("aaaaaaaa", "12345678"), file("b/c/d", "12345678")]
        for limits in [
            LayerLimits(unpackedBytesMax: 1024), LayerLimits(entriesMax: 1), LayerLimits(pathBytesMax: 6),
            LayerLimits(depthMax: 2), LayerLimits(keptBytesMax: 10),
        ] {
            let error = #expect(throws: WaybillError.self) { try layer(entries, limits: limits) }
            #expect(error?.code == .limitExceeded)
        }
        #expect(try layer(entries, limits: LayerLimits(fileBytesMax: 7)).entries.map(\.contents) == [nil, nil])
    }
}
