import Documents
import Files
import Foundation
import PolicyTools
import Testing
import WaybillCore

@testable import PolicyService

@Suite struct LoaderTests {
    func with(_ files: [(String, String)], _ body: (String) throws -> Void) throws {
        let folder = try RunningServer.scratch()
        defer { try? Files.remove(folder) }
        for (path, text) in files {
            let file = "\(folder)/\(path)"
            try Files.makeFolder(String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]))
            try Files.write(Array(text.utf8), to: file)
        }
        try body(folder)
    }

    @Test func `a folder's documents lie where its folders say`() throws {
        try with([
            ("top.json", #"{"a": 1}"#), ("shop/any.yaml", "b: 2"), ("shop/roles/data.json", #"{"c": 3}"#),
            ("shop/shop.rego", "package shop"), ("notes.txt", "no"), ("skip/x.rego", "package"),
        ]) { folder in
            let loader = PolicyLoader(ignored: ["skip"])
            let sources = try loader.load(paths: [folder])
            #expect(Value.object(sources.data) == ["a": 1, "shop": ["b": 2, "roles": ["c": 3]]])
            #expect(sources.modules.map(\.file) == ["\(folder)/shop/shop.rego"])
            let single = try loader.load(paths: ["team.x:\(folder)/top.json", folder + "/shop/shop.rego"])
            #expect(Value.object(single.data) == ["team": ["x": ["a": 1]]])
        }
    }

    @Test func `a folder as a bundle has only the files of a bundle`() throws {
        try with([
            (".manifest", #"{"roots": ["shop"]}"#), ("shop/data.json", #"{"x": 1}"#), ("shop/other.json", "[]"),
            ("shop/a.rego", "package shop.a"),
        ]) { folder in
            let sources = try PolicyLoader().load(bundles: [folder])
            #expect(Value.object(sources.data) == ["shop": ["x": 1]])
            #expect(sources.bundles.first?.manifest.roots == ["shop"])
        }
    }

    @Test func `errors of all modules are told at once`() throws {
        try with([("a.rego", "package"), ("b.rego", "packag b"), ("c.rego", "package c")]) { folder in
            let error = #expect(throws: (any Error).self) { try PolicyLoader().load(paths: [folder]) }
            #expect(error.map { ErrorReport($0).entries.count } == 2)
        }
    }

    @Test func `what is not there or not known is an error`() throws {
        try with([("a.txt", "x"), ("b.json", "[1]"), ("bad.tar.gz", "x")]) { folder in
            for path in ["none", "a.txt", "b.json", "bad.tar.gz"] {
                #expect(throws: WaybillError.self) { try PolicyLoader().load(paths: ["\(folder)/\(path)"]) }
            }
            #expect(throws: WaybillError.self) { try PolicyLoader().load(bundles: ["\(folder)/none"]) }
        }
    }
}
