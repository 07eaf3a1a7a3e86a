import Documents
import Grafeas
import Ledger
public import MetadataRules
import WaybillCore

extension MetadataService {
    public func createNote<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, id: String, note: F.Note, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> F.Note {
        try await createNotes(flavor, parent: parent, notes: [(id, note)], caller)[0]
    }

    public func batchCreateNotes<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, notes: [String: F.Note], _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> [F.Note] {
        guard !notes.isEmpty else { throw LedgerFailure(.invalidArgument, "at least one note must be specified") }
        guard notes.count <= Self.batchMax else {
            throw LedgerFailure(
                .invalidArgument, "\(notes.count) notes are too many, at most \(Self.batchMax) are taken")
        }
        let ordered = notes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
        return try await createNotes(flavor, parent: parent, notes: ordered, caller)
    }

    private func createNotes<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, notes: [(id: String, note: F.Note)], _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> [F.Note] {
        try refuseMoment(caller)
        let parent = try checked { () throws(WaybillError) in try MetadataName(parent: parent) }
        var prepared: [(name: MetadataName, note: F.Note, document: Value)] = []
        for (id, note) in notes {
            let name = try checked { () throws(WaybillError) in try parent.child(.notes, id) }
            let document = try checked { () throws(WaybillError) in try MessageJSON.document(note) }
            try await require(
                caller, .notesCreate, project: name.project, note: name.description,
                kind: MetadataValidation.kindHeld(byNote: document, in: F.version))
            prepared.append((name, note, document))
        }
        let moment = now()
        var records: [MetadataRecord] = []
        var result: [F.Note] = []
        for (name, written, document) in prepared {
            var note = written
            let kind = try checked { () throws(WaybillError) in
                try MetadataValidation.kind(ofNote: document, in: F.version)
            }
            note.name = name.description
            note.createTime = Self.timestamp(moment)
            note.updateTime = note.createTime
            note.setKind(kind)
            let body = try checked { () throws(WaybillError) in try StoredMetadata.body(note, F.version) }
            records.append(
                MetadataRecord(
                    kind: .note, name: note.name, project: name.project, noteKind: kind.number, created: moment,
                    updated: moment, body: body))
            result.append(note)
        }
        try await ensureProject(of: parent, caller)
        try await create(records, naming: [parent.projectName])
        return result
    }

    public func getNote<F: MetadataFlavor>(
        _ flavor: F.Type, name: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> F.Note {
        let name = try checked { () throws(WaybillError) in try MetadataName(note: name) }
        try await require(caller, .notesGet, project: name.project, note: name.description)
        return try note(try await record(name.description, .note, caller), as: flavor)
    }

    private func note<F: MetadataFlavor>(
        _ record: MetadataRecord, as flavor: F.Type
    ) throws(LedgerFailure) -> F.Note {
        let kind = Self.kind(of: record)
        guard kind.map(F.hasNotes) ?? false else {
            throw LedgerFailure(
                .failedPrecondition,
                "\(record.name) is of kind \(kind?.name ?? "unknown"), which \(F.version.rawValue) does not have")
        }
        return try checked { () throws(WaybillError) in try StoredMetadata.note(record, as: flavor) }
    }

    public func updateNote<F: MetadataFlavor>(
        _ flavor: F.Type, name: String, note update: F.Note, mask: UpdateMask, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> F.Note {
        try refuseMoment(caller)
        let name = try checked { () throws(WaybillError) in try MetadataName(note: name) }
        try await require(caller, .notesUpdate, project: name.project, note: name.description)
        let old = try await record(name.description, .note, caller)
        let kind = Self.kind(of: old)
        try await require(caller, .notesUpdate, project: name.project, note: name.description, kind: kind)
        let stored = try note(old, as: flavor)
        try refuseLoss(old, flavor)
        var merged = try checked { () throws(WaybillError) in
            let document = try mask.merge(
                MessageJSON.document(update), into: MessageJSON.document(stored), as: F.Note.self)
            let held = try MetadataValidation.kind(ofNote: document, in: F.version)
            guard held == kind else {
                throw WaybillError(.invalidInput, "the kind of a note cannot be changed", subject: name.description)
            }
            return try MessageJSON.message(F.Note.self, from: document)
        }
        var new = old
        new.updated = max(now(), old.updated)
        merged.updateTime = Self.timestamp(new.updated)
        new.body = try checked { () throws(WaybillError) in try StoredMetadata.body(merged, F.version) }
        try await failing { [new] () async throws(WaybillError) in try await store.update(new, replacing: old) }
        return merged
    }

    func refuseLoss<F: MetadataFlavor>(_ record: MetadataRecord, _ flavor: F.Type) throws(LedgerFailure) {
        let isWhole = try checked { () throws(WaybillError) in try StoredMetadata.isWhole(record, as: flavor) }
        guard isWhole else {
            throw LedgerFailure(
                .failedPrecondition,
                "\(record.name) says more than \(F.version.rawValue) has fields for; update it through the other version"
            )
        }
    }

    /// Refused while there are occurrences of the note: they would say nothing any more.
    public func deleteNote(name: String, _ caller: LedgerCaller) async throws(LedgerFailure) {
        try refuseMoment(caller)
        let name = try checked { () throws(WaybillError) in try MetadataName(note: name) }
        try await require(caller, .notesDelete, project: name.project, note: name.description)
        let old = try await record(name.description, .note, caller)
        try await require(
            caller, .notesDelete, project: name.project, note: name.description, kind: Self.kind(of: old))
        try await deleteUnused(name.description, "still has occurrences")
    }
}
