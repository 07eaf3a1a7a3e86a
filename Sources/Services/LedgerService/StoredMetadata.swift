import Documents
import Grafeas
import Ledger
import MetadataRules
import SwiftProtobuf
import WaybillCore

/// What a record's body holds: a byte that says which version wrote it, then its message as protocol buffers encode it.
///
/// Nothing of what a client wrote is lost that way: the other version reads what it has fields for.
enum StoredMetadata {
    static func body(_ message: some Message, _ version: MetadataVersion) throws(WaybillError) -> [UInt8] {
        do {
            let bytes: [UInt8] = try message.serializedBytes()
            return [version == .v1 ? 1 : 2] + bytes
        } catch {
            throw WaybillError(.invalidInput, "the message cannot be encoded", subject: "message", cause: error)
        }
    }

    static func version(of record: MetadataRecord) throws(WaybillError) -> MetadataVersion {
        switch record.body.first {
        case 1: return .v1
        case 2: return .v1beta1
        default: throw WaybillError(.corrupted, "the record’s body cannot be read", subject: record.name)
        }
    }

    static func note<F: MetadataFlavor>(_ record: MetadataRecord, as flavor: F.Type) throws(WaybillError) -> F.Note {
        if try version(of: record) == F.version { return try message(F.Note.self, record) }
        return try MessageJSON.message(F.Note.self, from: F.note(fromOther: document(record)), leavingOutUnknown: true)
    }

    static func occurrence<F: MetadataFlavor>(
        _ record: MetadataRecord, as flavor: F.Type
    ) throws(WaybillError) -> F.Occurrence {
        if try version(of: record) == F.version { return try message(F.Occurrence.self, record) }
        return try MessageJSON.message(
            F.Occurrence.self, from: F.occurrence(fromOther: document(record)), leavingOutUnknown: true)
    }

    /// Whether the other version says all that is stored; an update through it would lose the rest.
    static func isWhole<F: MetadataFlavor>(_ record: MetadataRecord, as flavor: F.Type) throws(WaybillError) -> Bool {
        guard try version(of: record) != F.version else { return true }
        let document = try document(record)
        do {
            if record.kind == .note {
                _ = try MessageJSON.message(F.Note.self, from: F.note(fromOther: document))
            } else {
                _ = try MessageJSON.message(F.Occurrence.self, from: F.occurrence(fromOther: document))
            }
            return true
        } catch { return false }
    }

    private static func document(_ record: MetadataRecord) throws(WaybillError) -> Value {
        switch (try version(of: record), record.kind) {
        case (.v1, .note): try MessageJSON.document(try message(V1Note.self, record))
        case (.v1, _): try MessageJSON.document(try message(V1Occurrence.self, record))
        case (.v1beta1, .note): try MessageJSON.document(try message(V1Beta1Note.self, record))
        case (.v1beta1, _): try MessageJSON.document(try message(V1Beta1Occurrence.self, record))
        }
    }

    private static func message<M: Message>(_ type: M.Type, _ record: MetadataRecord) throws(WaybillError) -> M {
        do {
            return try M(serializedBytes: Array(record.body.dropFirst()))
        } catch {
            throw WaybillError(.corrupted, "the record’s body cannot be read", subject: record.name, cause: error)
        }
    }
}
