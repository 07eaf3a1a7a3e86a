public import Documents
public import Grafeas
public import WaybillCore

/// The versions of the API that clients speak.
public enum MetadataVersion: String, Hashable, Sendable, CaseIterable {
    case v1, v1beta1
}

/// What a note or occurrence must be before it is stored, on creation and on every update.
public enum MetadataValidation {
    /// The kind of a note. Throws with everything that is wrong with it.
    public static func kind(
        ofNote document: Value, in version: MetadataVersion = .v1
    ) throws(WaybillError) -> GrafeasKind {
        var problems: [String] = []
        let kind = held(document) { version == .v1 ? $0.note : $0.betaNote }
        if kind == nil { problems.append("type is required") }
        problems += mismatch(document, kind)
        if let kind, let rules = kind.note.flatMap({ KindRules.notes[$0] }), let field = kind.note {
            let form = version == .v1 ? document : BetaNote.v1(document)
            problems += FieldRule.inside(snake(field), rules).problems(in: form)
        }
        for (position, name) in (document["relatedNoteNames"]?.array ?? []).enumerated()
        where (try? MetadataName(note: name.string ?? "")) == nil {
            problems.append("related_note_names[\(position)] is no note’s name")
        }
        guard let kind, problems.isEmpty else { throw invalid("note", problems) }
        return kind
    }

    /// The kind of an occurrence. Throws with everything that is wrong with it.
    public static func kind(
        ofOccurrence document: Value, in version: MetadataVersion = .v1
    ) throws(WaybillError) -> GrafeasKind {
        var problems: [String] = []
        if version == .v1 {
            problems += FieldRule.required("resource_uri").problems(in: document)
        } else {
            problems += FieldRule.required("resource").problems(in: document)
            problems += FieldRule.inside("resource", [.required("uri")]).problems(in: document)
        }
        problems += FieldRule.required("note_name").problems(in: document)
        if let name = document["noteName"]?.string, !name.isEmpty {
            do throws(WaybillError) { _ = try MetadataName(note: name) } catch {
                problems.append("note_name: \(error.message)")
            }
        }
        let kind = held(document) { version == .v1 ? $0.occurrence : $0.betaOccurrence }
        if kind == nil { problems.append("details is required") }
        problems += mismatch(document, kind)
        if let kind, let field = kind.occurrence, let rules = KindRules.occurrences[field] {
            let form = version == .v1 ? document : BetaOccurrence.v1(document)
            problems += FieldRule.inside(snake(field), rules).problems(in: form)
        }
        problems += FieldRule.inside(
            "envelope", [.required("payload"), .required("payload_type"), .each("signatures", [.required("sig")])]
        ).problems(in: document)
        guard let kind, problems.isEmpty else { throw invalid("occurrence", problems) }
        return kind
    }

    /// The kind that is written, whether or not the rest is right: what access is asked about.
    public static func kindHeld(byNote document: Value, in version: MetadataVersion) -> GrafeasKind? {
        held(document) { version == .v1 ? $0.note : $0.betaNote }
    }

    public static func kindHeld(byOccurrence document: Value, in version: MetadataVersion) -> GrafeasKind? {
        held(document) { version == .v1 ? $0.occurrence : $0.betaOccurrence }
    }

    /// The kind whose field is written; a message holds at most one of them.
    private static func held(_ document: Value, field: (GrafeasKind) -> String?) -> GrafeasKind? {
        GrafeasKind.all.first { kind in field(kind).map { document[$0] != nil } ?? false }
    }

    private static func mismatch(_ document: Value, _ kind: GrafeasKind?) -> [String] {
        guard let stated = document["kind"], let kind else { return [] }
        if stated.string == kind.name || stated.string == "NOTE_KIND_UNSPECIFIED" { return [] }
        return ["kind is \(stated.string ?? "unknown"), but what is written is of kind \(kind.name)"]
    }

    private static func invalid(_ what: String, _ problems: [String]) -> WaybillError {
        let shown = problems.prefix(20).joined(separator: ", ") + (problems.count > 20 ? ", …" : "")
        return WaybillError(.invalidInput, "\(what) is invalid: [\(shown)]", subject: what)
    }

    private static func snake(_ name: String) -> String {
        name.unicodeScalars.reduce(into: "") { result, scalar in
            if ("A"..."Z").contains(scalar) {
                result += "_" + String(scalar).lowercased()
            } else {
                result += String(scalar)
            }
        }
    }
}
