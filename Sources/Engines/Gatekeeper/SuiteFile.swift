public import Documents
public import WaybillCore

/// A `suite.yaml`: templates with constraints, and objects with what must be found in them.
public struct SuiteFile: Sendable {
    public struct Test: Sendable {
        public var name: String
        public var template: String
        public var constraint: String
        /// The constraint must be refused for its parameters.
        public var isInvalid: Bool
        public var isSkipped: Bool
        public var cases: [Case]
    }

    public struct Case: Sendable {
        public var name: String
        public var object: String
        public var inventory: [String]
        public var assertions: [SuiteAssertion]
        public var isSkipped: Bool
    }

    public let name: String
    public let isSkipped: Bool
    public let tests: [Test]

    public static let apiVersion = "test.gatekeeper.sh/v1alpha1"

    /// Whether a document says that it is a suite.
    public static func isSuite(_ document: Node) -> Bool {
        document["kind"]?.string == "Suite" && document["apiVersion"]?.string?.hasPrefix("test.gatekeeper.sh/") == true
    }

    /// Unknown keys are refused: a misspelt assertion would pass for ever.
    public init(_ document: Node, file: String) throws(WaybillError) {
        do throws(DocumentError) {
            var fields = try Fields(document, of: "suite")
            let version = try fields.requiredString("apiVersion")
            guard version == Self.apiVersion else {
                throw DocumentError(at: document.position, "unknown apiVersion \(version), expected \(Self.apiVersion)")
            }
            _ = try fields.requiredString("kind")
            name = fields.node("metadata")?["name"]?.string ?? ""
            isSkipped = try fields.bool("skip") ?? false
            var tests: [Test] = []
            for element in try fields.elements("tests") ?? [] { tests.append(try Self.test(element)) }
            self.tests = tests
            try fields.finish()
        } catch {
            throw error.inFile(file)
        }
    }

    private static func test(_ node: Node) throws(DocumentError) -> Test {
        var fields = try Fields(node, of: "test")
        var test = Test(
            name: try fields.string("name") ?? "", template: try fields.string("template") ?? "",
            constraint: try fields.string("constraint") ?? "", isInvalid: try fields.bool("invalid") ?? false,
            isSkipped: try fields.bool("skip") ?? false, cases: [])
        for element in try fields.elements("cases") ?? [] { test.cases.append(try suiteCase(element)) }
        try fields.finish()
        if test.isInvalid, !test.cases.isEmpty {
            throw DocumentError(at: node.position, "an invalid constraint cannot have cases")
        }
        return test
    }

    private static func suiteCase(_ node: Node) throws(DocumentError) -> Case {
        var fields = try Fields(node, of: "case")
        var result = Case(
            name: try fields.string("name") ?? "", object: try fields.string("object") ?? "",
            inventory: try fields.strings("inventory") ?? [], assertions: [],
            isSkipped: try fields.bool("skip") ?? false)
        for element in try fields.elements("assertions") ?? [] {
            result.assertions.append(try SuiteAssertion(element))
        }
        try fields.finish()
        return result
    }
}
