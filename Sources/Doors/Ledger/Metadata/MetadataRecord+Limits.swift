import WaybillCore

extension MetadataKind {
    /// How stores write it.
    var number: Int64 {
        switch self {
        case .project: 0
        case .note: 1
        case .occurrence: 2
        }
    }

    /// Throws `.corrupted` for a number that no store writes.
    init(number: Int64, of name: String) throws(WaybillError) {
        guard let kind = Self.allCases.first(where: { $0.number == number }) else {
            throw WaybillError(.corrupted, "the store holds a record of no known kind", subject: name)
        }
        self = kind
    }
}

extension MetadataRecord {
    /// In bytes. An index entry of PostgreSQL has room for 2,704.
    static let projectBytesMax = 256
    static let nameBytesMax = 2_000
    static let bodyBytesMax = 64 << 20

    /// Refuses what one of the stores could not keep, in all of them.
    func check() throws(WaybillError) {
        for (what, text, most) in [
            ("name", name, Self.nameBytesMax), ("project", project, Self.projectBytesMax),
            ("note", note, Self.nameBytesMax), ("resource", resource, Self.nameBytesMax),
        ] {
            guard text.utf8.count <= most else {
                throw WaybillError(
                    .limitExceeded, "the \(what) has more than \(most) bytes", subject: String(name.prefix(100)))
            }
            guard !text.utf8.contains(0) else {
                throw WaybillError(
                    .invalidInput, "the \(what) has a character that no store keeps (U+0000)",
                    subject: String(name.prefix(100)))
            }
        }
        guard !name.isEmpty else { throw WaybillError(.invalidInput, "a record needs a name", subject: "metadata") }
        guard body.count <= Self.bodyBytesMax else {
            throw WaybillError(.limitExceeded, "is larger than \(Self.bodyBytesMax) bytes", subject: name)
        }
    }

    /// Whether nothing differs, byte for byte: Swift's `==` on strings takes canonically equivalent ones for the same.
    func isSame(as other: MetadataRecord) -> Bool {
        kind == other.kind && noteKind == other.noteKind && created == other.created && updated == other.updated
            && name.utf8.elementsEqual(other.name.utf8) && project.utf8.elementsEqual(other.project.utf8)
            && note.utf8.elementsEqual(other.note.utf8) && resource.utf8.elementsEqual(other.resource.utf8)
            && body == other.body
    }

    /// The two names that `update` is given must be one.
    func checkReplaces(_ old: MetadataRecord) throws(WaybillError) {
        try check()
        guard name.utf8.elementsEqual(old.name.utf8) else {
            throw WaybillError(.invalidInput, "a record cannot be renamed to \(name)", subject: old.name)
        }
    }
}

extension WaybillError {
    static func exists(_ name: String) -> WaybillError { WaybillError(.conflict, "exists already", subject: name) }
    static func absent(_ name: String) -> WaybillError { WaybillError(.notFound, "is not there", subject: name) }
    static func used(_ name: String) -> WaybillError {
        WaybillError(.conflict, "is needed by others that stand", subject: name, remedy: "delete those first")
    }
    static func changed(_ name: String) -> WaybillError {
        WaybillError(.conflict, "was changed meanwhile", subject: name, remedy: "read it again, then change it")
    }
}
