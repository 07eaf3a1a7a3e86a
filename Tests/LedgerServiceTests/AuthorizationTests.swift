import Attestations
import Crypto
import Documents
import Foundation
import Grafeas
import Ledger
import LedgerService
import MetadataRules
import SwiftProtobuf
import Testing
import Trust
import WaybillCore

/// Every method by every role.
struct AuthorizationTests {
    enum Method: String, CaseIterable, Sendable {
        case createProject, getProject, listProjects, deleteProject
        case createNote, batchCreateNotes, getNote, listNotes, updateNote, deleteNote, listNoteOccurrences
        case createOccurrence, batchCreateOccurrences, getOccurrence, getOccurrenceNote, listOccurrences
        case updateOccurrence, deleteOccurrence, vulnerabilitySummary

        /// All of which the caller needs.
        var permissions: Set<LedgerPermission> {
            switch self {
            case .createProject: [.projectsCreate]
            case .getProject: [.projectsGet]
            case .listProjects: [.projectsList]
            case .deleteProject: [.projectsDelete]
            case .createNote, .batchCreateNotes: [.notesCreate]
            case .getNote: [.notesGet]
            case .listNotes: [.notesList]
            case .updateNote: [.notesUpdate]
            case .deleteNote: [.notesDelete]
            case .listNoteOccurrences: [.notesListOccurrences]
            case .createOccurrence, .batchCreateOccurrences: [.occurrencesCreate, .notesAttachOccurrence]
            case .getOccurrence: [.occurrencesGet]
            case .getOccurrenceNote: [.occurrencesGet, .notesGet]
            case .listOccurrences, .vulnerabilitySummary: [.occurrencesList]
            case .updateOccurrence: [.occurrencesUpdate, .notesAttachOccurrence]
            case .deleteOccurrence: [.occurrencesDelete, .notesAttachOccurrence]
            }
        }

        func call(_ service: MetadataService, _ caller: LedgerCaller) async throws {
            let parent = "projects/shop"
            let note = "projects/shop/notes/CVE-1"
            let occurrence = "projects/shop/occurrences/o1"
            switch self {
            case .createProject: _ = try await service.createProject("projects/new", caller)
            case .getProject: _ = try await service.getProject(parent, caller)
            case .listProjects: _ = try await service.listProjects(filter: "", pageSize: 0, pageToken: "", caller)
            case .deleteProject: try await service.deleteProject("projects/empty", caller)
            case .createNote:
                _ = try await service.createNote(
                    V1Flavor.self, parent: parent, id: "n", note: LedgerHouse.note, caller)
            case .batchCreateNotes:
                _ = try await service.batchCreateNotes(
                    V1Flavor.self, parent: parent, notes: ["m": LedgerHouse.note], caller)
            case .getNote: _ = try await service.getNote(V1Flavor.self, name: note, caller)
            case .listNotes:
                _ = try await service.listNotes(
                    V1Flavor.self, parent: parent, filter: "", pageSize: 0, pageToken: "", caller)
            case .updateNote:
                _ = try await service.updateNote(
                    V1Flavor.self, name: note, note: LedgerHouse.note, mask: UpdateMask(paths: []), caller)
            case .deleteNote: try await service.deleteNote(name: "projects/shop/notes/unused", caller)
            case .listNoteOccurrences:
                _ = try await service.listNoteOccurrences(
                    V1Flavor.self, name: note, filter: "", pageSize: 0, pageToken: "", caller)
            case .createOccurrence:
                _ = try await service.createOccurrence(
                    V1Flavor.self, parent: parent, occurrence: LedgerHouse.occurrence("r"), caller)
            case .batchCreateOccurrences:
                _ = try await service.batchCreateOccurrences(
                    V1Flavor.self, parent: parent, occurrences: [LedgerHouse.occurrence("r")], caller)
            case .getOccurrence: _ = try await service.getOccurrence(V1Flavor.self, name: occurrence, caller)
            case .getOccurrenceNote: _ = try await service.getOccurrenceNote(V1Flavor.self, name: occurrence, caller)
            case .listOccurrences:
                _ = try await service.listOccurrences(
                    V1Flavor.self, parent: parent, filter: "", pageSize: 0, pageToken: "", caller)
            case .updateOccurrence:
                _ = try await service.updateOccurrence(
                    V1Flavor.self, name: occurrence, occurrence: LedgerHouse.occurrence("r"),
                    mask: UpdateMask(paths: []), caller)
            case .deleteOccurrence: try await service.deleteOccurrence(name: occurrence, caller)
            case .vulnerabilitySummary:
                _ = try await service.vulnerabilitySummary(parent: parent, filter: "", caller)
            }
        }
    }

    static func house() async throws -> LedgerHouse {
        let roles = LedgerRole.builtIn.map { role in
            LedgerAccess.Binding(members: PatternList([role.name]), role: role)
        }
        let root = LedgerAccess.Binding(
            members: PatternList(["anna"]),
            role: LedgerRole(name: "root", permissions: Set(LedgerPermission.allCases)))
        let house = LedgerHouse(LedgerAccess(bindings: roles + [root]))
        let service = try await house.filled(1)
        _ = try await service.createProject("projects/empty", LedgerHouse.anna)
        _ = try await service.createNote(
            V1Flavor.self, parent: "projects/shop", id: "unused", note: LedgerHouse.note, LedgerHouse.anna)
        return house
    }

    @Test(arguments: Method.allCases)
    func `each role may call the method if its permissions say so, and each refusal is recorded`(
        _ method: Method
    ) async throws {
        for role in LedgerRole.builtIn {
            let house = try await Self.house()
            let outcome = await failure {
                try await method.call(house.service, LedgerCaller(identity: Identity(role.name), peer: "here"))
            }
            if method.permissions.isSubset(of: role.permissions) {
                #expect(outcome == nil, "\(role.name)")
                #expect(house.refusals.isEmpty)
            } else {
                #expect(outcome == .permissionDenied, "\(role.name)")
                #expect(house.refusals.map(\.actor) == [role.name])
                #expect(house.refusals.map(\.verdict) == ["deny"])
            }
        }
        let house = try await Self.house()
        #expect(
            await failure { try await method.call(house.service, LedgerCaller(identity: nil)) } == .unauthenticated)
        #expect(house.refusals.count == 1)
    }

    @Test func `an attestation is stored only with signatures that its note accepts`() async throws {
        let key = P256.Signing.PrivateKey()
        let authority = AttestationAuthority(
            notes: PatternList(["projects/shop/notes/built"]),
            keys: [TrustedKey(try PublicKey(pem: key.publicKey.pemRepresentation), name: "builder")])
        let house = LedgerHouse(
            LedgerAccess(bindings: LedgerAccess.everybodyKnown.bindings, authorities: [authority]))
        let service = house.service
        for note in ["built", "open"] {
            _ = try await service.createNote(
                V1Flavor.self, parent: "projects/shop", id: note,
                note: .with { $0.attestation.hint.humanReadableName = note }, LedgerHouse.anna)
        }
        func attest(_ note: String, _ key: P256.Signing.PrivateKey) async throws {
            let payload = Array("payload".utf8)
            let signature = try key.signature(for: payload)
            _ = try await service.createOccurrence(
                V1Flavor.self, parent: "projects/shop",
                occurrence: .with {
                    $0.resourceUri = "r"
                    $0.noteName = "projects/shop/notes/\(note)"
                    $0.attestation.serializedPayload = Data(payload)
                    $0.attestation.signatures = [.with { $0.signature = Data(signature.derRepresentation) }]
                }, LedgerHouse.anna)
        }
        try await attest("built", key)
        #expect(await failure { try await attest("built", P256.Signing.PrivateKey()) } == .invalidArgument)
        #expect(await failure { try await attest("open", key) } == .invalidArgument)
        #expect(house.refusals.map(\.action) == ["ledger.attestationRefused", "ledger.attestationRefused"])
        let forged = await failure {
            _ = try await service.updateOccurrence(
                V1Flavor.self, name: "projects/shop/occurrences/o1",
                occurrence: .with { $0.attestation.serializedPayload = Data("other".utf8) },
                mask: UpdateMask(paths: ["attestation.serialized_payload"]), LedgerHouse.anna)
        }
        #expect(forged == .invalidArgument)
    }

    @Test func `refusals of callers without a name are bounded, and what was left out is told`() async throws {
        let house = try await Self.house()
        let bounded = BoundedRefusals(house, burst: 3, perSecond: 1)
        func refuse(_ actor: String, at milliseconds: Int64) async throws {
            try await bounded.record(
                Event(
                    moment: Instant(milliseconds: milliseconds), actor: actor, action: "ledger.refused", subject: "s",
                    verdict: "deny", message: "no", detail: ["permission": ""]))
        }
        for _ in 0..<50 { try await refuse("nobody", at: 1_000) }
        #expect(house.refusals.count == 3)
        // A clock that goes back gives nothing.
        try await refuse("nobody", at: 0)
        #expect(house.refusals.count == 3)
        for _ in 0..<5 { try await refuse("anna", at: 1_000) }
        #expect(house.refusals.count == 8)
        try await refuse("nobody", at: 2_000)
        #expect(house.refusals.last?.detail["leftOut"] == .integer(48))
        try await refuse("nobody", at: 900_000)
        #expect(house.refusals.last?.detail["leftOut"] == nil && house.refusals.count == 10)
    }
}
