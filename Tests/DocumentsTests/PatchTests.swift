import Documents
import Testing
import WaybillCore

struct PatchCase: Sendable, CustomTestStringConvertible {
    var document: String
    var patch: String
    /// Nil where the patch must be refused.
    var result: String?
    var testDescription: String { "\(patch) on \(document)" }
}

/// The cases of RFC 7386's appendix, by their behaviour.
@Test(arguments: [
    PatchCase(document: #"{"a":"b"}"#, patch: #"{"a":"c"}"#, result: #"{"a":"c"}"#),
    PatchCase(document: #"{"a":"b","b":1}"#, patch: #"{"a":null}"#, result: #"{"b":1}"#),
    PatchCase(document: #"{"a":{"b":"c"}}"#, patch: #"{"a":{"b":"d","c":null}}"#, result: #"{"a":{"b":"d"}}"#),
    PatchCase(document: #"{"a":[1]}"#, patch: #"{"a":[2,null]}"#, result: #"{"a":[2,null]}"#),
    PatchCase(document: #"{}"#, patch: #"{"a":{"b":{"c":null}}}"#, result: #"{"a":{"b":{}}}"#),
    PatchCase(document: #"[1]"#, patch: #"{"a":1}"#, result: #"{"a":1}"#),
    PatchCase(document: #"{"a":1}"#, patch: #""text""#, result: #""text""#),
])
func `a merge patch merges objects and replaces the rest`(_ example: PatchCase) throws {
    let result = try MergePatch.apply(
        JSONReader.value(from: example.patch), to: JSONReader.value(from: example.document))
    #expect(JSONWriter.string(result, style: .canonical) == example.result)
}

@Test func `the difference of two documents is a merge patch between them`() throws {
    let before = try JSONReader.value(from: #"{"a":{"b":1,"c":2},"d":[1]}"#)
    let after = try JSONReader.value(from: #"{"a":{"b":1,"e":{}},"d":[2]}"#)
    let patch = MergePatch.difference(from: before, to: after)
    #expect(patch == (try JSONReader.value(from: #"{"a":{"c":null,"e":{}},"d":[2]}"#)))
    #expect(MergePatch.apply(patch, to: before) == after)
}

@Test(arguments: [
    PatchCase(document: #"{"a":[1,3]}"#, patch: #"[{"op":"add","path":"/a/1","value":2}]"#, result: #"{"a":[1,2,3]}"#),
    PatchCase(document: #"{"a":[1]}"#, patch: #"[{"op":"add","path":"/a/-","value":2}]"#, result: #"{"a":[1,2]}"#),
    PatchCase(document: #"{"a/b":1}"#, patch: #"[{"op":"remove","path":"/a~1b"}]"#, result: #"{}"#),
    PatchCase(document: #"{"a":1}"#, patch: #"[{"op":"move","from":"/a","path":"/b"}]"#, result: #"{"b":1}"#),
    PatchCase(document: #"{"a":1}"#, patch: #"[{"op":"copy","from":"/a","path":"/b"}]"#, result: #"{"a":1,"b":1}"#),
    PatchCase(document: #"{"a":1}"#, patch: #"[{"op":"replace","path":"","value":2}]"#, result: "2"),
    PatchCase(document: #"{"a":1}"#, patch: #"[{"op":"test","path":"/a","value":1.0}]"#, result: #"{"a":1}"#),
    PatchCase(document: #"{"a":1}"#, patch: #"[{"op":"test","path":"/a","value":2}]"#, result: nil),
    PatchCase(document: #"{"a":1}"#, patch: #"[{"op":"replace","path":"/b","value":2}]"#, result: nil),
    PatchCase(document: #"{"a":1}"#, patch: #"[{"op":"remove","path":"/b"}]"#, result: nil),
    PatchCase(document: #"{"a":[1]}"#, patch: #"[{"op":"add","path":"/a/01","value":2}]"#, result: nil),
    PatchCase(document: #"{"a":[1]}"#, patch: #"[{"op":"add","path":"/a/2","value":2}]"#, result: nil),
    PatchCase(document: #"{"a":{}}"#, patch: #"[{"op":"move","from":"/a","path":"/a/b"}]"#, result: nil),
    PatchCase(document: #"{}"#, patch: #"[{"op":"add","path":"/a/b","value":1}]"#, result: nil),
    PatchCase(document: #"{}"#, patch: #"[{"op":"add","path":"a","value":1}]"#, result: nil),
    PatchCase(document: #"{}"#, patch: #"[{"op":"add","path":"/a"}]"#, result: nil),
    PatchCase(document: #"{}"#, patch: #"[{"op":"frob","path":"/a"}]"#, result: nil),
    PatchCase(document: #"{}"#, patch: #"{"op":"add"}"#, result: nil),
])
func `a JSON patch is done as a whole or refused`(_ example: PatchCase) throws {
    let document = try JSONReader.value(from: example.document)
    let patch = try JSONReader.value(from: example.patch)
    guard let expected = example.result else {
        #expect(throws: WaybillError.self) { try JSONPatch(patch).apply(to: document) }
        return
    }
    let result = try JSONPatch(patch).apply(to: document)
    #expect(JSONWriter.string(result, style: .canonical) == expected)
    #expect(try JSONPatch(JSONPatch(patch).document) == JSONPatch(patch))
}

@Test func `copies that would grow without bound are refused`() throws {
    var operations: [JSONPatch.Operation] = []
    for _ in 0..<40 { operations.append(.copy(from: Pointer(["a"]), to: Pointer(["a", "-"]))) }
    #expect(throws: WaybillError.self) { try JSONPatch(operations).apply(to: ["a": [1]]) }
}
