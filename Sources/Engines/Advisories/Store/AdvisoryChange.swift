import Documents
public import WaybillCore

/// How one state of the data becomes another, as bytes that travel and are kept: the records that differ, and the names
/// of those that are gone. The digests of both states are in it, so that it is never applied to another.
public struct AdvisoryChange: Sendable {
    /// Nil for the empty state.
    public let from: Digest?
    public let to: Digest?
    /// In milliseconds since 1970.
    public let moment: Int64
    public let removed: [String]
    let records: AdvisoryBase

    /// The bytes of the change from one state to another.
    ///
    /// - Parameter touched: records that may differ.
    public static func bytes(
        from old: AdvisoryIndex, to new: AdvisoryIndex, touching touched: Set<String>, moment: Int64,
        _ digests: (
            from: Digest?, to: Digest?
        )
    ) -> [UInt8] {
        var records: [Advisory] = [], removed: [String] = []
        for id in touched.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let before = old[id], after = new[id]
            if let after, after != before { records.append(after) }
            if after == nil, before != nil { removed.append(id) }
        }
        let known = old.exploitations
        let facts = new.exploitations
        var meta = AdvisoryMeta(imported: new.imported, sources: new.sources)
        meta.change = [
            "from": Value(digests.from?.description), "to": Value(digests.to?.description),
            "moment": .integer(Int(moment)), "removed": .array(removed.map(Value.string)),
            "forgotten": .array(known.keys.filter { facts[$0] == nil }.sorted().map(Value.string)),
        ]
        return AdvisoryBaseWriter.bytes(
            records, exploitations: facts.filter { known[$0.key] != $0.value }, meta: meta)
    }

    public init(_ bytes: [UInt8], subject: String) throws(WaybillError) {
        records = try AdvisoryBase(bytes: bytes, subject: subject)
        guard let change = records.meta.change, let moment = change["moment"]?.integer else {
            throw WaybillError(.corrupted, "is no change of advisories", subject: subject)
        }
        from = change["from"]?.string.flatMap { Digest($0) }
        to = change["to"]?.string.flatMap { Digest($0) }
        self.moment = Int64(moment)
        removed = (change["removed"]?.array ?? []).compactMap(\.string)
    }

    /// The records that differ, ordered by id.
    public var changed: [Advisory] { (0..<records.count).map(records.advisory) }
    var exploitations: [String: Exploitation] { AdvisoryIndex(base: records).exploitations }
}

extension AdvisoryIndex {
    /// The state after a change. Throws `.conflict` where it was made for another state, `.corrupted` where the outcome
    /// is not the one that it promises.
    public func applying(_ change: AdvisoryChange, subject: String) throws(WaybillError) -> (
        index: AdvisoryIndex, bytes: [UInt8]
    ) {
        guard base?.digest == change.from else {
            throw WaybillError(
                .conflict, "the change was made for another state of the advisories", subject: subject,
                remedy: "fetch the whole state")
        }
        var all: [String: Advisory] = [:]
        for advisory in self.all { all[advisory.id] = advisory }
        for id in change.removed { all[id] = nil }
        for advisory in change.changed { all[advisory.id] = advisory }
        var facts = exploitations.merging(change.exploitations) { $1 }
        for cve in (change.records.meta.change?["forgotten"]?.array ?? []).compactMap(\.string) { facts[cve] = nil }
        var meta = change.records.meta
        meta.change = nil
        let bytes = AdvisoryBaseWriter.bytes(all.values, exploitations: facts, meta: meta)
        let base = try AdvisoryBase(bytes: bytes, subject: subject)
        guard change.to == nil || base.digest == change.to || all.isEmpty else {
            throw WaybillError(
                .corrupted, "the change does not lead to the state that it names", subject: subject,
                remedy: "fetch the whole state")
        }
        return (AdvisoryIndex(base: base), bytes)
    }
}
