import Documents
import Grafeas
import MetadataRules
import Testing
import WaybillCore

struct ValidationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        /// The kind, or what the message says is wrong.
        var outcome: String
        init(_ text: String, _ outcome: String) { (self.text, self.outcome) = (text, outcome) }
        var testDescription: String { text }
    }

    private func outcome(_ body: () throws(WaybillError) -> GrafeasKind) -> String {
        do { return try body().name } catch {
            #expect(error.code == .invalidInput)
            return error.message
        }
    }

    @Test(arguments: [
        Case(#"{}"#, "note is invalid: [type is required]"),
        Case(#"{"vulnerability":{}}"#, "VULNERABILITY"),
        Case(
            #"{"kind":"VULNERABILITY","vulnerability":{"details":[{"affectedCpeUri":"c","affectedPackage":"p","affectedVersionStart":{"kind":"MINIMUM"}}]}}"#,
            "VULNERABILITY"),
        Case(
            #"{"vulnerability":{"details":[{"affectedVersionStart":{"kind":"NORMAL"}}]}}"#,
            "note is invalid: [vulnerability.details[0].affected_cpe_uri is required, vulnerability.details[0].affected_package is required, vulnerability.details[0].affected_version_start.name is required]"
        ),
        Case(
            #"{"kind":"BUILD","vulnerability":{}}"#,
            "note is invalid: [kind is BUILD, but what is written is of kind VULNERABILITY]"),
        Case(#"{"build":{}}"#, "note is invalid: [build.builder_version is required]"),
        Case(#"{"build":{"builderVersion":"1"}}"#, "BUILD"),
        Case(#"{"image":{"resourceUrl":"u","fingerprint":{"v1Name":"n","v2Blob":["b"]}}}"#, "IMAGE"),
        Case(
            #"{"image":{"resourceUrl":"u","fingerprint":{"v1Name":"n","v2Blob":[""]}}}"#,
            "note is invalid: [image.fingerprint.v2_blob[0] cannot be empty]"),
        Case(#"{"image":{}}"#, "note is invalid: [image.resource_url is required, image.fingerprint is required]"),
        Case(#"{"package":{"name":"p","distribution":[{"cpeUri":"c"}]}}"#, "PACKAGE"),
        Case(
            #"{"package":{"distribution":[{}]}}"#,
            "note is invalid: [package.name is required, package.distribution[0].cpe_uri is required]"),
        Case(#"{"deployment":{"resourceUri":["r"]}}"#, "DEPLOYMENT"),
        Case(#"{"deployment":{}}"#, "note is invalid: [deployment.resource_uri is required]"),
        Case(#"{"discovery":{"analysisKind":"VULNERABILITY"}}"#, "DISCOVERY"),
        Case(#"{"discovery":{}}"#, "note is invalid: [discovery.analysis_kind is required]"),
        Case(#"{"attestation":{"hint":{"humanReadableName":"prod"}}}"#, "ATTESTATION"),
        Case(#"{"attestation":{"hint":{}}}"#, "note is invalid: [attestation.hint.human_readable_name is required]"),
        Case(#"{"upgrade":{"package":"p","version":{"kind":"NORMAL","name":"1"}}}"#, "UPGRADE"),
        Case(#"{"upgrade":{}}"#, "note is invalid: [upgrade.package or windows_update is required]"),
        Case(#"{"compliance":{"title":"t"}}"#, "COMPLIANCE"),
        Case(#"{"compliance":{}}"#, "note is invalid: [compliance.title is required]"),
        Case(#"{"dsseAttestation":{"hint":{"humanReadableName":"x"}}}"#, "DSSE_ATTESTATION"),
        Case(
            #"{"vulnerabilityAssessment":{"product":{"name":"p"},"assessment":{"vulnerabilityId":"CVE-1","state":"AFFECTED"}}}"#,
            "VULNERABILITY_ASSESSMENT"),
        Case(
            #"{"vulnerabilityAssessment":{"product":{"name":"p"},"assessment":{"cve":"CVE-1","state":"NOT_AFFECTED"}}}"#,
            "note is invalid: [vulnerability_assessment.assessment.justification is required]"),
        Case(#"{"sbomReference":{"format":"cyclonedx","version":"1.6"}}"#, "SBOM_REFERENCE"),
        Case(#"{"sbomReference":{"format":"cyclonedx"}}"#, "note is invalid: [sbom_reference.version is required]"),
        Case(#"{"secret":{}}"#, "SECRET"),
        Case(#"{"aiSkillAnalysis":{}}"#, "AI_SKILL_ANALYSIS"),
        Case(
            #"{"secret":{},"relatedNoteNames":["CVE-1"]}"#, "note is invalid: [related_note_names[0] is no note’s name]"
        ),
    ])
    func `a note of each kind says what it must`(_ example: Case) throws {
        let document = try JSONReader.value(from: example.text)
        #expect(outcome { () throws(WaybillError) in try MetadataValidation.kind(ofNote: document) } == example.outcome)
    }

    @Test(arguments: [
        Case(#""#, "occurrence is invalid: [details is required]"),
        Case(
            #""vulnerability":{"packageIssue":[{"affectedCpeUri":"c","affectedPackage":"p","affectedVersion":{"kind":"MINIMUM"},"fixedVersion":{"kind":"MAXIMUM"}}]}"#,
            "VULNERABILITY"),
        Case(#""vulnerability":{}"#, "occurrence is invalid: [vulnerability.package_issue is required]"),
        Case(
            #""vulnerability":{"packageIssue":[{"affectedCpeUri":"c","affectedPackage":"p","affectedVersion":{"kind":"MINIMUM"},"fixedVersion":{"kind":"NORMAL","name":"2"}}]}"#,
            "occurrence is invalid: [vulnerability.package_issue[0].fixed_cpe_uri is required, vulnerability.package_issue[0].fixed_package is required]"
        ),
        Case(#""build":{"provenance":{"id":"1"}}"#, "BUILD"),
        Case(
            #""build":{"provenance":{"commands":[{}]}}"#,
            "occurrence is invalid: [build.provenance.id is required, build.provenance.commands[0].name is required]"),
        Case(#""image":{"fingerprint":{"v1Name":"n","v2Blob":["b"]},"layerInfo":[{"directive":"RUN"}]}"#, "IMAGE"),
        Case(#""image":{}"#, "occurrence is invalid: [image.fingerprint is required]"),
        Case(#""package":{"location":[{"cpeUri":"c"}]}"#, "PACKAGE"),
        Case(#""package":{}"#, "occurrence is invalid: [package.location is required]"),
        Case(#""deployment":{"deployTime":"2026-11-21T12:00:00Z"}"#, "DEPLOYMENT"),
        Case(#""deployment":{}"#, "occurrence is invalid: [deployment.deploy_time is required]"),
        Case(#""discovery":{}"#, "DISCOVERY"),
        Case(#""attestation":{"serializedPayload":"YQ==","signatures":[{"signature":"YQ=="}]}"#, "ATTESTATION"),
        Case(
            #""attestation":{"serializedPayload":"YQ=="}"#,
            "occurrence is invalid: [attestation.signatures or jwts is required]"),
        Case(#""upgrade":{"package":"p"}"#, "UPGRADE"),
        Case(
            #""compliance":{"nonCompliantFiles":[{}]}"#,
            "occurrence is invalid: [compliance.non_compliant_files[0].path or display_command is required]"),
        Case(#""compliance":{}"#, "COMPLIANCE"),
        Case(
            #""dsseAttestation":{"envelope":{"payload":"YQ==","payloadType":"t","signatures":[{"sig":"YQ=="}]}}"#,
            "DSSE_ATTESTATION"),
        Case(#""dsseAttestation":{}"#, "occurrence is invalid: [dsse_attestation.envelope is required]"),
        Case(
            #""sbomReference":{"payloadType":"t","payload":{"predicateType":"p","subject":[{"digest":{"sha256":"a"}}],"predicate":{"location":"l"}}}"#,
            "SBOM_REFERENCE"),
        Case(
            #""sbomReference":{}"#,
            "occurrence is invalid: [sbom_reference.payload_type is required, sbom_reference.payload is required]"),
        Case(#""secret":{"kind":"SECRET_KIND_UNKNOWN"}"#, "SECRET"),
        Case(#""secret":{}"#, "occurrence is invalid: [secret.kind is required]"),
        Case(#""aiSkillAnalysis":{"skillName":"s"}"#, "AI_SKILL_ANALYSIS"),
        Case(#""aiSkillAnalysis":{}"#, "occurrence is invalid: [ai_skill_analysis.skill_name is required]"),
        Case(
            #""discovery":{},"kind":"BUILD""#,
            "occurrence is invalid: [kind is BUILD, but what is written is of kind DISCOVERY]"),
    ])
    func `an occurrence of each kind says what it must`(_ example: Case) throws {
        let rest = example.text.isEmpty ? "" : "," + example.text
        let document = try JSONReader.value(from: #"{"resourceUri":"r","noteName":"projects/p/notes/n"\#(rest)}"#)
        #expect(
            outcome { () throws(WaybillError) in try MetadataValidation.kind(ofOccurrence: document) }
                == example.outcome)
    }

    @Test func `an occurrence names a resource and a note`() throws {
        #expect(
            outcome { () throws(WaybillError) in try MetadataValidation.kind(ofOccurrence: ["discovery": [:]]) }
                == "occurrence is invalid: [resource_uri is required, note_name is required]")
        #expect(
            outcome { () throws(WaybillError) in
                try MetadataValidation.kind(
                    ofOccurrence: ["discovery": [:], "resourceUri": "r", "noteName": "notes/n"])
            }.contains("note_name: “notes/n” is not of the form projects/PROJECT/notes/ID"))
    }
}
