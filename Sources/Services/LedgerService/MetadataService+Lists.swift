import Documents
import Grafeas
import Ledger
import MetadataFilters
public import MetadataRules
import WaybillCore

extension MetadataService {
    /// Items of a page where the client does not say, and the most that it gets.
    static let pageSizeDefault = 20
    static let pageSizeMax = 1000
    /// Records that one call looks at; a page may be short, and its token goes on from there.
    static let scanMax = 20_000

    static func filter(
        _ text: String, _ resolve: @escaping (FieldPath) -> FieldPath?
    ) throws(LedgerFailure) -> MetadataFilter? {
        guard !text.isEmpty else { return nil }
        do throws(FilterError) { return try MetadataFilter(text, resolve: resolve) } catch {
            throw LedgerFailure(WaybillError(error))
        }
    }

    /// Collects what `take` makes of the query's records, in the order of their creation.
    func list<Item: Sendable>(
        _ query: MetadataQuery?, _ request: [String], _ pageSize: Int, _ pageToken: String, _ caller: LedgerCaller,
        take: (MetadataRecord) throws(LedgerFailure) -> Item?
    ) async throws(LedgerFailure) -> (items: [Item], next: String) {
        guard pageSize >= 0 else { throw LedgerFailure(.invalidArgument, "page_size is negative") }
        let size = pageSize == 0 ? Self.pageSizeDefault : min(pageSize, Self.pageSizeMax)
        let identity = request + [caller.moment.map { "\($0.milliseconds)" } ?? ""]
        var cursor = try PageToken(pageToken, for: identity).map { MetadataCursor(position: $0.position) }
        guard let query else { return ([], "") }
        var items: [Item] = []
        var scanned = 0
        while true {
            let limit = min(max(size - items.count, scanned == 0 ? 1 : 200), Self.pageSizeMax)
            let page = try await page(query, cursor, limit, caller)
            for (index, record) in page.records.enumerated() {
                guard let item = try take(record) else { continue }
                items.append(item)
                guard items.count == size, index < page.records.count - 1 else { continue }
                // The page is full before its records end: ask where this record stands.
                let exact = try await self.page(query, cursor, index + 1, caller)
                guard let next = exact.next else { return (items, "") }
                return (items, PageToken(position: next.position).text(for: identity))
            }
            scanned += page.records.count
            guard let next = page.next else { return (items, "") }
            cursor = next
            guard items.count < size, scanned < Self.scanMax else {
                return (items, PageToken(position: next.position).text(for: identity))
            }
        }
    }

    private func page(
        _ query: MetadataQuery, _ cursor: MetadataCursor?, _ limit: Int, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> MetadataPage {
        try await failing { () async throws(WaybillError) in
            try await store.records(query, after: cursor, limit: limit, asOf: caller.moment)
        }
    }

    public func listNotes<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, filter: String, pageSize: Int, pageToken: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> (notes: [F.Note], next: String) {
        let parent = try checked { () throws(WaybillError) in try MetadataName(parent: parent) }
        try await require(caller, .notesList, project: parent.project)
        let parsed = try Self.filter(filter) { MetadataColumns.note($0, F.self) }
        var query: MetadataQuery? = MetadataQuery(kind: .note, project: parent.project)
        if let parsed {
            let narrowing = FilterNarrowing(parsed, columns: MetadataColumns.columns(F.self))
            query = Self.narrowed(query, narrowing)
        }
        let page = try await list(
            query, ["notes", F.version.rawValue, parent.parent, filter], pageSize, pageToken, caller
        ) { (record: MetadataRecord) throws(LedgerFailure) -> F.Note? in
            guard Self.isBelow(parent, record), Self.kind(of: record).map(F.hasNotes) ?? false else { return nil }
            let note = try self.checked { () throws(WaybillError) in try StoredMetadata.note(record, as: F.self) }
            guard let parsed else { return note }
            let document = try self.checked { () throws(WaybillError) in try MessageJSON.document(note) }
            return parsed.matches(MetadataColumns.document(document, of: record)) ? note : nil
        }
        return (page.items, page.next)
    }

    public func listOccurrences<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, filter: String, pageSize: Int, pageToken: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> (occurrences: [F.Occurrence], next: String) {
        let parent = try checked { () throws(WaybillError) in try MetadataName(parent: parent) }
        try await require(caller, .occurrencesList, project: parent.project)
        let query = MetadataQuery(kind: .occurrence, project: parent.project)
        return try await occurrences(
            flavor, query, ["occurrences", parent.parent], filter, pageSize, pageToken, caller
        ) { Self.isBelow(parent, $0) }
    }

    public func listNoteOccurrences<F: MetadataFlavor>(
        _ flavor: F.Type, name: String, filter: String, pageSize: Int, pageToken: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> (occurrences: [F.Occurrence], next: String) {
        let note = try checked { () throws(WaybillError) in try MetadataName(note: name) }
        try await require(caller, .notesListOccurrences, project: note.project, note: note.description)
        _ = try await record(note.description, .note, caller)
        var query = MetadataQuery(kind: .occurrence)
        query.notes = [note.description]
        return try await occurrences(
            flavor, query, ["noteOccurrences", note.description], filter, pageSize, pageToken, caller
        ) { _ in true }
    }

    private func occurrences<F: MetadataFlavor>(
        _ flavor: F.Type, _ query: MetadataQuery, _ request: [String], _ filter: String, _ pageSize: Int,
        _ pageToken: String, _ caller: LedgerCaller, where isWanted: (MetadataRecord) -> Bool
    ) async throws(LedgerFailure) -> (occurrences: [F.Occurrence], next: String) {
        let parsed = try Self.filter(filter) { MetadataColumns.occurrence($0, F.self) }
        var narrowed: MetadataQuery? = query
        if let parsed {
            narrowed = Self.narrowed(query, FilterNarrowing(parsed, columns: MetadataColumns.columns(F.self)))
        }
        let page = try await list(
            narrowed, request + [F.version.rawValue, filter], pageSize, pageToken, caller
        ) { (record: MetadataRecord) throws(LedgerFailure) -> F.Occurrence? in
            guard isWanted(record), Self.kind(of: record).map(F.hasOccurrences) ?? false else { return nil }
            let occurrence = try self.checked { () throws(WaybillError) in
                try StoredMetadata.occurrence(record, as: F.self)
            }
            guard let parsed else { return occurrence }
            let document = try self.checked { () throws(WaybillError) in try MessageJSON.document(occurrence) }
            return parsed.matches(MetadataColumns.document(document, of: record)) ? occurrence : nil
        }
        return (page.items, page.next)
    }

    /// v1beta1's counts of vulnerabilities by resource and severity.
    public func vulnerabilitySummary(
        parent: String, filter: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> VulnerabilitySummary {
        let text = filter.isEmpty ? #"kind="VULNERABILITY""# : filter
        var summary = VulnerabilitySummary()
        var token = ""
        repeat {
            let page = try await listOccurrences(
                BetaFlavor.self, parent: parent, filter: text, pageSize: Self.pageSizeMax, pageToken: token, caller)
            for occurrence in page.occurrences {
                let document = try checked { () throws(WaybillError) in try MessageJSON.document(occurrence) }
                summary.add(BetaOccurrence.v1(document))
            }
            token = page.next
        } while !token.isEmpty
        return summary
    }

    // MARK: narrowing

    static func kind(of record: MetadataRecord) -> GrafeasKind? { GrafeasKind.numbered(record.noteKind) }

    /// Lists are about one parent: a project, or a location in it.
    private static func isBelow(_ parent: MetadataName, _ record: MetadataRecord) -> Bool {
        let rest = record.name.utf8.dropFirst(parent.parent.utf8.count)
        return record.name.utf8.starts(with: parent.parent.utf8)
            && (rest.starts(with: "/notes/".utf8) || rest.starts(with: "/occurrences/".utf8))
    }

    /// Nil where the filter can match nothing.
    private static func narrowed(_ query: MetadataQuery?, _ narrowing: FilterNarrowing) -> MetadataQuery? {
        guard var query else { return nil }
        if query.kind == .occurrence {
            query.resources = narrowing.resources
            if let notes = narrowing.notes {
                query.notes =
                    query.notes.map { wanted in
                        wanted.filter { name in notes.contains { $0.utf8.elementsEqual(name.utf8) } }
                    } ?? notes
            }
        }
        query.noteKinds = narrowing.kinds.map { names in
            names.compactMap { name in GrafeasKind.named(name)?.number }
        }
        query.createdFrom = narrowing.createdFrom.map { Instant(milliseconds: $0) }
        query.createdBefore = narrowing.createdBefore.map { Instant(milliseconds: $0) }
        let isImpossible =
            query.resources?.isEmpty == true || query.notes?.isEmpty == true || query.noteKinds?.isEmpty == true
        return isImpossible ? nil : query
    }
}
