import Attestations
import Documents
import Grafeas
import Ledger
public import MetadataRules
import WaybillCore

extension MetadataService {
    public func createOccurrence<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, occurrence: F.Occurrence, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> F.Occurrence {
        try await createOccurrences(flavor, parent: parent, occurrences: [occurrence], caller)[0]
    }

    public func batchCreateOccurrences<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, occurrences: [F.Occurrence], _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> [F.Occurrence] {
        guard !occurrences.isEmpty else {
            throw LedgerFailure(.invalidArgument, "at least one occurrence must be specified")
        }
        guard occurrences.count <= Self.batchMax else {
            throw LedgerFailure(
                .invalidArgument, "\(occurrences.count) occurrences are too many, at most \(Self.batchMax) are taken")
        }
        return try await createOccurrences(flavor, parent: parent, occurrences: occurrences, caller)
    }

    private func createOccurrences<F: MetadataFlavor>(
        _ flavor: F.Type, parent: String, occurrences: [F.Occurrence], _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> [F.Occurrence] {
        try refuseMoment(caller)
        let parent = try checked { () throws(WaybillError) in try MetadataName(parent: parent) }
        var documents: [Value] = []
        for occurrence in occurrences {
            let document = try checked { () throws(WaybillError) in try MessageJSON.document(occurrence) }
            let kind = MetadataValidation.kindHeld(byOccurrence: document, in: F.version)
            let note = try checked { () throws(WaybillError) in try MetadataName(note: occurrence.noteName) }
            try await require(
                caller, .occurrencesCreate, project: parent.project, note: note.description, kind: kind)
            try await require(
                caller, .notesAttachOccurrence, project: note.project, note: note.description, kind: kind)
            documents.append(document)
        }
        let moment = now()
        var noteKinds: [String: Int32] = [:]
        var records: [MetadataRecord] = []
        var result: [F.Occurrence] = []
        for (occurrence, document) in zip(occurrences, documents) {
            var occurrence = occurrence
            let kind = try checked { () throws(WaybillError) in
                try MetadataValidation.kind(ofOccurrence: document, in: F.version)
            }
            try await checkNote(of: occurrence.noteName, kind, &noteKinds)
            let name = try checked { () throws(WaybillError) in try parent.child(.occurrences, newID()) }
            occurrence.name = name.description
            occurrence.createTime = Self.timestamp(moment)
            occurrence.updateTime = occurrence.createTime
            occurrence.setKind(kind)
            try await verify(occurrence, document, flavor, at: moment, caller)
            records.append(
                MetadataRecord(
                    kind: .occurrence, name: occurrence.name, project: parent.project, note: occurrence.noteName,
                    resource: occurrence.resourceURI, noteKind: kind.number, created: moment, updated: moment,
                    body: try checked { () throws(WaybillError) in try StoredMetadata.body(occurrence, F.version) }))
            result.append(occurrence)
        }
        try await ensureProject(of: parent, caller)
        // Whoever deletes a note or the project at this moment comes before this or is refused: the store says which.
        try await create(records, naming: [parent.projectName] + noteKinds.keys.sorted())
        return result
    }

    /// The note is there and of the occurrence's kind.
    private func checkNote(
        of name: String, _ kind: GrafeasKind, _ known: inout [String: Int32]
    ) async throws(LedgerFailure) {
        if known[name] == nil {
            known[name] = try await record(name, .note, LedgerCaller(identity: nil)).noteKind
        }
        guard known[name] == kind.number else {
            let other = known[name].flatMap(GrafeasKind.numbered)?.name ?? "unknown"
            throw LedgerFailure(
                .invalidArgument,
                "occurrence is invalid: [kind is \(kind.name), but its note is of kind \(other)]")
        }
    }

    /// An attestation is stored only with signatures that its note's authority accepts.
    private func verify<F: MetadataFlavor>(
        _ occurrence: F.Occurrence, _ document: Value, _ flavor: F.Type, at moment: Instant, _ caller: LedgerCaller
    ) async throws(LedgerFailure) {
        guard document["attestation"] != nil || document["dsseAttestation"] != nil else { return }
        let form = F.version == .v1 ? document : BetaOccurrence.v1(document)
        let signed = try checked { () throws(WaybillError) in
            try MessageJSON.message(V1Occurrence.self, from: form, leavingOutUnknown: true)
        }
        let message: String
        if let authority = access.authority(of: occurrence.noteName) {
            do throws(WaybillError) {
                try authority.verify(
                    signed, at: Timestamp(seconds: moment.milliseconds / 1000))
                return
            } catch  where error.code == .corrupted {
                message = error.message
            } catch {
                throw LedgerFailure(error)
            }
        } else {
            message = "no keys are accepted for this note; name them under “authorities”"
        }
        try await record(
            "ledger.attestationRefused", caller, subject: occurrence.noteName, "notes.attachOccurrence", message)
        throw LedgerFailure(.invalidArgument, "\(occurrence.noteName): \(message)")
    }

    public func getOccurrence<F: MetadataFlavor>(
        _ flavor: F.Type, name: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> F.Occurrence {
        let name = try checked { () throws(WaybillError) in try MetadataName(occurrence: name) }
        let found = try await occurrence(name, .occurrencesGet, caller)
        return try occurrence(found, as: flavor)
    }

    /// The note of an occurrence: both must be readable.
    public func getOccurrenceNote<F: MetadataFlavor>(
        _ flavor: F.Type, name: String, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> F.Note {
        let name = try checked { () throws(WaybillError) in try MetadataName(occurrence: name) }
        let found = try await occurrence(name, .occurrencesGet, caller)
        return try await getNote(flavor, name: found.note, caller)
    }

    /// The occurrence's record. Bindings to notes are asked once its note is known; who may not know that it is there
    /// learns no more than who asks for one that is not.
    private func occurrence(
        _ name: MetadataName, _ permission: LedgerPermission, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> MetadataRecord {
        let found = try await failing { () async throws(WaybillError) in
            try await store.record(name.description, asOf: caller.moment)
        }
        // Kinds bound what is written; reading is bound by project and note.
        try await require(
            caller, permission, project: name.project, note: found?.note,
            kind: permission == .occurrencesGet ? nil : found.flatMap(Self.kind))
        guard let found, found.kind == .occurrence else {
            throw LedgerFailure(.notFound, "there is no occurrence \(Redaction.excerpt(name.description))")
        }
        return found
    }

    private func occurrence<F: MetadataFlavor>(
        _ record: MetadataRecord, as flavor: F.Type
    ) throws(LedgerFailure) -> F.Occurrence {
        let kind = Self.kind(of: record)
        guard kind.map(F.hasOccurrences) ?? false else {
            throw LedgerFailure(
                .failedPrecondition,
                "\(record.name) is of kind \(kind?.name ?? "unknown"), which \(F.version.rawValue) does not have")
        }
        return try checked { () throws(WaybillError) in try StoredMetadata.occurrence(record, as: flavor) }
    }

    public func updateOccurrence<F: MetadataFlavor>(
        _ flavor: F.Type, name: String, occurrence update: F.Occurrence, mask: UpdateMask, _ caller: LedgerCaller
    ) async throws(LedgerFailure) -> F.Occurrence {
        try refuseMoment(caller)
        let name = try checked { () throws(WaybillError) in try MetadataName(occurrence: name) }
        let old = try await occurrence(name, .occurrencesUpdate, caller)
        try await requireAttaching(old, caller)
        let stored = try occurrence(old, as: flavor)
        try refuseLoss(old, flavor)
        let document = try checked { () throws(WaybillError) in
            let document = try mask.merge(
                MessageJSON.document(update), into: MessageJSON.document(stored), as: F.Occurrence.self)
            guard document["noteName"] == .string(old.note) else {
                throw WaybillError(
                    .invalidInput, "the note of an occurrence cannot be changed", subject: name.description)
            }
            guard try MetadataValidation.kind(ofOccurrence: document, in: F.version) == Self.kind(of: old) else {
                throw WaybillError(
                    .invalidInput, "the kind of an occurrence cannot be changed", subject: name.description)
            }
            return document
        }
        var merged = try checked { () throws(WaybillError) in
            try MessageJSON.message(F.Occurrence.self, from: document)
        }
        let moment = max(now(), old.updated)
        try await verify(merged, document, flavor, at: moment, caller)
        merged.updateTime = Self.timestamp(moment)
        var new = old
        new.updated = moment
        new.resource = merged.resourceURI
        new.body = try checked { () throws(WaybillError) in try StoredMetadata.body(merged, F.version) }
        try await failing { [new] () async throws(WaybillError) in try await store.update(new, replacing: old) }
        return merged
    }

    public func deleteOccurrence(name: String, _ caller: LedgerCaller) async throws(LedgerFailure) {
        try refuseMoment(caller)
        let name = try checked { () throws(WaybillError) in try MetadataName(occurrence: name) }
        let old = try await occurrence(name, .occurrencesDelete, caller)
        try await requireAttaching(old, caller)
        try await failing { () async throws(WaybillError) in try await store.delete(name.description, at: now()) }
    }

    private func requireAttaching(_ record: MetadataRecord, _ caller: LedgerCaller) async throws(LedgerFailure) {
        let note = try checked { () throws(WaybillError) in try MetadataName(note: record.note) }
        try await require(
            caller, .notesAttachOccurrence, project: note.project, note: note.description, kind: Self.kind(of: record))
    }
}
