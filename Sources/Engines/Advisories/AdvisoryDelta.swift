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

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && retracted.isEmpty }

    /// The packages whose answers may differ now: nothing else needs to be looked at again.
    public var touched: Set<AdvisoryIndex.Key> {
        (added + changed + retracted).reduce(into: []) { $0.formUnion(AdvisoryIndex.keys(of: $1)) }
    }
}
