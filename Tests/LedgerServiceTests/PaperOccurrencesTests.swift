import Attestations
import Documents
import Grafeas
import Ledger
import MetadataRules
import SwiftProtobuf
import Testing
import WaybillCore

@testable import LedgerService

/// The installation's own papers, as a Grafeas client sees them.
struct PaperOccurrencesTests {
    static let image = Digest.sha256(of: Array("image".utf8))
    static let uri = "https://127.0.0.1:5000/shop@\(image)"
    static let reader = LedgerHouse.anna

    static func paper(
        _ type: String, _ predicate: Value, name: String = "shop", at second: Int64 = 1, subjects more: [String] = []
    ) -> Paper {
        let statement = Statement(
            subjects: [.init(name: name, digest: image)] + more.map { .init(name: $0, digest: ["gitCommit": $0]) },
            predicateType: type, predicate: predicate)
        let envelope = Envelope(
            payloadType: Statement.payloadType, payload: statement.bytes,
            signatures: [.init(keyID: "SHA256:k", bytes: [1, 2, 3])])
        return Paper(
            id: envelope.digest, subject: image.description, predicateType: type,
            recorded: Instant(milliseconds: second * 1000), envelope: envelope)
    }

    static let provenance = Provenance(
        buildType: "https://waybill.dev/build/containerfile/v1", externalParameters: ["repository": "shop"],
        internalParameters: ["isolation": "namespaces"],
        resolvedDependencies: [
            ResourceDescriptor(uri: "git+waybill:shop", digest: ["gitCommit": String(repeating: "a", count: 40)])
        ], builderID: "https://waybill.dev/builder", builderVersion: ["builder": "1"], invocationID: "i",
        started: Timestamp(seconds: 1), finished: Timestamp(seconds: 2))

    static let scan = VulnerabilityScan(
        scannerURI: "https://waybill.dev/scanner",
        results: [
            .init(
                id: "CVE-2026-1", severity: .critical, package: "pkg:npm/%40shop/cart@1.2.3", fixedVersion: "1.2.4"),
            .init(id: "GHSA-x/y", severity: .unknown),
        ], finished: Timestamp(seconds: 3))

    private func filled(_ papers: [Paper]) async throws -> (house: LedgerHouse, ledger: SQLiteLedger) {
        let house = LedgerHouse()
        let ledger = try SQLiteLedger(path: nil)
        try await ledger.record(papers)
        try await PaperOccurrences(
            ledger: ledger, store: house.service.store, storeName: "own", host: "127.0.0.1:5000"
        ).follow()
        return (house, ledger)
    }

    private func list(_ house: LedgerHouse, _ filter: String) async throws -> [V1Occurrence] {
        try await house.service.listOccurrences(
            V1Flavor.self, parent: "projects/waybill", filter: filter, pageSize: 100, pageToken: "", Self.reader
        ).occurrences
    }

    @Test func `every paper is an occurrence with its envelope, byte for byte`() async throws {
        let papers = [
            Self.paper(PredicateType.testResult, ["result": "PASSED"]),
            Self.paper("https://example.com/own type/v1", ["a": 1], subjects: [String(repeating: "b", count: 40)]),
        ]
        let (house, _) = try await filled(papers)
        let found = try await list(house, #"kind="DSSE_ATTESTATION""#)
        #expect(found.count == 3)
        #expect(found.map(\.resourceUri) == [Self.uri, Self.uri, "gitCommit:\(String(repeating: "b", count: 40))"])
        #expect(found.map(\.noteName)[0] == "projects/waybill/notes/test-result")
        #expect(found.map(\.noteName)[1] == "projects/waybill/notes/https---example.com-own-type-v1")
        let envelope = found[0].dsseAttestation.envelope
        #expect(Array(envelope.payload) == papers[0].envelope.payload)
        #expect(Array(envelope.signatures[0].sig) == [1, 2, 3] && envelope.signatures[0].keyid == "SHA256:k")
        let note = try await house.service.getNote(V1Flavor.self, name: found[0].noteName, Self.reader)
        #expect(note.dsseAttestation.hint.humanReadableName == "test-result")
        #expect(found[0].createTime.seconds == 1)
    }

    @Test func `provenance is a build, a scan is a discovery with its weaknesses, a deployment is one`() async throws {
        let deployment = DeploymentReport(
            environment: "production", repository: "shop-environments", revision: "abc", manifests: Self.image,
            applied: ["Deployment/shop/cart"], time: Timestamp(seconds: 9))
        let (house, _) = try await filled([
            Self.paper(PredicateType.provenance, Self.provenance.value),
            Self.paper(PredicateType.vulnerabilities, Self.scan.value),
            Self.paper(PredicateType.deployment, deployment.value, name: "127.0.0.1:5000/shop@\(Self.image)"),
        ])
        let build = try #require(try await list(house, #"kind="BUILD" AND resourceUrl="\#(Self.uri)""#).first)
        let held = build.build.inTotoSlsaProvenanceV1
        #expect(held.predicate.runDetails.builder.id == "https://waybill.dev/builder")
        #expect(held.subject.map(\.name) == ["shop"])
        let discovery = try #require(try await list(house, #"kind="DISCOVERY""#).first)
        #expect(discovery.discovery.analysisStatus == .finishedSuccess && discovery.resourceUri == Self.uri)
        let weaknesses = try await list(house, #"kind="VULNERABILITY""#)
        #expect(weaknesses.map(\.noteName) == ["CVE-2026-1", "GHSA-x-y"].map { "projects/waybill/notes/\($0)" })
        let issue = try #require(weaknesses[0].vulnerability.packageIssue.first)
        #expect(issue.affectedPackage == "@shop/cart" && issue.affectedVersion.name == "1.2.3")
        #expect(issue.fixedVersion.name == "1.2.4" && weaknesses[0].vulnerability.effectiveSeverity == .critical)
        #expect(weaknesses[1].vulnerability.packageIssue[0].fixedVersion.kind == .maximum)
        let deployed = try #require(try await list(house, #"kind="DEPLOYMENT""#).first)
        #expect(deployed.deployment.deployTime.seconds == 9 && deployed.resourceUri == Self.uri)
        #expect(deployed.deployment.address == "production")
    }

    @Test func `following again makes nothing twice, whatever was forgotten`() async throws {
        let papers = [Self.paper(PredicateType.vulnerabilities, Self.scan.value)]
        let (house, ledger) = try await filled(papers)
        let before = try await list(house, "")
        // A process that was killed before it remembered where it was.
        try await PaperOccurrences(
            ledger: ledger, store: house.service.store, storeName: "another name", host: "127.0.0.1:5000"
        ).follow()
        #expect(try await list(house, "") == before)
        // A later scan of the same image: its weaknesses are known, the scan is new.
        try await ledger.record([Self.paper(PredicateType.vulnerabilities, Self.scan.value, name: "shop@x", at: 5)])
        try await PaperOccurrences(
            ledger: ledger, store: house.service.store, storeName: "own", host: "127.0.0.1:5000"
        ).follow()
        #expect(try await list(house, #"kind="VULNERABILITY""#).count == 2)
        #expect(try await list(house, #"kind="DISCOVERY""#).count == 2)
    }

    @Test func `a paper that says nothing of its kind is shown by its envelope, and hides no other`() async throws {
        var odd = Self.paper(PredicateType.vulnerabilities, ["scanner": "no"])
        var text = Self.paper(PredicateType.testResult, ["result": "PASSED"], at: 2)
        text.envelope.payload = Array("no statement".utf8)
        text.id = text.envelope.digest
        odd.recorded = Instant(milliseconds: 1)
        let good = Self.paper(PredicateType.posture, ["result": "PASSED"], at: 3)
        let (house, _) = try await filled([odd, text, good])
        let found = try await list(house, "")
        #expect(found.contains { $0.resourceUri == Self.image.description })
        #expect(found.contains { $0.noteName == "projects/waybill/notes/posture" })
        #expect(found.count { $0.noteName == "projects/waybill/notes/vulnerabilities" } == 1)
        #expect(!found.contains { $0.kind == .discovery })
    }

    @Test(arguments: [
        ("CVE-2021-1", "CVE-2021-1"), ("a/b c", "a-b-c"), ("", "other"), ("..", "other"), ("é", "--"),
    ])
    func `whatever a type is called, its note has a name`(text: String, slug: String) throws {
        #expect(PaperNote.slug(text) == slug)
        #expect(throws: Never.self) { try MetadataName(note: "projects/waybill/notes/\(PaperNote.slug(text))") }
    }

    @Test func `attestations of an image are found under each spelling of it, and nobody else's`() async throws {
        let house = LedgerHouse()
        let payload = Array("payload".utf8)
        func record(_ name: String, _ uri: String, project: String = "shop") throws -> MetadataRecord {
            var message = V1Occurrence()
            message.name = "projects/\(project)/occurrences/\(name)"
            message.resourceUri = uri
            message.noteName = "projects/shop/notes/qa"
            message.attestation.serializedPayload = .init(payload)
            message.attestation.signatures = [.with { $0.signature = .init([7]) }]
            return MetadataRecord(
                kind: .occurrence, name: message.name, project: project, note: message.noteName, resource: uri,
                noteKind: 7, created: Instant(milliseconds: 1), updated: Instant(milliseconds: 1),
                body: try StoredMetadata.body(message, .v1))
        }
        try await house.service.store.create([
            try record("a", Self.uri), try record("b", "127.0.0.1:5000/shop@\(Self.image)"),
            try record("c", "https://127.0.0.1:5000/shop@\(Digest.sha256(of: [1]))"),
            try record("d", Self.uri, project: "waybill"),
        ])
        let found = try await AttestationOccurrences(house.service.store).all(
            of: "127.0.0.1:5000/shop:1.0@\(Self.image)", Self.image)
        #expect(found.attestations.count == 2)
        let plain = try await AttestationOccurrences(house.service.store).all(
            of: "127.0.0.1:5000/shop@\(Self.image)", Self.image)
        #expect(plain.attestations.count == 2)
        #expect(plain.attestations.allSatisfy { $0.payload == payload && $0.note == "projects/shop/notes/qa" })
    }
}
