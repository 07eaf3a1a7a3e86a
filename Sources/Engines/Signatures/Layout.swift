public import Attestations
import Documents
import Trust
import WaybillCore

/// The owner's plan of a supply chain (in-toto): who may do which step, and which artifacts go from step to step.
public struct Layout: Sendable {
    struct Step: Sendable {
        var name: String
        var keyIDs: [String]
        var threshold: Int
        var materials: [ArtifactRule]
        var products: [ArtifactRule]
    }

    /// A step that whoever verifies does himself. Its command is never run here: its artifacts are given.
    struct Inspection: Sendable {
        var name: String
        var materials: [ArtifactRule]
        var products: [ArtifactRule]
    }

    static let stepsMax = 1000

    public let expires: Timestamp?
    public let readme: String
    let keys: [String: LayoutKey]
    let steps: [Step]
    let inspections: [Inspection]

    init(_ value: Value) throws(SignatureFailure) {
        func bad(_ message: String) -> SignatureFailure { SignatureFailure(.layout, message) }
        guard value["_type"]?.string == "layout" else { throw bad("is not a layout") }
        if let text = value["expires"]?.string {
            guard let time = Timestamp(text) else { throw bad("expires at no time") }
            expires = time
        } else {
            expires = nil
        }
        readme = value["readme"]?.string ?? ""
        var keys: [String: LayoutKey] = [:]
        for member in value["keys"]?.object?.members ?? [] {
            keys[member.key] = try LayoutKey(member.value, keyID: member.key)
        }
        self.keys = keys
        var steps: [Step] = []
        var names: Set<String> = []
        for element in value["steps"]?.array ?? [] {
            guard let name = element["name"]?.string, Self.isName(name), names.insert(name).inserted,
                steps.count < Self.stepsMax
            else { throw bad("a step has no name of its own") }
            let threshold = element["threshold"].map { $0.integer ?? 0 } ?? 1
            guard threshold >= 1 else { throw bad("the step \(name) needs no signer") }
            steps.append(
                Step(
                    name: name, keyIDs: (element["pubkeys"]?.array ?? []).compactMap(\.string), threshold: threshold,
                    materials: try Self.rules(element["expected_materials"]),
                    products: try Self.rules(element["expected_products"])))
        }
        self.steps = steps
        var inspections: [Inspection] = []
        for element in value["inspect"]?.array ?? [] {
            guard let name = element["name"]?.string, Self.isName(name), names.insert(name).inserted,
                inspections.count < Self.stepsMax
            else { throw bad("an inspection has no name of its own") }
            inspections.append(
                Inspection(
                    name: name, materials: try Self.rules(element["expected_materials"]),
                    products: try Self.rules(element["expected_products"])))
        }
        self.inspections = inspections
    }

    /// Names become parts of file names.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && !text.utf8.contains(UInt8(ascii: "/"))
    }

    private static func rules(_ value: Value?) throws(SignatureFailure) -> [ArtifactRule] {
        var rules: [ArtifactRule] = []
        for element in value?.array ?? [] { rules.append(try ArtifactRule(element)) }
        return rules
    }
}

/// What a step did: what it found, what it left.
struct Link: Sendable {
    var name: String
    var materials: [String: [String: String]]
    var products: [String: [String: String]]

    init(_ value: Value) throws(SignatureFailure) {
        guard value["_type"]?.string == "link", let name = value["name"]?.string else {
            throw SignatureFailure(.layout, "is not a link")
        }
        self.name = name
        materials = try Self.artifacts(value["materials"])
        products = try Self.artifacts(value["products"])
    }

    init(name: String, materials: [String: [String: String]], products: [String: [String: String]]) {
        self.name = name
        self.materials = materials
        self.products = products
    }

    private static func artifacts(_ value: Value?) throws(SignatureFailure) -> [String: [String: String]] {
        var artifacts: [String: [String: String]] = [:]
        for member in value?.object?.members ?? [] {
            var digests: [String: String] = [:]
            for digest in member.value.object?.members ?? [] { digests[digest.key] = digest.value.string }
            guard !digests.isEmpty else { throw SignatureFailure(.layout, "an artifact has no hash") }
            artifacts[member.key] = digests
        }
        return artifacts
    }
}
