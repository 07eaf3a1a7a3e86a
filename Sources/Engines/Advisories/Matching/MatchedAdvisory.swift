import Synchronization

/// An advisory as answers name it: shared by all answers, so that giving one costs nothing. Of a record in a base nothing
/// is read before somebody asks.
public final class MatchedAdvisory: Sendable {
    /// What names an advisory.
    struct Names {
        /// The name that people quote.
        var rule: String
        var sorted: [String]
        /// Of 64 bits and with the process's own seed: nobody makes two names collide.
        var hashes: [Int]
    }

    private enum Source {
        case record
        case base(AdvisoryBase, Int)
    }

    /// What was read, in memory of its own: of most records nobody asks.
    private final class Content: Sendable {
        let advisory: Advisory?
        let names: Names?
        /// Nil where nobody has asked yet.
        let exploitation: Exploitation??

        init(_ advisory: Advisory?, _ names: Names?, _ exploitation: Exploitation??) {
            self.advisory = advisory
            self.names = names
            self.exploitation = exploitation
        }
    }

    private let source: Source
    private let attacks: AttackFacts
    private let content: Mutex<Content?>

    init(_ advisory: Advisory, _ attacks: AttackFacts) {
        source = .record
        self.attacks = attacks
        content = Mutex(Content(advisory, nil, nil))
    }

    init(_ base: AdvisoryBase, _ number: Int, _ attacks: AttackFacts) {
        source = .base(base, number)
        self.attacks = attacks
        content = Mutex(nil)
    }

    /// With the aliases of all records that were merged into it. What it says about other packages is not in it.
    public var advisory: Advisory { content.withLock { Self.advisory(&$0, source) } }

    /// The name that people quote.
    public var rule: String { names.rule }

    /// What is known about attacks.
    public var exploitation: Exploitation? {
        content.withLock { content in
            if let known = content?.exploitation { return known }
            let facts = attacks.index.exploitation(of: Self.head(&content, source))
            content = Content(content?.advisory, content?.names, .some(facts))
            return facts
        }
    }

    var names: Names {
        content.withLock { content in
            if let names = content?.names { return names }
            let head = Self.head(&content, source)
            let all = head.names
            let names = Names(
                rule: head.rule,
                sorted: all.count == 1 ? all : all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
                hashes: all.map(\.hashValue))
            content = Content(content?.advisory, names, content?.exploitation)
            return names
        }
    }

    private static func advisory(_ content: inout Content?, _ source: Source) -> Advisory {
        if let known = content?.advisory { return known }
        let read =
            switch source {
            case .record: AdvisoryBase.unreadable(0)
            case .base(let base, let number): base.head(number)
            }
        content = Content(read, content?.names, content?.exploitation)
        return read
    }

    /// At least the names.
    private static func head(_ content: inout Content?, _ source: Source) -> Advisory {
        if content?.advisory == nil, case .base(let base, let number) = source, let names = base.names(number) {
            return names
        }
        return advisory(&content, source)
    }
}

/// What is known about attacks, for whoever asks.
final class AttackFacts: Sendable {
    let index: AdvisoryIndex
    init(_ index: AdvisoryIndex) { self.index = index }
}
