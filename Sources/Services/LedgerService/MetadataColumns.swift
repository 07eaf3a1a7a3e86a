import Documents
import Grafeas
import Ledger
import MetadataFilters
import MetadataRules

/// Which fields a filter may name, and the columns behind them.
enum MetadataColumns {
    /// Clients spell the resource in many ways.
    private static let resourceSpellings: Set<FieldPath> = [
        FieldPath("resourceUri"), FieldPath("resourceUrl"), FieldPath("resource", "uri"), FieldPath("resource", "url"),
    ]
    /// Parts of names, which no message has.
    private static let parts = ["noteId", "noteProjectId", "occurrenceId", "projectId"]

    static func columns<F: MetadataFlavor>(_ flavor: F.Type) -> FilterNarrowing.Columns {
        FilterNarrowing.Columns(resource: F.resource)
    }

    static func occurrence<F: MetadataFlavor>(_ path: FieldPath, _ flavor: F.Type) -> FieldPath? {
        if resourceSpellings.contains(path) { return F.resource }
        return resolve(path) { MessageFields.has($0, in: F.Occurrence.self) }
    }

    static func note<F: MetadataFlavor>(_ path: FieldPath, _ flavor: F.Type) -> FieldPath? {
        resolve(path) { MessageFields.has($0, in: F.Note.self) }
    }

    private static func resolve(_ path: FieldPath, _ exists: ([String]) -> Bool) -> FieldPath? {
        if path.steps.count == 1, case .field(let name) = path.steps[0], parts.contains(name) { return path }
        let names = path.steps.compactMap { step -> String? in
            switch step {
            case .field(let name), .key(let name): name
            case .position: nil
            }
        }
        return exists(names) ? path : nil
    }

    /// The message's fields with the parts of its names.
    static func document(_ document: Value, of record: MetadataRecord) -> Value {
        guard var object = document.object else { return document }
        let own = try? record.kind == .note ? MetadataName(note: record.name) : MetadataName(occurrence: record.name)
        let note = record.kind == .note ? own : try? MetadataName(note: record.note)
        object["projectId"] = own.map { .string($0.project) }
        object["noteId"] = note.map { .string($0.id) }
        object["noteProjectId"] = note.map { .string($0.project) }
        if record.kind == .occurrence { object["occurrenceId"] = own.map { .string($0.id) } }
        return .object(object)
    }
}
