import Synchronization

/// An advisory as answers name it: shared by all answers, so that giving one costs nothing.
public final class MatchedAdvisory: Sendable {
    /// What is known about attacks.
    public let exploitation: Exploitation?
    /// The name that people quote.
    public let rule: String
    let sortedNames: [String]
    private let source: (base: AdvisoryBase, number: Int)?
    private let content: Mutex<Advisory?>

    init(_ advisory: Advisory, _ exploitation: Exploitation?) {
        self.exploitation = exploitation
        rule = advisory.rule
        sortedNames = Self.sorted(advisory.names)
        source = nil
        content = Mutex(advisory)
    }

    /// A record of a base, of which only the names are read before somebody asks.
    ///
    /// - Parameter head: the record's names, and nothing else.
    init(_ base: AdvisoryBase, _ number: Int, head: Advisory, _ exploitation: Exploitation?) {
        self.exploitation = exploitation
        rule = head.rule
        sortedNames = Self.sorted(head.names)
        source = (base, number)
        content = Mutex(nil)
    }

    /// With the aliases of all records that were merged into it. What it says about other packages is not in it.
    public var advisory: Advisory {
        content.withLock { content in
            if let content { return content }
            let read = source.map { $0.base.head($0.number) } ?? AdvisoryBase.unreadable(0)
            content = read
            return read
        }
    }

    private static func sorted(_ names: [String]) -> [String] {
        names.count == 1 ? names : names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
