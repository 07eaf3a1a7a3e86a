import Documents
import OCI
import Rego
import Testing
import WaybillCore

@testable import PolicyTools

@Suite struct BundleTests {
    @Test func `a bundle comes back as it was written, and equal files give equal bytes`() throws {
        let bytes = try BundleArchive.bytes(of: Shop.files)
        #expect(bytes == (try BundleArchive.bytes(of: Shop.files.reversed())))
        let files = try BundleArchive.files(in: bytes, subject: "shop")
        #expect(files == Shop.files)
        let bundle = try PolicyBundle(files: files, name: "shop")
        #expect(bundle.manifest.revision == "r1")
        #expect(bundle.manifest.roots == ["shop"])
        #expect(bundle.modules.map(\.file) == ["shop/shop/authz.rego"])
        #expect(Value.object(bundle.data).document(at: ["shop", "readers", "0"]) == "bob")
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var files: [BundleFile]
        var message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Wrong(
            files: [BundleFile(path: ".manifest", text: #"{"roots": ["a", "a/b"]}"#)],
            message: "the manifest has overlapping roots: 'a' and 'a/b'"),
        Wrong(
            files: [BundleFile(path: ".manifest", text: #"{"root": ["a"]}"#)],
            message: "did you mean “roots”?"),
        Wrong(
            files: [
                BundleFile(path: ".manifest", text: #"{"roots": ["shop"]}"#),
                BundleFile(path: "other/data.json", text: "{}"),
            ], message: "manifest roots [shop] do not permit data at path '/other'"),
        Wrong(
            files: [
                BundleFile(path: ".manifest", text: #"{"roots": ["shop"]}"#),
                BundleFile(path: "x.rego", text: "package other"),
            ], message: "manifest roots [shop] do not permit 'package other' in module 'b/x.rego'"),
        Wrong(
            files: [BundleFile(path: "data.json", text: "[1]")],
            message: "the root document must be an object, found array"),
        Wrong(
            files: [
                BundleFile(path: "data.json", text: #"{"a": {"b": 1}}"#), BundleFile(path: "a/b/data.json", text: "2"),
            ], message: "merge error: data at /a/b is given twice"),
        Wrong(files: [BundleFile(path: "data.json", text: "{")], message: "b/data.json:1:2"),
        Wrong(files: [BundleFile(path: "data.yaml", text: "a: [")], message: "b/data.yaml"),
        Wrong(files: [BundleFile(path: "x.rego", text: "package")], message: "rego_parse_error"),
        Wrong(files: [BundleFile(path: "x.rego", bytes: [0xFF])], message: "is not UTF-8 text"),
        Wrong(
            files: [
                BundleFile(path: "patch.json", text: #"{"data": []}"#), BundleFile(path: "x.rego", text: "package x"),
            ], message: "a delta bundle holds a patch and a manifest, nothing else"),
        Wrong(
            files: [BundleFile(path: "patch.json", text: #"{"data": [{"op": "add", "path": "/a", "value": 1}]}"#)],
            message: "is not one of upsert, remove, replace"),
        Wrong(
            files: [BundleFile(path: "patch.json", text: #"{"data": [{"op": "upsert", "path": "/a"}]}"#)],
            message: "the key “value” is missing"),
    ])
    func `what does not fit together is refused`(_ wrong: Wrong) {
        let error = #expect(throws: (any Error).self) { try PolicyBundle(files: wrong.files, name: "b") }
        let text = error.map { ErrorReport($0).text } ?? ""
        #expect(text.contains(wrong.message), "\(text)")
    }

    private func archive(_ entries: [(TarEntry, [UInt8])]) throws -> [UInt8] {
        var writer = TarWriter()
        for (entry, bytes) in entries { writer.add(entry, contents: bytes) }
        return try Gzip.compress(writer.finish())
    }

    @Test(arguments: [
        ("../../etc/passwd", "the path \"../../etc/passwd\" leaves the bundle"), ("a/../../b", "leaves the bundle"),
        ("/", "an entry has no name"),
    ])
    func `a path cannot leave the bundle`(_ name: String, _ message: String) throws {
        let bytes = try archive([(TarEntry(name: name), [1])])
        let error = #expect(throws: WaybillError.self) { try BundleArchive.files(in: bytes, subject: "b") }
        #expect(error?.code == .invalidInput)
        #expect(
            error?.message.contains(message.replacing("\"", with: "")) == true
                || error?.message.contains(message) == true
                || error?.message.contains("leaves the bundle") == true)
    }

    @Test func `links and repeated paths are refused`() throws {
        let link = try archive([(TarEntry(name: "x.rego", kind: .symbolicLink, linkName: "/etc/passwd"), [])])
        #expect(throws: WaybillError.self) { try BundleArchive.files(in: link, subject: "b") }
        let twice = try archive([(TarEntry(name: "/x.rego"), [1]), (TarEntry(name: "./x.rego"), [2])])
        let error = #expect(throws: WaybillError.self) { try BundleArchive.files(in: twice, subject: "b") }
        #expect(error?.message.contains("twice") == true)
    }

    @Test func `bytes that are no archive are refused wherever they are damaged`() throws {
        let good = try BundleArchive.bytes(of: Shop.files)
        #expect(throws: WaybillError.self) { try BundleArchive.files(in: [], subject: "b") }
        #expect(throws: WaybillError.self) { try BundleArchive.files(in: Array("{}".utf8), subject: "b") }
        for count in stride(from: 2, to: good.count, by: 37) {
            #expect(throws: WaybillError.self) { try BundleArchive.files(in: Array(good[..<count]), subject: "b") }
        }
        for index in stride(from: 12, to: good.count - 8, by: 29) {
            var bad = good
            bad[index] ^= 0x55
            // The checksum of gzip, or the archive's own, sees every change.
            #expect(throws: WaybillError.self) { try BundleArchive.files(in: bad, subject: "b") }
        }
    }

    @Test func `an archive that unpacks to too much is refused`() throws {
        let bytes = try archive([(TarEntry(name: "data.json"), [UInt8](repeating: 0x20, count: 1 << 20))])
        let error = #expect(throws: WaybillError.self) {
            try BundleArchive.files(in: bytes, limits: BundleLimits(bytesMax: 1 << 16), subject: "b")
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `two bundles cannot own the same part`() throws {
        var sources = PolicySources()
        try sources.add(try PolicyBundle(files: Shop.files, name: "one"))
        let error = #expect(throws: WaybillError.self) {
            try sources.add(try PolicyBundle(files: Shop.files, name: "two"))
        }
        #expect(
            error?.message
                == "detected overlapping roots in manifests: 'shop' and 'shop' of bundle one")
        try sources.add(
            try PolicyBundle(
                files: [
                    BundleFile(path: ".manifest", text: #"{"roots": ["other"]}"#),
                    BundleFile(path: "other/data.json", text: #"{"x": 1}"#),
                ], name: "three"))
        #expect(sources.data.keys.sorted() == ["other", "shop"])
    }

    @Test func `the manifest says which Rego a file is written in`() throws {
        let files = [
            BundleFile(
                path: ".manifest", text: #"{"rego_version": 1, "file_rego_versions": {"/old/*.rego": 0, "/a.rego": 0}}"#
            ),
            BundleFile(path: "old/x.rego", text: "package old\np { true }"),
            BundleFile(path: "a.rego", text: "package a\np[x] { x := 1 }"),
            BundleFile(path: "new/y.rego", text: "package new\np if true"),
        ]
        #expect(try PolicyBundle(files: files, name: "b").modules.map(\.module.version) == [.v0, .v1, .v0])
        var wrong = files
        wrong[3] = BundleFile(path: "new/y.rego", text: "package new\np { true }")
        #expect(throws: RegoErrors.self) { try PolicyBundle(files: wrong, name: "b") }
    }

    @Test(arguments: [
        ("*.rego", "a/b.rego", true), ("b*", "a/bcd/e", true), ("*_test.rego", "x_test.rego", true),
        ("a/*.rego", "a/b.rego", true), ("a/*.rego", "a/b/c.rego", false), ("a/**", "a/b/c.rego", true),
        ("**/c.rego", "c.rego", true), ("a/?.rego", "a/bb.rego", false), (".*", "a/.git/x", true),
        ("a/**/**/**/**/**/**/b", "a/a/a/a/a/a/a/a/a/a/a/a/c", false),
    ])
    func `patterns of paths`(_ pattern: String, _ path: String, _ isMatch: Bool) {
        #expect(PathPattern(pattern).matches(path) == isMatch)
    }
}
