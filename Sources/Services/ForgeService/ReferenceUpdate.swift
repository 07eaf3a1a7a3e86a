import GitRepositories
import WaybillCore

/// One line that `git receive-pack` gives to its hook: a reference and where it shall go.
struct ReferenceUpdate: Hashable, Sendable {
    static let countMax = 100

    var name: String
    /// Nil when the reference is created.
    var old: ObjectID?
    /// Nil when the reference is deleted.
    var new: ObjectID?

    /// Reads the hook's standard input. Anything that is not exactly in its form is an error.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(WaybillError) -> [ReferenceUpdate] {
        func bad(_ message: String) -> WaybillError { WaybillError(.invalidInput, message, subject: "push") }
        var updates: [ReferenceUpdate] = []
        for line in bytes.split(separator: 0x0A) {
            guard let text = String(validating: line, as: UTF8.self) else { throw bad("a reference's name is not UTF-8") }
            let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let old = ObjectID(parts[0]), let new = ObjectID(parts[1]) else {
                throw bad("a line is not: old new reference")
            }
            let name = String(parts[2])
            guard ReferenceName.isValid(name) else { throw bad("not a reference's name: \(Redaction.excerpt(name))") }
            updates.append(ReferenceUpdate(name: name, old: old.isZero ? nil : old, new: new.isZero ? nil : new))
        }
        guard !updates.isEmpty else { throw bad("no reference is named") }
        guard updates.count <= countMax else { throw bad("more than \(countMax) references in one push") }
        return updates
    }
}
