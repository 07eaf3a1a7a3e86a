import Documents
import Kubernetes
import Testing

@testable import Health

/// An object as a JSON text, and how it is.
struct HealthCase: Sendable, CustomTestStringConvertible {
    var kind: String
    /// `spec` and `status`, as members of the object.
    var body: String
    var state: ObjectHealth.State
    /// What the message must hold.
    var says: String

    /// `group/version/Kind`, the core group empty.
    init(_ kind: String, _ body: String, _ state: ObjectHealth.State, says: String = "") {
        self.kind = kind
        self.body = body
        self.state = state
        self.says = says
    }

    var testDescription: String { "\(kind) \(state.rawValue): \(body)" }

    func resource() throws -> Resource {
        let parts = kind.split(separator: "/").map(String.init)
        let version = parts.dropLast().joined(separator: "/")
        var value = try JSONReader.value(from: "{\(body)}")
        value["apiVersion"] = .string(version)
        value["kind"] = .string(parts.last ?? "")
        if value["metadata"]?["name"] == nil { value[Pointer(["metadata", "name"])] = "a" }
        return try Resource(value)
    }

    func check(now: Int64? = nil) throws {
        let health = ObjectHealth.assess(try resource(), now: now)
        #expect(health.state == state, "\(health.message)")
        #expect(health.message.contains(says), "\(health.message)")
        #expect(!health.message.isEmpty)
    }
}

/// A status with conditions: `Ready=False:Reason:message`.
func conditions(_ texts: String...) -> String {
    let entries = texts.map { text in
        let halves = text.split(separator: "=", maxSplits: 1)
        let parts = halves[1].split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        let reason = parts.count > 1 ? #","reason":"\#(parts[1])""# : ""
        let message = parts.count > 2 ? #","message":"\#(parts[2])""# : ""
        return #"{"type":"\#(halves[0])","status":"\#(parts[0])"\#(reason)\#(message)}"#
    }
    return #""status":{"conditions":[\#(entries.joined(separator: ","))]}"#
}
