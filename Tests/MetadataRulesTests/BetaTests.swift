import Documents
import Grafeas
import MetadataRules
import Testing
import WaybillCore

struct BetaTests {
    static let occurrence = """
        {"resource":{"uri":"https://r/cart@sha256:9f"},"noteName":"projects/p/notes/n","kind":"VULNERABILITY",
         "vulnerability":{"severity":"HIGH","effectiveSeverity":"MEDIUM","cvssV3":{"baseScore":7.5},
          "packageIssue":[{"affectedLocation":{"cpeUri":"c","package":"openssl","version":{"kind":"NORMAL","name":"3"}},
            "fixedLocation":{"cpeUri":"c","package":"openssl","version":{"kind":"NORMAL","name":"4"}}}]}}
        """

    @Test func `an occurrence reads the same in both versions`() throws {
        let beta = try JSONReader.value(from: Self.occurrence)
        let v1 = BetaOccurrence.v1(beta)
        let message = try MessageJSON.message(V1Occurrence.self, from: v1)
        #expect(message.resourceUri == "https://r/cart@sha256:9f")
        #expect(message.vulnerability.packageIssue.first?.fixedVersion.name == "4")
        #expect(message.vulnerability.cvssv3.baseScore == 7.5)
        #expect(BetaOccurrence.beta(v1) == beta)
        #expect(try MetadataValidation.kind(ofOccurrence: beta, in: .v1beta1).name == "VULNERABILITY")
    }

    @Test(arguments: [
        #"{"resource":{"uri":"r"},"derivedImage":{"derivedImage":{"distance":1}}}"#,
        #"{"resource":{"uri":"r"},"installation":{"installation":{"name":"n"}}}"#,
        #"{"resource":{"uri":"r"},"deployment":{"deployment":{"address":"a"}}}"#,
        #"{"resource":{"uri":"r"},"discovered":{"discovered":{"analysisStatus":"PENDING"}}}"#,
        #"{"resource":{"uri":"r"},"attestation":{"attestation":{"genericSignedAttestation":{"serializedPayload":"YQ=="}}}}"#,
    ])
    func `details go there and back`(_ text: String) throws {
        let beta = try JSONReader.value(from: text)
        let v1 = BetaOccurrence.v1(beta)
        _ = try MessageJSON.message(V1Occurrence.self, from: v1)
        #expect(BetaOccurrence.beta(v1) == beta)
    }

    @Test(arguments: [
        #"{"baseImage":{"resourceUrl":"u"}}"#, #"{"deployable":{"resourceUri":["r"]}}"#,
        #"{"attestationAuthority":{"hint":{"humanReadableName":"h"}}}"#,
        #"{"vulnerability":{"details":[{"cpeUri":"c","package":"p","minAffectedVersion":{"kind":"MINIMUM"},"fixedLocation":{"cpeUri":"c","package":"p"}}]}}"#,
    ])
    func `notes go there and back`(_ text: String) throws {
        let beta = try JSONReader.value(from: text)
        let v1 = BetaNote.v1(beta)
        _ = try MessageJSON.message(V1Note.self, from: v1)
        #expect(BetaNote.beta(v1) == beta)
    }

    @Test func `what v1 has no field for is found by a strict reader`() throws {
        let beta = try JSONReader.value(from: #"{"resource":{"uri":"r","name":"n"},"discovered":{"discovered":{}}}"#)
        #expect(throws: WaybillError.self) {
            try MessageJSON.message(V1Occurrence.self, from: BetaOccurrence.v1(beta))
        }
    }

    @Test func `vulnerabilities are counted by resource and severity`() throws {
        let fixable = BetaOccurrence.v1(try JSONReader.value(from: Self.occurrence))
        let other: Value = [
            "resourceUri": "a",
            "vulnerability": ["severity": "CRITICAL", "packageIssue": [["fixedVersion": ["kind": "MAXIMUM"]]]],
        ]
        var summary = VulnerabilitySummary()
        for document in [fixable, fixable, other, ["resourceUri": "a", "build": [:]]] { summary.add(document) }
        #expect(
            summary.rows.map { "\($0.resource) \($0.severity) \($0.fixable)/\($0.total)" }
                == ["a CRITICAL 0/1", "https://r/cart@sha256:9f MEDIUM 2/2"])
    }
}
