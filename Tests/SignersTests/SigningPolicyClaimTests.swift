import Attestations
import Documents
import Testing
import Trust
import WaybillCore

@testable import Signers

/// What whoever has taken over the control plane can have the signer say, and what not.
struct SigningPolicyClaimTests {
    /// As the installation's own signer runs.
    static let policy = SigningPolicy(
        builderID: builder, verifierPrefix: "https://waybill.dev/gate/", checksShapes: true)

    struct Claim: Sendable, CustomTestStringConvertible {
        var what: String
        var bytes: [UInt8]
        var testDescription: String { what }

        init(_ what: String, _ statement: Statement) { (self.what, bytes) = (what, statement.bytes) }
        init(_ what: String, text: String) { (self.what, bytes) = (what, Array(text.utf8)) }
    }

    static let other = "https://github.com/slsa-framework/slsa-github-generator/builder"

    private static func text(_ type: String, _ predicate: String, subject: String? = nil) -> String {
        let subject = subject ?? #"{"name":"shop","digest":{"sha256":"\#(image.hex)"}}"#
        return
            #"{"_type":"https://in-toto.io/Statement/v1","subject":[\#(subject)],"predicateType":"\#(type)","predicate":\#(predicate)}"#
    }

    private static func made(_ builders: String) -> String {
        #"{"buildDefinition":{"buildType":"b","externalParameters":{}},"runDetails":\#(builders)}"#
    }

    /// Each would be a signature over a statement about another builder, another verifier, or of another form.
    static let claims: [Claim] = [
        .init("another builder", provenance(by: other)),
        .init("a builder whose name only begins alike", provenance(by: builder + "/evil")),
        .init("a builder whose name ends earlier", provenance(by: String(builder.dropLast()))),
        .init("the own builder in other letters", provenance(by: builder.uppercased())),
        .init("a builder that only looks alike", provenance(by: builder.replacing("i", with: "\u{0456}"))),
        .init("a builder with a zero", provenance(by: builder + "\u{0}")),
        .init("an empty builder", provenance(by: "")),
        .init(
            "two builders, the own one last",
            text: text(
                PredicateType.provenance, made(#"{"builder":{"id":"\#(other)"},"builder":{"id":"\#(builder)"}}"#))),
        .init(
            "two builders, the own one first",
            text: text(
                PredicateType.provenance, made(#"{"builder":{"id":"\#(builder)"},"builder":{"id":"\#(other)"}}"#))),
        .init(
            "two names of a builder",
            text: text(PredicateType.provenance, made(#"{"builder":{"id":"\#(builder)","id":"\#(other)"}}"#))),
        .init(
            "two predicates",
            text: text(
                PredicateType.provenance,
                made(#"{"builder":{"id":"\#(builder)"}}"#)
                    + #","predicate":\#(made(#"{"builder":{"id":"\#(other)"}}"#))"#)),
        .init(
            "two types",
            text: text(
                PredicateType.testResult + #"","predicateType":""# + PredicateType.provenance,
                made(#"{"builder":{"id":"\#(other)"}}"#))),
        .init("no builder", text: text(PredicateType.provenance, made("{}"))),
        .init("a builder that is a number", text: text(PredicateType.provenance, made(#"{"builder":{"id":1}}"#))),
        .init(
            "provenance of an older form",
            text: text(PredicateType.provenance02, #"{"builder":{"id":"\#(other)"},"buildType":"b"}"#)),
        .init(
            "a type that only looks like provenance",
            text: text(PredicateType.provenance + "/", made(#"{"builder":{"id":"\#(other)"}}"#))),
        .init(
            "provenance of a commit",
            text: text(
                PredicateType.provenance, made(#"{"builder":{"id":"\#(builder)"}}"#),
                subject: #"{"name":"main","digest":{"gitCommit":"\#(String(repeating: "a", count: 40))"}}"#)),
        .init(
            "a verdict of another verifier",
            statement(
                PredicateType.verdict,
                VerificationSummary(
                    verifierID: "https://bcid.corp.google.com/verifier", time: Timestamp(seconds: 1), resourceURI: "r",
                    policy: ResourceDescriptor(uri: "p"), inputs: [], outcome: .passed, levels: [], gate: .publish
                ).value)),
        .init("a person's review", statement(PredicateType.review, ["decision": "approve"])),
        .init("a person's emergency order", statement("https://waybill.dev/attestation/breakglass/v1", [:])),
        .init("a decision that is none", statement(PredicateType.admission, ["allowed": true])),
        .init("a deployment that is none", statement(PredicateType.deployment, ["builder": ["id": .string(other)]])),
        .init("a scan that is none", statement(PredicateType.vulnerabilities, made(other))),
        .init("a test result that is none", statement(PredicateType.testResult, ["result": "MAYBE"])),
        .init(
            "bytes after the statement",
            text: text(PredicateType.testResult, #"{"result":"PASSED","configuration":[]}"#) + "{}"),
        .init("something else than a statement", text: "Lend me your key"),
    ]

    private static func made(_ builder: String) -> Value { ["runDetails": ["builder": ["id": .string(builder)]]] }

    @Test(arguments: claims) func `the signer does not say what is not the installation's to say`(claim: Claim) {
        #expect(throws: WaybillError.self) { try Self.policy.statement(parsing: claim.bytes) }
    }

    @Test func `what is signed is what was looked at, written anew`() async throws {
        // Members that the statement's reader does not know are not carried along.
        let text = Self.text(PredicateType.testResult, #"{"result":"PASSED","configuration":[]}"#)
        let padded = #"{ "smuggled": {"builder": {"id": "\#(Self.other)"}}, "# + text.dropFirst()
        let signer = InMemorySigner(policy: Self.policy)
        let read = try Self.policy.statement(parsing: Array(padded.utf8))
        let envelope = try await signer.sign(read)
        let payload = String(decoding: envelope.payload, as: UTF8.self)
        #expect(!payload.contains("smuggled") && !payload.contains(Self.other))
        #expect(try Statement(parsing: envelope.payload) == read)
    }

    @Test func `what the control plane says every day is signed`() throws {
        for good in [
            provenance(by: builder), statement(PredicateType.testResult, ["result": "PASSED", "configuration": []]),
            statement(
                PredicateType.admission,
                AdmissionDecision(
                    isAllowed: true, request: "r", namespace: "n", object: "Pod/p", user: "u",
                    time: Timestamp(seconds: 1)
                ).value),
        ] {
            #expect(try Self.policy.statement(parsing: good.bytes) == good)
        }
    }
}
