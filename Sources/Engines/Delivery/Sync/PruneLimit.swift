/// How much may vanish at once: a mistake in a folder shall not empty an environment.
public struct PruneLimit: Hashable, Sendable, CustomStringConvertible {
    public enum Amount: Hashable, Sendable {
        case count(Int)
        case percent(Int)
    }

    public var amount: Amount
    /// Fewer than so many always go: small applications change as a whole.
    static let freely = 5

    public init(_ amount: Amount) { self.amount = amount }

    /// Half of what is there.
    public static let standard = PruneLimit(.percent(50))

    /// `25%` or `10`.
    public init?(setting text: String) {
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard !digits.isEmpty, digits.utf8.count <= 6, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(digits)
        else { return nil }
        if text.hasSuffix("%") {
            guard number <= 100 else { return nil }
            amount = .percent(number)
        } else {
            amount = .count(number)
        }
    }

    /// Whether `pruned` of `total` objects may go together.
    public func allows(_ pruned: Int, of total: Int) -> Bool {
        switch amount {
        case .count(let most): pruned <= most
        case .percent(let share): pruned <= Self.freely || pruned * 100 <= total * share
        }
    }

    public var description: String {
        switch amount {
        case .count(let most): "\(most)"
        case .percent(let share): "\(share)%"
        }
    }
}
