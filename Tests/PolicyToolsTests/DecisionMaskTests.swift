import Documents
import Testing
import WaybillCore

@testable import PolicyTools

@Suite struct DecisionMaskTests {
    static func event() -> DecisionEvent {
        DecisionEvent(
            labels: ["id": "a"], decisionIdentifier: "d", bundles: ["shop": "r1"], path: "shop/allow", query: nil,
            input: ["user": "ann", "password": "secret", "list": [1, 2, 3]], result: ["allow": true, "token": "t"],
            requestedBy: "127.0.0.1:1", timestamp: "2026-01-01T00:00:00Z", metrics: [:])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var mask: Value
        var input: Value?
        var result: Value?
        var erased: [String] = []
        var masked: [String] = []
        var testDescription: String { JSONWriter.string(mask) }
    }

    static let input: Value = ["user": "ann", "password": "secret", "list": [1, 2, 3]]
    static let result: Value = ["allow": true, "token": "t"]

    @Test(arguments: [
        Case(
            mask: ["/input/password"], input: ["user": "ann", "list": [1, 2, 3]], result: result,
            erased: ["/input/password"]),
        Case(mask: ["/input"], input: nil, result: result, erased: ["/input"]),
        Case(
            mask: ["/input/list/1"], input: ["user": "ann", "password": "secret", "list": [1, 3]], result: result,
            erased: ["/input/list/1"]),
        Case(mask: ["/input/missing", "/input/list/7"], input: input, result: result),
        Case(
            mask: [["op": "upsert", "path": "/input/password", "value": "**"]],
            input: ["user": "ann", "password": "**", "list": [1, 2, 3]], result: result, masked: ["/input/password"]),
        Case(
            mask: [["op": "upsert", "path": "/result/a/b", "value": 1]], input: input,
            result: ["allow": true, "token": "t", "a": ["b": 1]], masked: ["/result/a/b"]),
        Case(
            mask: [["op": "remove", "path": "/result/token"]], input: input, result: ["allow": true],
            erased: ["/result/token"]),
        Case(mask: ["/nd_builtin_cache/x"], input: input, result: result),
    ])
    func `masks take out and write over`(_ example: Case) throws {
        var event = Self.event()
        for mask in try DecisionMask.read(example.mask) { mask.apply(to: &event) }
        #expect(event.input == example.input)
        #expect(event.result == example.result)
        #expect(event.erased == example.erased)
        #expect(event.masked == example.masked)
    }

    @Test(arguments: [
        ["a"] as Value, ["/labels/id"], ["input"], [1], [["path": "/input/x"]], [["op": "drop", "path": "/input"]],
        [["op": "remove"]], "x", ["/"], [""],
    ])
    func `a mask that is not understood is an error`(_ mask: Value) {
        #expect(throws: WaybillError.self) { try DecisionMask.read(mask) }
    }

    @Test func `an event has the field's keys`() {
        #expect(
            JSONWriter.string(Self.event().value)
                == #"{"labels":{"id":"a"},"decision_id":"d","bundles":{"shop":{"revision":"r1"}},"path":"shop/allow","#
                + #""input":{"user":"ann","password":"secret","list":[1,2,3]},"result":{"allow":true,"token":"t"},"#
                + #""requested_by":"127.0.0.1:1","timestamp":"2026-01-01T00:00:00Z"}"#)
    }
}
