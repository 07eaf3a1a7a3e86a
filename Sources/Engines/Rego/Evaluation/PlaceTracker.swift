import Documents

/// Notes what was read of the input on the way to each solution.
final class PlaceTracker {
    struct Read {
        var path: [RegoValue]
        /// How much of the path the input holds.
        var found: Int
        var isCondition: Bool
        /// Inside a negation or another statement that only asks.
        var isNegated: Bool
    }

    struct Document {
        /// Reads of the first solution for each member.
        var members: [RegoValue: [Read]] = [:]
        var elementPlaces: [RegoValue: Place] = [:]
        var keyPlaces: [RegoValue: Place] = [:]
        var place: Place?
        var reads: [Read] = []
    }

    let root = Place(path: [])
    private let input: RegoValue?
    private(set) var documents: [Int: Document] = [:]
    private var slots: [Slots: Place] = [:]
    private var reads: [Read] = []
    private var asked: [[Read]] = []
    private var running: [(document: Document, mark: Int)] = []
    /// Where the result of the last call comes from, and what was read for it.
    var yielded: Place?
    private var yieldedReads: [Read] = []

    /// Reads that one solution keeps.
    static let readsMax = 64

    init(input: RegoValue?) { self.input = input }

    // MARK: Slots

    func enter(_ frame: Slots, _ count: Int) {
        for slot in 0..<count { slots[frame + slot] = nil }
    }

    func set(_ slot: Slots, _ place: Place?) { slots[slot] = place }

    func place(of expression: Code.Expression, _ frame: Slots) -> Place? {
        if case .slot(let slot) = expression { slots[frame + slot] } else { nil }
    }

    func bind(_ pattern: Code.Pattern, _ frame: Slots, _ place: Place?) {
        switch pattern {
        case .any, .equal: break
        case .bind(let slot): slots[frame + slot] = place
        case .array(let patterns):
            for index in patterns.indices { bind(patterns[index], frame, place?.member(.int(index))) }
        case .object(let members):
            for member in members { bind(member.value, frame, nil) }
        }
    }

    /// `walk` gives a path and a value: the value has the place.
    func bindWalk(_ pattern: Code.Pattern, _ frame: Slots, _ place: Place) {
        if case .array(let patterns) = pattern, patterns.count == 2 { bind(patterns[1], frame, place) }
    }

    // MARK: Reads

    var mark: Int { reads.count }
    func back(to mark: Int) { if reads.count > mark { reads.removeLast(reads.count - mark) } }

    func read(_ place: Place?, isCondition: Bool) {
        guard let path = place?.path, !path.isEmpty else { return }
        note(path, isCondition: isCondition)
    }

    private func note(_ path: [RegoValue], isCondition: Bool) {
        let read = Read(
            path: path, found: depth(of: path), isCondition: isCondition, isNegated: !asked.isEmpty)
        reads.append(read)
        if !asked.isEmpty { asked[asked.count - 1].append(read) }
    }

    private func depth(of path: [RegoValue]) -> Int {
        guard var current = input else { return 0 }
        for (index, key) in path.enumerated() {
            guard let next = current[key] else { return index }
            current = next
        }
        return path.count
    }

    /// Closed keys were followed.
    func read(
        _ reference: Code.At<Code.Reference>, _ frame: Slots,
        _ found: UnsafePointer<RegoValue>?, _ pattern: Code.Pattern?, _ evaluation: Evaluation
    ) {
        var start: Place?
        var first = 0
        switch reference.pointee.head {
        case .input: start = root
        case .value(let head): start = place(of: head, frame)
        case .data:
            if case .document(let node) = reference.pointee.route, let number = evaluation.program.nodes[node].group {
                start = place(ofDocument: number)
                first = reference.pointee.routed
            }
        }
        let keys = reference.pointee.keys
        var place = start
        for index in first..<max(first, keys.count) {
            guard case .equal(let expression) = keys[index] else { break }
            let key = evaluation.value(expression, frame)
            place = place.flatMap { current in
                if case .members = current.kind { return withUnsafePointer(to: key) { current.member(key, $0) } }
                return current.member(key)
            }
        }
        read(place, isCondition: reference.pointee.isCondition)
        if found != nil, let pattern { bind(pattern, frame, place) }
    }

    func beginCondition() { asked.append([]) }

    /// What was read inside, on ways that led nowhere too, is what the statement decided by.
    func endCondition() {
        guard let inner = asked.popLast() else { return }
        reads += inner.suffix(Self.readsMax)
        if !asked.isEmpty { asked[asked.count - 1] += inner.suffix(Self.readsMax) }
    }

    // MARK: Documents

    func place(ofDocument number: Int) -> Place? {
        guard let document = documents[number] else { return nil }
        if let place = document.place { return place }
        return document.elementPlaces.isEmpty && document.keyPlaces.isEmpty
            ? nil : Place(elements: document.elementPlaces, keys: document.keyPlaces)
    }

    func begin(_ number: Int) -> Int {
        running.append((Document(), reads.count))
        return reads.count
    }

    func end(_ number: Int, _ mark: Int) {
        guard let (document, _) = running.popLast() else { return }
        documents[number] = document
        back(to: mark)
        reuse(number)
    }

    /// Whoever reads a document reads what it was made from.
    func reuse(_ number: Int) {
        guard let document = documents[number] else { return }
        let inherited = document.reads.suffix(Self.readsMax)
        reads += inherited
        if !asked.isEmpty { asked[asked.count - 1] += inherited }
    }

    /// The result of a call that began at the mark.
    func yield(place: Place?, since mark: Int) {
        yielded = place
        yieldedReads = Array(reads[min(mark, reads.count)...].suffix(Self.readsMax))
    }

    /// What the function read stays read where it was called.
    func keepYielded() {
        reads += yieldedReads
        yieldedReads = []
    }

    /// The one value of a document.
    func yield(place: Place?) {
        guard let index = running.indices.last else { return }
        running[index].document.place = place
        running[index].document.reads = Array(reads[min(running[index].mark, reads.count)...].suffix(Self.readsMax))
    }

    /// A set's member.
    func yield(element: RegoValue, place: Place?) {
        guard let index = yield(member: element), let place else { return }
        if running[index].document.elementPlaces[element] == nil {
            running[index].document.elementPlaces[element] = place
        }
    }

    /// An object's member.
    func yield(key: RegoValue, place: Place?) {
        guard let index = yield(member: key), let place else { return }
        if running[index].document.keyPlaces[key] == nil { running[index].document.keyPlaces[key] = place }
    }

    private func yield(member: RegoValue) -> Int? {
        guard let index = running.indices.last else { return nil }
        let own = reads[min(running[index].mark, reads.count)...].suffix(Self.readsMax)
        running[index].document.members[member, default: []] += own
        return index
    }

    // MARK: Answers

    /// The most telling reads first: what decided, then what lies deepest, then what was read last.
    static func places(_ reads: [Read]) -> [Pointer] {
        func rank(_ read: Read) -> (Int, Int) { ((read.isNegated ? 2 : 0) + (read.isCondition ? 1 : 0), read.found) }
        let ordered = reads.enumerated().sorted { one, other in
            let (left, right) = (rank(one.element), rank(other.element))
            if (left.1 > 1) != (right.1 > 1) { return left.1 > 1 }
            if left.0 != right.0 { return left.0 > right.0 }
            if left.1 != right.1 { return left.1 > right.1 }
            return one.offset > other.offset
        }
        var seen: Set<Pointer> = []
        var result: [Pointer] = []
        for (_, read) in ordered where read.found > 0 || read.path.count == 1 {
            // One absent member is named, what would lie in it is not.
            let tokens = read.path.prefix(read.found + 1).map { $0.string ?? $0.description }
            let pointer = Pointer(tokens)
            if seen.insert(pointer).inserted { result.append(pointer) }
        }
        return result
    }
}
