/// What a store with indexes can leave out before the filter itself is asked: never more than the filter would.
public struct FilterNarrowing: Hashable, Sendable {
    /// The fields that a store has columns for, as they are in the documents.
    public struct Columns: Sendable {
        public var resource: FieldPath
        public var note: FieldPath
        public var noteID: FieldPath
        public var noteProject: FieldPath
        public var kind: FieldPath
        public var created: FieldPath

        public init(
            resource: FieldPath, note: FieldPath = FieldPath("noteName"), noteID: FieldPath = FieldPath("noteId"),
            noteProject: FieldPath = FieldPath("noteProjectId"), kind: FieldPath = FieldPath("kind"),
            created: FieldPath = FieldPath("createTime")
        ) {
            self.resource = resource
            self.note = note
            self.noteID = noteID
            self.noteProject = noteProject
            self.kind = kind
            self.created = created
        }
    }

    /// Each is nil where the filter does not say; an empty list matches nothing.
    public private(set) var resources: [String]?
    public private(set) var notes: [String]?
    public private(set) var kinds: [String]?
    /// Milliseconds since 1970: from, and before.
    public private(set) var createdFrom: Int64?
    public private(set) var createdBefore: Int64?

    public init(_ filter: MetadataFilter, columns: Columns) {
        var noteIDs: [String]?
        var noteProjects: [String]?
        for part in Self.conjuncts(of: filter.condition) {
            if case .compare(columns.created, let comparison, let operand) = part {
                narrow(comparison, operand)
            } else if let (path, values) = Self.alternatives(part) {
                switch path {
                case columns.resource: resources = Self.both(resources, values)
                case columns.note: notes = Self.both(notes, values)
                case columns.kind: kinds = Self.both(kinds, values)
                case columns.noteID: noteIDs = Self.both(noteIDs, values)
                case columns.noteProject: noteProjects = Self.both(noteProjects, values)
                default: break
                }
            }
        }
        if let noteIDs, let noteProjects {
            notes = Self.both(
                notes, noteProjects.flatMap { project in noteIDs.map { "projects/\(project)/notes/\($0)" } })
        }
    }

    private mutating func narrow(_ comparison: FilterCondition.Comparison, _ operand: FilterCondition.Operand) {
        let moment: FilterMoment? =
            switch operand {
            case .moment(let moment): moment
            case .text(let pattern): pattern.literal.flatMap { FilterMoment($0) }
            default: nil
            }
        guard let milliseconds = moment?.milliseconds else { return }
        if comparison == .equals || comparison == .greater || comparison == .greaterOrEquals {
            createdFrom = max(createdFrom ?? .min, milliseconds)
        }
        if comparison == .equals || comparison == .less || comparison == .lessOrEquals {
            // The moment's own millisecond may still fit.
            createdBefore = min(createdBefore ?? .max, milliseconds &+ 1)
        }
    }

    private static func conjuncts(of condition: FilterCondition) -> [FilterCondition] {
        guard case .all(let parts) = condition else { return [condition] }
        return parts.flatMap(conjuncts)
    }

    /// The field and the texts, one of which it must equal.
    private static func alternatives(_ condition: FilterCondition) -> (FieldPath, [String])? {
        switch condition {
        case .compare(let path, .equals, .text(let pattern)):
            guard let literal = pattern.literal, !literal.isEmpty, FilterMoment(literal) == nil else { return nil }
            return (path, [literal])
        case .any(let parts):
            var result: (FieldPath, [String])?
            for part in parts {
                guard let (path, values) = alternatives(part), result == nil || result?.0 == path else { return nil }
                result = (path, (result?.1 ?? []) + values)
            }
            return result
        case .all(let parts) where parts.count == 1: return alternatives(parts[0])
        default: return nil
        }
    }

    /// Byte for byte, as the store compares.
    private static func both(_ left: [String]?, _ right: [String]) -> [String] {
        guard let left else {
            var kept: [String] = []
            for text in right where !kept.contains(where: { $0.utf8.elementsEqual(text.utf8) }) { kept.append(text) }
            return kept
        }
        return left.filter { text in right.contains { $0.utf8.elementsEqual(text.utf8) } }
    }
}
