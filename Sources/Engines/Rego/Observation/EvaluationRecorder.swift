/// Records what evaluations do: which statements were reached, how often and for how long, and every step of the way.
///
/// One recorder may be given to several evaluations, one after the other; coverage and profile then add up.
public final class EvaluationRecorder {
    /// What to keep. Coverage is always kept.
    public struct Options: Sendable {
        /// Every event, in order.
        public var hasTrace: Bool
        /// Nanoseconds on a clock that only goes forward; without one the profile has counts but no times.
        public var clock: (@Sendable () -> Int)?
        /// Events beyond this number are not kept.
        public var eventsMax: Int

        public init(hasTrace: Bool = false, clock: (@Sendable () -> Int)? = nil, eventsMax: Int = 1_000_000) {
            self.hasTrace = hasTrace
            self.clock = clock
            self.eventsMax = eventsMax
        }
    }

    struct Counts {
        var evaluations = 0
        var repetitions = 0
        var nanoseconds = 0
        /// Steps that the statement was compiled to, as far as they were reached.
        var steps: Set<Location> = []
    }

    let options: Options
    /// What happened, in order, with `hasTrace`.
    public private(set) var events: [TraceEvent] = []
    /// Whether events were left out because there were too many.
    public private(set) var isTruncated = false
    private(set) var counts: [Location: Counts] = [:]
    /// Rows that were reached, by file.
    private(set) var reached: [String: Set<Int>] = [:]

    private var queries: [(id: Int, statement: Location?)] = [(0, nil)]
    private var nextQuery = 1
    private var timed: (statement: Location, since: Int)?

    public init(_ options: Options = Options()) { self.options = options }

    // MARK: What the evaluation tells

    func evaluate(_ site: Program.Site) {
        reached[site.statement.file, default: []].insert(site.statement.row)
        counts[site.statement, default: Counts()].steps.insert(site.location)
        guard queries[queries.count - 1].statement != site.statement else { return }
        queries[queries.count - 1].statement = site.statement
        counts[site.statement, default: Counts()].evaluations += 1
        time(site.statement)
        record(.eval, site)
    }

    func again(_ site: Program.Site) {
        queries[queries.count - 1].statement = site.statement
        counts[site.statement, default: Counts()].repetitions += 1
        time(site.statement)
        record(.redo, site)
    }

    func fail(_ site: Program.Site) {
        queries[queries.count - 1].statement = nil
        record(.fail, site)
    }

    func enter(_ site: Program.Site) {
        queries.append((nextQuery, nil))
        nextQuery += 1
        record(.enter, site)
    }

    func exit(_ site: Program.Site) {
        reached[site.location.file, default: []].insert(site.location.row)
        record(.exit, site)
    }

    func leave() { if queries.count > 1 { queries.removeLast() } }

    func note(_ text: String, _ site: Program.Site) { record(.note, site, message: text) }

    /// Ends the time of the last statement.
    func finish() {
        if let clock = options.clock, let timed { counts[timed.statement]?.nanoseconds += clock() - timed.since }
        timed = nil
        queries = [(0, nil)]
        nextQuery = 1
    }

    // MARK: -

    private func time(_ statement: Location) {
        guard let clock = options.clock else { return }
        let now = clock()
        if let timed { counts[timed.statement]?.nanoseconds += now - timed.since }
        timed = (statement, now)
    }

    private func record(_ operation: TraceEvent.Operation, _ site: Program.Site, message: String = "") {
        guard options.hasTrace else { return }
        guard events.count < options.eventsMax else { return isTruncated = true }
        let place = operation == .enter || operation == .exit ? site.location : site.statement
        events.append(
            TraceEvent(
                operation: operation, queryID: queries[queries.count - 1].id,
                parentID: queries.count > 1 ? queries[queries.count - 2].id : 0, depth: queries.count - 1,
                isRule: site.kind == .rule, file: place.file, row: place.row, column: place.column, message: message))
    }
}
