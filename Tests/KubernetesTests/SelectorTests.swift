import Documents
import Kubernetes
import Testing
import WaybillCore

struct SelectorCase: Sendable, CustomTestStringConvertible {
    var selector: String
    var labels: [String: String]
    var matches: Bool
    var testDescription: String { "\(selector) on \(labels)" }
}

@Test(arguments: [
    SelectorCase(selector: "", labels: [:], matches: true),
    SelectorCase(selector: "app=cart", labels: ["app": "cart"], matches: true),
    SelectorCase(selector: "app==cart", labels: ["app": "Cart"], matches: false),
    SelectorCase(selector: "app!=cart", labels: [:], matches: true),
    SelectorCase(selector: "tier in (a, b)", labels: ["tier": "b"], matches: true),
    SelectorCase(selector: "tier notin (a,b)", labels: ["tier": "c"], matches: true),
    SelectorCase(selector: "tier notin (a,b)", labels: [:], matches: true),
    SelectorCase(selector: "app,!legacy", labels: ["app": ""], matches: true),
    SelectorCase(selector: "app,!legacy", labels: ["app": "", "legacy": ""], matches: false),
    SelectorCase(selector: "n>3,n<9", labels: ["n": "5"], matches: true),
    SelectorCase(selector: "n>3", labels: ["n": "x"], matches: false),
    SelectorCase(selector: "empty=", labels: ["empty": ""], matches: true),
])
func `a label selector matches as kubectl reads it`(_ example: SelectorCase) throws {
    let selector = try LabelSelector(parsing: example.selector)
    #expect(selector.matches(example.labels) == example.matches)
    #expect(try LabelSelector(parsing: selector.description) == selector)
}

@Test(arguments: ["a===b", "a in b", "a in (b", "=x", "a,,b", "a,", "a b", "n>x"])
func `a broken label selector is refused`(_ text: String) {
    #expect(throws: WaybillError.self) { try LabelSelector(parsing: text) }
}

@Test func `a selector object without a readable operator is refused`() throws {
    let good = try LabelSelector(["matchLabels": ["a": "b"], "matchExpressions": [["key": "c", "operator": "Exists"]]])
    #expect(good.matches(["a": "b", "c": ""]))
    #expect(throws: WaybillError.self) { try LabelSelector(["matchExpressions": [["key": "c", "operator": "Near"]]]) }
    #expect(throws: WaybillError.self) { try LabelSelector(["matchExpressions": [["key": "c", "operator": "In"]]]) }
    #expect(throws: WaybillError.self) { try LabelSelector(["matchLabel": ["a": "b"]]) }
}

@Test(arguments: [
    ("1", 1000), ("500m", 500), ("1.5", 1500), ("1Ki", 1_024_000), ("1.5Gi", 1_610_612_736_000), ("2e3", 2_000_000),
    ("0.1m", 1), ("-1", -1000), (".5", 500), ("100Mi", 104_857_600_000),
])
func `a quantity is a number with a scale`(_ text: String, _ thousandths: Int) {
    #expect(Quantity(text)?.thousandths == thousandths)
}

@Test(arguments: ["", "x", "1Q", "1.2.3", "Ki", "1 Gi", "1e", "--1"])
func `a broken quantity is refused`(_ text: String) {
    #expect(Quantity(text) == nil)
}
