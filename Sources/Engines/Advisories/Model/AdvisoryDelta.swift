/// What changed from one state of the data to the next.
public struct AdvisoryDelta: Hashable, Sendable {
    public var added: [Advisory] = []
    public var changed: [Advisory] = []
    /// Withdrawn since, or gone.
    public var retracted: [Advisory] = []

    /// In order of id.
    public init(from old: AdvisoryIndex, to new: AdvisoryIndex) {
        for advisory in new.all {
            let before = old[advisory.id].flatMap { $0.withdrawn == nil ? $0 : nil }
            switch (before, advisory.withdrawn) {
            case (nil, nil): added.append(advisory)
            case (.some, .some): retracted.append(advisory)
            case (let before?, nil) where before != advisory: changed.append(advisory)
            default: break
            }
        }
        retracted += old.all.filter { $0.withdrawn == nil && new[$0.id] == nil }
    }

    /// The same for records that may differ, where no others can.
    public init(from old: AdvisoryIndex, to new: AdvisoryIndex, touching ids: some Sequence<String>) {
        for id in Set(ids).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            let before = old[id].flatMap { $0.withdrawn == nil ? $0 : nil }
            let after = new[id].flatMap { $0.withdrawn == nil ? $0 : nil }
            switch (before, after) {
            case (nil, let after?): added.append(after)
            case (let before?, nil): retracted.append(new[id] ?? before)
            case (let before?, let after?) where before != after: changed.append(after)
            default: break
            }
        }
    }

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && retracted.isEmpty }

    /// The packages whose answers may differ now: nothing else needs to be looked at again.
    public var touched: Set<AdvisoryIndex.Key> {
        (added + changed + retracted).reduce(into: []) { $0.formUnion(AdvisoryIndex.keys(of: $1)) }
    }
}
