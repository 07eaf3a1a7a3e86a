/// What a caller may do with the ledger, in the words of the Grafeas API.
public enum LedgerPermission: String, Hashable, Sendable, CaseIterable {
    case projectsCreate = "projects.create"
    case projectsGet = "projects.get"
    case projectsList = "projects.list"
    case projectsDelete = "projects.delete"
    case notesCreate = "notes.create"
    case notesGet = "notes.get"
    case notesList = "notes.list"
    case notesUpdate = "notes.update"
    case notesDelete = "notes.delete"
    /// Saying that a note was found somewhere: asked beside the permission on occurrences.
    case notesAttachOccurrence = "notes.attachOccurrence"
    case notesListOccurrences = "notes.listOccurrences"
    case occurrencesCreate = "occurrences.create"
    case occurrencesGet = "occurrences.get"
    case occurrencesList = "occurrences.list"
    case occurrencesUpdate = "occurrences.update"
    case occurrencesDelete = "occurrences.delete"
}

/// A name for permissions that go together.
public struct LedgerRole: Hashable, Sendable {
    public var name: String
    public var permissions: Set<LedgerPermission>

    public init(name: String, permissions: Set<LedgerPermission>) {
        self.name = name
        self.permissions = permissions
    }

    private static let reading: Set<LedgerPermission> = [
        .projectsGet, .projectsList, .notesGet, .notesList, .notesListOccurrences, .occurrencesGet, .occurrencesList,
    ]

    /// The roles that need no declaration.
    public static let builtIn: [LedgerRole] = [
        LedgerRole(name: "viewer", permissions: reading),
        // Says of notes that others keep where they were found, and takes back what was said.
        LedgerRole(
            name: "attester",
            permissions: reading.union([
                .notesAttachOccurrence, .occurrencesCreate, .occurrencesUpdate, .occurrencesDelete,
            ])),
        LedgerRole(
            name: "noteEditor", permissions: reading.union([.notesCreate, .notesUpdate, .notesDelete])),
        LedgerRole(
            name: "editor",
            permissions: Set(LedgerPermission.allCases).subtracting([.projectsCreate, .projectsDelete])),
        LedgerRole(name: "admin", permissions: Set(LedgerPermission.allCases)),
    ]
}
