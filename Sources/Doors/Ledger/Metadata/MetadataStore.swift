public import WaybillCore

/// What a metadata resource is: a project, a note or an occurrence of the Grafeas API.
public enum MetadataKind: String, Hashable, Sendable, CaseIterable {
    case project, note, occurrence
}

/// A project, note or occurrence as a store keeps it: the columns that are searched, and the resource itself as bytes.
public struct MetadataRecord: Hashable, Sendable {
    public var kind: MetadataKind
    /// The whole name: `projects/shop`, `projects/shop/notes/CVE-2021-44228`, `projects/shop/occurrences/8f…`.
    public var name: String
    /// `shop`.
    public var project: String
    /// An occurrence's note by its whole name; empty for others.
    public var note: String
    /// An occurrence's `resource_uri`; empty for others.
    public var resource: String
    /// The note kind's number (`NoteKind`), 0 for projects.
    public var noteKind: Int32
    public var created: Instant
    public var updated: Instant
    /// The resource in the store's format, which the store does not read.
    public var body: [UInt8]

    public init(
        kind: MetadataKind, name: String, project: String, note: String = "", resource: String = "",
        noteKind: Int32 = 0, created: Instant, updated: Instant, body: [UInt8]
    ) {
        self.kind = kind
        self.name = name
        self.project = project
        self.note = note
        self.resource = resource
        self.noteKind = noteKind
        self.created = created
        self.updated = updated
        self.body = body
    }
}

/// Which records a list is about. Every field narrows it; nil does not. Columns only: what a filter says beyond them is
/// judged by the caller, page by page.
public struct MetadataQuery: Hashable, Sendable {
    public var kind: MetadataKind
    /// Nil lists across projects, which only projects themselves need.
    public var project: String?
    /// Whole names of notes, any of them.
    public var notes: [String]?
    /// Resource URIs, any of them.
    public var resources: [String]?
    /// Numbers of note kinds, any of them.
    public var noteKinds: [Int32]?
    /// Created at or after, and before.
    public var createdFrom: Instant?
    public var createdBefore: Instant?

    public init(kind: MetadataKind, project: String? = nil) {
        self.kind = kind
        self.project = project
    }
}

/// Where a list goes on: opaque to callers, stable while records are added and removed.
public struct MetadataCursor: Hashable, Sendable {
    /// The position of the last record that was given; records have rising positions in the order of their creation.
    public var position: Int64

    public init(position: Int64) { self.position = position }
}

/// A part of a list, in the order of creation.
public struct MetadataPage: Hashable, Sendable {
    public var records: [MetadataRecord]
    /// Where the next part begins; nil when this was the last.
    public var next: MetadataCursor?

    public init(records: [MetadataRecord], next: MetadataCursor?) {
        self.records = records
        self.next = next
    }
}

/// The place of projects, notes and occurrences: mutable to its callers, append-only underneath, so that every read can be
/// asked as of a moment.
public protocol MetadataStore: Sendable {
    /// Adds all of the records or none. Throws `.conflict` naming the first whose name exists, and `.notFound` where one of
    /// `names` does not stand at that moment: notes of occurrences, the project of what is made.
    func create(_ records: [MetadataRecord], naming names: [String]) async throws(WaybillError)

    /// Replaces the record of this name. Throws `.notFound`, or `.conflict` when it is no longer `old`.
    func update(_ record: MetadataRecord, replacing old: MetadataRecord) async throws(WaybillError)

    /// Ends the record of this name at the moment; its history stays. Throws `.notFound`. With `ifUnused` it throws
    /// `.conflict` while occurrences of a note, or notes and occurrences of a project, stand.
    func delete(_ name: String, at moment: Instant, ifUnused: Bool) async throws(WaybillError)

    /// The record as it stands, or as it stood at the moment; nil when there is or was none.
    func record(_ name: String, asOf moment: Instant?) async throws(WaybillError) -> MetadataRecord?

    /// At most `limit` records after the cursor, in the order of creation.
    func records(
        _ query: MetadataQuery, after cursor: MetadataCursor?, limit: Int, asOf moment: Instant?
    ) async throws(WaybillError) -> MetadataPage
}

extension MetadataStore {
    /// Adds all of the records or none, whatever they name.
    public func create(_ records: [MetadataRecord]) async throws(WaybillError) {
        try await create(records, naming: [])
    }

    /// Ends the record, whatever names it.
    public func delete(_ name: String, at moment: Instant) async throws(WaybillError) {
        try await delete(name, at: moment, ifUnused: false)
    }
}
