import Documents
import Grafeas
import SwiftProtobuf
import Testing
import WaybillCore

struct MessageTests {
    static let occurrence = V1Occurrence.with {
        $0.name = "projects/shop/occurrences/1"
        $0.resourceUri = "https://registry.example/cart@sha256:9f"
        $0.noteName = "projects/shop/notes/CVE-2021-44228"
        $0.kind = .vulnerability
        $0.vulnerability.severity = .critical
        $0.vulnerability.packageIssue = [
            .with {
                $0.affectedCpeUri = "cpe:/o:debian:debian_linux:12"
                $0.affectedPackage = "log4j"
            }
        ]
    }

    @Test func `a message is the same after its JSON was read`() throws {
        let bytes = try MessageJSON.bytes(Self.occurrence)
        #expect(try MessageJSON.message(V1Occurrence.self, from: bytes) == Self.occurrence)
        let numbers = try MessageJSON.bytes(Self.occurrence, enumsAsNumbers: true)
        #expect(String(decoding: numbers, as: UTF8.self).contains(#""kind":1"#))
        #expect(try MessageJSON.message(V1Occurrence.self, from: numbers) == Self.occurrence)
    }

    @Test func `a message is the same after its bytes were read`() throws {
        let bytes: [UInt8] = try Self.occurrence.serializedBytes()
        #expect(try V1Occurrence(serializedBytes: bytes) == Self.occurrence)
    }

    @Test func `a field that there is not is refused by name`() {
        #expect {
            try MessageJSON.message(V1Note.self, from: Array(#"{"shortDescripton":"x"}"#.utf8))
        } throws: { error in
            (error as? WaybillError)?.message.contains("shortDescripton") ?? false
        }
    }

    @Test func `the tree of fields has JSON names and no defaults`() throws {
        let document = try MessageJSON.document(Self.occurrence)
        #expect(document["kind"] == "VULNERABILITY")
        #expect(document["vulnerability"]?["packageIssue"]?[0]?["affectedPackage"] == "log4j")
        #expect(document["remediation"] == nil)
    }

    @Test(arguments: [
        ("kind", true), ("vulnerability.severity", true), ("vulnerability.packageIssue.affectedPackage", true),
        ("build.provenance.buildOptions.anything", true), ("vulnerability.packageIssue", true),
        ("build.provenance.sourceProvenance.fileHashes.path.fileHash", true), ("severity", false),
        ("vulnerability.severty", false), ("kind.name", false), ("", false),
    ])
    func `fields are found through messages, lists and maps`(_ path: String, _ exists: Bool) {
        let names = path.split(separator: ".").map(String.init)
        #expect(MessageFields.has(names, in: V1Occurrence.self) == exists)
    }

    @Test(arguments: [
        ("shortDescription", true), ("vulnerability.severity", true), ("vulnerability.details", true),
        ("vulnerability.details.package", false), ("shortdescription", false),
    ])
    func `a mask does not reach into lists`(_ path: String, _ exists: Bool) {
        #expect(MessageFields.hasMaskable(path.split(separator: ".").map(String.init), in: V1Note.self) == exists)
    }

    @Test func `the kinds are those of the messages`() throws {
        for kind in GrafeasKind.all {
            for field in [kind.note].compactMap({ $0 }) { #expect(MessageFields.has([field], in: V1Note.self)) }
            for field in [kind.occurrence].compactMap({ $0 }) {
                #expect(MessageFields.has([field], in: V1Occurrence.self))
            }
            for field in [kind.betaNote].compactMap({ $0 }) {
                #expect(MessageFields.has([field], in: V1Beta1Note.self))
            }
            for field in [kind.betaOccurrence].compactMap({ $0 }) {
                #expect(MessageFields.has([field], in: V1Beta1Occurrence.self))
            }
            guard kind.number <= 100 else { continue }
            let document: Value = ["kind": .string(kind.name)]
            #expect(try MessageJSON.message(V1Note.self, from: document).kind.rawValue == Int(kind.number))
        }
        #expect(GrafeasKind.all.count(where: { $0.note != nil }) == 14)
    }
}
