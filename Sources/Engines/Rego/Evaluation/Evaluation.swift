/// One evaluation of a compiled policy: its state, and how blocks run.
///
/// Statements that have at most one solution run in a loop; one with several calls what follows once for each. What
/// follows answers whether more solutions are wanted.
final class Evaluation {
    typealias Next = () throws(RegoError) -> Bool
    typealias Frame = Slots
    typealias At = UnsafePointer<RegoValue>

    let program: Program
    let limits: EvaluationLimits
    let host: BuiltinHost
    let slots = SlotStack()
    let values = ValueStack()
    // One task evaluates, so that overlapping accesses cannot happen; checking them would cost a tenth of the time.
    @exclusivity(unchecked)
    var situation: Situation
    /// Follows values back to the input; nil where nobody asks for it.
    let tracker: PlaceTracker?
    /// Told what happens; nil where nobody asks for it.
    let observer: EvaluationRecorder?
    /// Sites of a query, behind those of the program.
    private let querySites: [Program.Site]
    @exclusivity(unchecked)
    private var steps = 0
    @exclusivity(unchecked)
    private var depth = 0
    @exclusivity(unchecked)
    private var bytes = 0

    init(
        _ program: Program, input: RegoValue?, limits: EvaluationLimits, surroundings: EvaluationSurroundings,
        querySites: [Program.Site] = [], tracker: PlaceTracker? = nil, observer: EvaluationRecorder? = nil
    ) {
        self.program = program
        self.limits = limits
        self.querySites = querySites
        self.tracker = tracker
        self.observer = observer
        situation = Situation(program: program, input: input)
        host = BuiltinHost(surroundings)
    }

    func location(_ site: Int) -> Location { self.site(site).location }

    func site(_ number: Int) -> Program.Site {
        let own = number - program.sites.count
        if querySites.indices.contains(own) { return querySites[own] }
        return program.sites.indices.contains(number)
            ? program.sites[number] : Program.Site(kind: .expression, location: .none, statement: .none)
    }

    // MARK: Limits

    @inline(__always)
    func count(_ site: Int) throws(RegoError) {
        steps += 1
        if steps & 0xFF == 0 || steps > limits.stepsMax { try checkSteps(site) }
    }

    private func checkSteps(_ site: Int) throws(RegoError) {
        guard steps <= limits.stepsMax else {
            throw RegoError(.cancelled, "more than \(limits.stepsMax) steps", at: location(site))
        }
        if let isOver = limits.isOver, isOver() {
            throw RegoError(.cancelled, "caller cancelled query execution", at: location(site))
        }
    }

    /// One level deeper, until `leave`. Whoever fails here ends the evaluation.
    @inline(__always)
    func enter(_ site: Int) throws(RegoError) {
        depth += 1
        guard depth <= limits.depthMax else {
            throw RegoError(
                .cancelled, "evaluation nested deeper than \(limits.depthMax) levels", at: location(site))
        }
    }

    @inline(__always)
    func leave() { depth -= 1 }

    /// Accounts for a value that was made. What is given back is not subtracted: the bound is on all that an evaluation
    /// makes, which is above what it holds.
    func charge(_ value: RegoValue, _ site: Int) throws(RegoError) {
        switch value {
        case .string(let text): try charge(bytes: 32 + text.utf8.count, site)
        case .array(let elements): try charge(bytes: 32 + 24 * elements.count, site)
        case .set(let set): try charge(bytes: 32 + 24 * set.count, site)
        case .object(let object): try charge(bytes: 64 + 48 * object.count, site)
        case .null, .bool, .number: break
        }
    }

    @inline(__always)
    func charge(bytes count: Int, _ site: Int) throws(RegoError) {
        bytes += count
        guard bytes <= limits.bytesMax else {
            throw RegoError(
                .cancelled, "values of more than \(limits.bytesMax) bytes were made", at: location(site))
        }
    }

    // MARK: Statements

    /// Calls `next` for each solution of the steps from `start`; false when no more are wanted.
    func run(_ block: Code.Block, from start: Int = 0, _ frame: Frame, _ next: Next) throws(RegoError) -> Bool {
        let mark = values.mark
        let readMark = tracker?.mark ?? 0
        defer {
            values.back(to: mark)
            tracker?.back(to: readMark)
        }
        var index = start
        while index < block.count {
            guard let step = block.baseAddress.map({ $0 + index }) else { break }
            let site = step.pointee.site
            index += 1
            try count(site)
            if let observer { observer.evaluate(self.site(site)) }
            switch step.pointee.kind {
            case .lookup(let reference, let pattern):
                let holds = try withFound(reference, frame, site) { (found) throws(RegoError) in
                    tracker?.read(reference, frame, found, pattern, self)
                    guard let found else { return false }
                    return accepts(found, pattern, frame)
                }
                guard holds else { return failed(site) }
            case .match(let expression, let pattern):
                guard match(place(expression, frame), pattern, frame) else { return failed(site) }
                tracker?.bind(pattern, frame, tracker?.place(of: expression, frame))
            case .test(let expression):
                guard place(expression, frame).pointee.isTrue else { return failed(site) }
            case .fail: return failed(site)
            case .intrinsic(let intrinsic, let call):
                guard let result = try self.intrinsic(intrinsic, call, frame, site) else { return failed(site) }
                if let pattern = call.pointee.result {
                    guard match(values.keep(result), pattern, frame) else { return failed(site) }
                    tracker?.bind(pattern, frame, nil)
                } else {
                    guard result.isTrue else { return failed(site) }
                }
            case .call(let call):
                let place: Place?
                tracker?.yielded = nil
                guard let result = try result(of: call, frame, site) else { return failed(site) }
                place = tracker.flatMap { yielded($0, call, frame) }
                if let pattern = call.pointee.result {
                    guard match(values.keep(result), pattern, frame) else { return failed(site) }
                    tracker?.bind(pattern, frame, place)
                } else {
                    guard result.isTrue else { return failed(site) }
                }
            case .scan(let reference, let pattern):
                return try scan(reference, pattern, frame, site) { () throws(RegoError) in
                    try run(block, from: index, frame, next)
                }
            case .relation(let call):
                return try walk(call, frame, site) { () throws(RegoError) in
                    try run(block, from: index, frame, next)
                }
            case .comprehension(let comprehension, let slot):
                frame[slot] = values.keep(try value(comprehension, frame, slot, site))
            case .template(let pieces, let slot):
                let text = try text(pieces, frame)
                try charge(bytes: 32 + text.utf8.count, site)
                frame[slot] = values.keep(.string(text))
            case .not(let inner):
                tracker?.beginCondition()
                let found = try hasSolution(inner, frame, site)
                tracker?.endCondition()
                guard !found else { return failed(site) }
            case .every(let every):
                tracker?.beginCondition()
                let holds = try holds(every, frame, site)
                tracker?.endCondition()
                guard holds else { return failed(site) }
            case .with(let overrides, let inner):
                let outer = situation
                let changed = try self.situation(with: overrides, frame, site)
                situation = changed
                defer { situation = outer }
                try enter(site)
                defer { leave() }
                return try run(inner, frame) { () throws(RegoError) in
                    situation = outer
                    defer { situation = changed }
                    return try run(block, from: index, frame, next)
                }
            }
        }
        return try next()
    }

    /// A statement that does not hold; others may be tried.
    @inline(__always)
    func failed(_ site: Int) -> Bool {
        if let observer { observer.fail(self.site(site)) }
        return true
    }
}
