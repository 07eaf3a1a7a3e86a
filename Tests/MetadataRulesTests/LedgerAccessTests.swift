import Attestations
import Crypto
import Grafeas
import MetadataRules
import Testing
import Trust
import WaybillCore

struct LedgerAccessTests {
    /// What each built-in role may do; whatever is not listed it may not.
    static let table: [String: Set<LedgerPermission>] = {
        let reading: Set<LedgerPermission> = [
            .projectsGet, .projectsList, .notesGet, .notesList, .notesListOccurrences, .occurrencesGet,
            .occurrencesList,
        ]
        return [
            "viewer": reading,
            "attester": reading.union([
                .notesAttachOccurrence, .occurrencesCreate, .occurrencesUpdate, .occurrencesDelete,
            ]),
            "noteEditor": reading.union([.notesCreate, .notesUpdate, .notesDelete]),
            "editor": reading.union([
                .notesAttachOccurrence, .occurrencesCreate, .occurrencesUpdate, .occurrencesDelete, .notesCreate,
                .notesUpdate, .notesDelete,
            ]),
            "admin": Set(LedgerPermission.allCases),
        ]
    }()

    @Test(arguments: LedgerRole.builtIn.map(\.name), LedgerPermission.allCases)
    func `a role may what the table says and nothing else`(_ role: String, _ permission: LedgerPermission) throws {
        let access = try LedgerAccess(parsing: Array("bindings: [{members: [anna], role: \(role)}]".utf8))
        let question = LedgerAccess.Question(permission, project: "shop", note: "projects/shop/notes/n")
        #expect(access.allows(Identity("anna"), question) == Self.table[role]?.contains(permission))
        #expect(!access.allows(Identity("berta"), question))
        #expect(!access.allows(nil, question))
    }

    static let access = """
        roles:
          - name: scanner
            permissions: [occurrences.create, notes.attachOccurrence, occurrences.list]
        bindings:
          - members: ["*@shop"]
            role: viewer
            projects: [shop]
          - members: [ci@shop]
            role: scanner
            projects: ["shop", "team-*"]
            notes: ["projects/shop/notes/CVE-*"]
            kinds: [VULNERABILITY, DISCOVERY]
          - anyone: true
            role: viewer
            projects: [public]
        """

    @Test(
        arguments: [
            ("ci@shop", "occurrences.create", "shop", "projects/shop/notes/CVE-1", "VULNERABILITY", true),
            ("ci@shop", "occurrences.create", "team-a", "projects/shop/notes/CVE-1", "DISCOVERY", true),
            ("ci@shop", "occurrences.create", "shop", "projects/shop/notes/CVE-1", "ATTESTATION", false),
            ("ci@shop", "occurrences.create", "shop", "projects/shop/notes/built", "VULNERABILITY", false),
            ("ci@shop", "occurrences.create", "other", "projects/shop/notes/CVE-1", "VULNERABILITY", false),
            ("ci@shop", "occurrences.list", "shop", nil, nil, true),
            ("ci@shop", "occurrences.list", "team-a", nil, nil, false),
            ("anna@shop", "notes.get", "shop", "projects/shop/notes/built", nil, true),
            ("anna@shop", "notes.get", "public", "projects/public/notes/built", nil, true),
            ("anna@shop", "notes.update", "shop", "projects/shop/notes/built", nil, false),
            (nil, "notes.get", "public", "projects/public/notes/built", nil, true),
            (nil, "notes.get", "shop", "projects/shop/notes/built", nil, false),
            ("anna@shop.evil", "notes.get", "shop", "projects/shop/notes/built", nil, false),
        ] as [(String?, String, String, String?, String?, Bool)])
    func `bindings are bounded by project, note and kind`(
        _ identity: String?, _ permission: String, _ project: String, _ note: String?, _ kind: String?, _ may: Bool
    ) throws {
        let access = try LedgerAccess(parsing: Array(Self.access.utf8))
        let question = LedgerAccess.Question(
            try #require(LedgerPermission(rawValue: permission)), project: project, note: note,
            kind: kind.flatMap(GrafeasKind.named))
        #expect(access.allows(identity.map { Identity($0) }, question) == may)
    }

    @Test(arguments: [
        "bindings: [{members: [a], role: viwer}]", "bindings: [{role: viewer}]", "bindings: [{members: [a]}]",
        "bindings: [{members: [a], role: viewer, project: [x]}]",
        "bindings: [{members: [a], role: viewer, kinds: [VULN]}]",
        "roles: [{name: viewer, permissions: []}]", "roles: [{name: x, permissions: [notes.read]}]",
        "authorities: [{notes: [n]}]", "authorities: [{keys: []}]", "authorities: [{notes: [n], openPGP: [x]}]",
        "issuers: [{issuer: i, audience: a, keySet: {keys: []}}]", "binding: []", "[]",
    ])
    func `a file with a mistake is refused with its line`(_ text: String) {
        #expect {
            try LedgerAccess(parsing: Array(text.utf8), file: "own.yaml")
        } throws: { error in
            (error as? WaybillError).map { $0.description.contains("own.yaml") } ?? false
        }
    }

    @Test func `who lacks a permission is told which, and who is nobody is asked for a name`() {
        let access = LedgerAccess()
        #expect { try access.require(Identity("anna"), .init(.notesGet, project: "p")) } throws: { error in
            (error as? WaybillError)?.code == .forbidden && "\(error)".contains("notes.get")
        }
        #expect { try access.require(nil, .init(.notesGet, project: "p")) } throws: {
            ($0 as? WaybillError)?.code == .unauthenticated
        }
    }
}
