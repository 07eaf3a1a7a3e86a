import Grafeas
import Ledger
import LedgerService
import MetadataRules
import SwiftProtobuf
import Testing
import WaybillCore

struct MetadataServiceTests {
    static let anna = LedgerHouse.anna

    @Test func `a note is made, read, changed and ended`() async throws {
        let house = LedgerHouse()
        let service = house.service
        let made = try await service.createNote(
            V1Flavor.self, parent: "projects/shop", id: "CVE-1", note: LedgerHouse.note, Self.anna)
        #expect(made.name == "projects/shop/notes/CVE-1" && made.kind == .vulnerability)
        #expect(made.createTime.seconds == 1_790_000_000 && made.updateTime == made.createTime)
        #expect(try await service.getNote(V1Flavor.self, name: made.name, Self.anna) == made)
        #expect(try await service.getProject("projects/shop", Self.anna) == "projects/shop")
        house.tick()
        let changed = try await service.updateNote(
            V1Flavor.self, name: made.name,
            note: .with { $0.longDescription = "long" }, mask: UpdateMask(paths: ["long_description"]), Self.anna)
        #expect(changed.shortDescription == "log4shell" && changed.longDescription == "long")
        #expect(changed.createTime == made.createTime && changed.updateTime.seconds == 1_790_000_001)
        try await service.deleteNote(name: made.name, Self.anna)
        let after = await failure { _ = try await service.getNote(V1Flavor.self, name: made.name, Self.anna) }
        #expect(after == .notFound)
    }

    @Test func `an occurrence needs its note, of its kind`() async throws {
        let service = try await LedgerHouse().filled(1)
        let absent = await failure {
            _ = try await service.createOccurrence(
                V1Flavor.self, parent: "projects/shop",
                occurrence: LedgerHouse.occurrence("r", note: "projects/shop/notes/none"), Self.anna)
        }
        #expect(absent == .notFound)
        let other = await failure {
            _ = try await service.createOccurrence(
                V1Flavor.self, parent: "projects/shop",
                occurrence: .with {
                    $0.resourceUri = "r"
                    $0.noteName = "projects/shop/notes/CVE-1"
                    $0.discovery.analysisStatus = .pending
                }, Self.anna)
        }
        #expect(other == .invalidArgument)
        let note = try await service.getOccurrenceNote(V1Flavor.self, name: "projects/shop/occurrences/o1", Self.anna)
        #expect(note.name == "projects/shop/notes/CVE-1")
        #expect(await failure { try await service.deleteNote(name: note.name, Self.anna) } == .failedPrecondition)
        #expect(await failure { try await service.deleteProject("projects/shop", Self.anna) } == .failedPrecondition)
    }

    @Test func `a batch is made whole or not at all`() async throws {
        let service = try await LedgerHouse().filled(0)
        let bad = await failure {
            _ = try await service.batchCreateOccurrences(
                V1Flavor.self, parent: "projects/shop",
                occurrences: [LedgerHouse.occurrence("a"), LedgerHouse.occurrence("")], Self.anna)
        }
        #expect(bad == .invalidArgument)
        let conflict = await failure {
            _ = try await service.batchCreateNotes(
                V1Flavor.self, parent: "projects/shop", notes: ["new": LedgerHouse.note, "CVE-1": LedgerHouse.note],
                Self.anna)
        }
        #expect(conflict == .alreadyExists)
        let page = try await service.listNotes(
            V1Flavor.self, parent: "projects/shop", filter: "", pageSize: 0, pageToken: "", Self.anna)
        #expect(page.notes.map(\.name) == ["projects/shop/notes/CVE-1"])
        let made = try await service.batchCreateOccurrences(
            V1Flavor.self, parent: "projects/shop",
            occurrences: [LedgerHouse.occurrence("a"), LedgerHouse.occurrence("b")], Self.anna)
        #expect(made.map(\.resourceUri) == ["a", "b"])
        let many = Array(repeating: LedgerHouse.occurrence("a"), count: MetadataService.batchMax + 1)
        let tooMany = await failure {
            _ = try await service.batchCreateOccurrences(
                V1Flavor.self, parent: "projects/shop", occurrences: many, Self.anna)
        }
        #expect(tooMany == .invalidArgument)
    }

    @Test(arguments: [
        ("", 10), (#"resourceUrl="r1""#, 3), (#"resource_url="r1""#, 3), (#"resourceUri="r1""#, 3),
        (#"resource_uri="r1" AND kind="VULNERABILITY""#, 3), (#"kind="BUILD""#, 0),
        (#"has_prefix(resourceUrl, "r")"#, 10), (#"noteProjectId="shop" AND noteId="CVE-1""#, 10),
        (#"noteId="CVE-2""#, 0), (#"resourceUri="r1" OR resourceUri="r2""#, 6),
        (#"vulnerability.packageIssue.affectedPackage="log4j" AND resourceUri!="r0""#, 6),
        (#"createTime>="2026-09-21T14:13:26Z""#, 5),
    ])
    func `lists are filtered and come page by page`(_ filter: String, _ count: Int) async throws {
        let service = try await LedgerHouse().filled(10)
        var names: [String] = []
        var token = ""
        var pages = 0
        repeat {
            let page = try await service.listOccurrences(
                V1Flavor.self, parent: "projects/shop", filter: filter, pageSize: 2, pageToken: token, Self.anna)
            #expect(page.occurrences.count <= 2)
            names += page.occurrences.map(\.name)
            token = page.next
            pages += 1
        } while !token.isEmpty && pages < 20
        #expect(names.count == count && Set(names).count == count)
    }

    @Test func `a page token belongs to its list`() async throws {
        let service = try await LedgerHouse().filled(3)
        let page = try await service.listOccurrences(
            V1Flavor.self, parent: "projects/shop", filter: "", pageSize: 1, pageToken: "", Self.anna)
        #expect(!page.next.isEmpty)
        for (filter, token) in [("kind=VULNERABILITY", page.next), ("", page.next + "A"), ("", "zzzz")] {
            let refused = await failure {
                _ = try await service.listOccurrences(
                    V1Flavor.self, parent: "projects/shop", filter: filter, pageSize: 1, pageToken: token, Self.anna)
            }
            #expect(refused == .invalidArgument)
        }
        let other = await failure {
            _ = try await service.listNoteOccurrences(
                V1Flavor.self, name: "projects/shop/notes/CVE-1", filter: "", pageSize: 1, pageToken: page.next,
                Self.anna)
        }
        #expect(other == .invalidArgument)
    }

    @Test func `filters with mistakes are refused`() async throws {
        let service = try await LedgerHouse().filled(1)
        for filter in ["kind=", "resourceUro=\"r\"", "severity=HIGH", "nothing(kind)"] {
            let refused = await failure {
                _ = try await service.listOccurrences(
                    V1Flavor.self, parent: "projects/shop", filter: filter, pageSize: 1, pageToken: "", Self.anna)
            }
            #expect(refused == .invalidArgument, "\(filter)")
        }
    }

    @Test func `reads answer as of a moment`() async throws {
        let house = LedgerHouse()
        let service = try await house.filled(2)
        let before = house.tick()
        try await service.deleteOccurrence(name: "projects/shop/occurrences/o1", Self.anna)
        _ = try await service.updateNote(
            V1Flavor.self, name: "projects/shop/notes/CVE-1", note: .with { $0.shortDescription = "new" },
            mask: UpdateMask(paths: []), Self.anna)
        let then = LedgerCaller(identity: Identity("anna"), moment: before)
        #expect(
            try await service.getNote(V1Flavor.self, name: "projects/shop/notes/CVE-1", then).shortDescription
                == "log4shell")
        #expect(
            try await service.getOccurrence(V1Flavor.self, name: "projects/shop/occurrences/o1", then).resourceUri
                == "r0")
        let past = try await service.listOccurrences(
            V1Flavor.self, parent: "projects/shop", filter: "", pageSize: 0, pageToken: "", then)
        let present = try await service.listOccurrences(
            V1Flavor.self, parent: "projects/shop", filter: "", pageSize: 0, pageToken: "", Self.anna)
        #expect(past.occurrences.count == 2 && present.occurrences.count == 1)
        let write = await failure {
            try await service.deleteOccurrence(name: "projects/shop/occurrences/o2", then)
        }
        #expect(write == .invalidArgument)
    }

    @Test func `projects and locations do not see one another`() async throws {
        let service = try await LedgerHouse().filled(2)
        for parent in ["projects/sho", "projects/shop2", "projects/shop/locations/eu"] {
            _ = try await service.createOccurrence(
                V1Flavor.self, parent: parent, occurrence: LedgerHouse.occurrence("x"), Self.anna)
            let page = try await service.listOccurrences(
                V1Flavor.self, parent: parent, filter: "", pageSize: 0, pageToken: "", Self.anna)
            #expect(page.occurrences.count == 1, "\(parent)")
        }
        let own = try await service.listOccurrences(
            V1Flavor.self, parent: "projects/shop", filter: "", pageSize: 0, pageToken: "", Self.anna)
        #expect(own.occurrences.count == 2)
        let ofNote = try await service.listNoteOccurrences(
            V1Flavor.self, name: "projects/shop/notes/CVE-1", filter: "", pageSize: 0, pageToken: "", Self.anna)
        #expect(ofNote.occurrences.count == 5)
    }

    @Test func `an update changes neither kind nor note, and is checked like what is new`() async throws {
        let service = try await LedgerHouse().filled(1)
        let name = "projects/shop/occurrences/o1"
        let updates: [(V1Occurrence, [String])] = [
            (.with { $0.noteName = "projects/shop/notes/other" }, ["note_name"]),
            (.with { $0.discovery.analysisStatus = .pending }, ["*"]),
            (.with { $0.resourceUri = "" }, ["resource_uri"]),
            (.init(), ["vulnerability.package_issue"]), (.init(), ["nothing"]),
        ]
        for (update, paths) in updates {
            let refused = await failure {
                _ = try await service.updateOccurrence(
                    V1Flavor.self, name: name, occurrence: update, mask: UpdateMask(paths: paths), Self.anna)
            }
            #expect(refused == .invalidArgument, "\(paths)")
        }
        let changed = try await service.updateOccurrence(
            V1Flavor.self, name: name,
            occurrence: .with {
                $0.remediation = "update"
                $0.vulnerability.severity = .high
            }, mask: UpdateMask(paths: ["remediation", "vulnerability.severity"]), Self.anna)
        #expect(changed.remediation == "update" && changed.vulnerability.severity == .high)
        #expect(changed.vulnerability.packageIssue.count == 1 && changed.resourceUri == "r0")
    }

    @Test func `both versions of the API see what the other wrote`() async throws {
        let house = LedgerHouse()
        let service = try await house.filled(1)
        let beta = try await service.getOccurrence(BetaFlavor.self, name: "projects/shop/occurrences/o1", Self.anna)
        #expect(beta.resource.uri == "r0" && beta.kind == .vulnerability)
        #expect(beta.vulnerability.packageIssue.first?.affectedLocation.package == "log4j")
        let page = try await service.listOccurrences(
            BetaFlavor.self, parent: "projects/shop", filter: #"resource.uri="r0" AND kind="VULNERABILITY""#,
            pageSize: 0, pageToken: "", Self.anna)
        #expect(page.occurrences.count == 1)
        _ = try await service.createNote(
            BetaFlavor.self, parent: "projects/shop", id: "link",
            note: .with { $0.intoto.stepName = "build" }, Self.anna)
        #expect(
            try await service.getNote(BetaFlavor.self, name: "projects/shop/notes/link", Self.anna).intoto.stepName
                == "build")
        let missing = await failure {
            _ = try await service.getNote(V1Flavor.self, name: "projects/shop/notes/link", Self.anna)
        }
        #expect(missing == .failedPrecondition)
        let notes = try await service.listNotes(
            V1Flavor.self, parent: "projects/shop", filter: "", pageSize: 0, pageToken: "", Self.anna)
        #expect(notes.notes.map(\.name) == ["projects/shop/notes/CVE-1"])
        let summary = try await service.vulnerabilitySummary(parent: "projects/shop", filter: "", Self.anna)
        #expect(summary.rows.map(\.total) == [1])
    }
}
