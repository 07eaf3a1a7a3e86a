public import Documents

/// A member of what a rule defines, with the parts of the input that it is about.
///
/// A host that keeps `Documents.Node` beside the input turns a place into file, line and column by
/// `node.position(of:)`; the policy need not do anything for it.
public struct LocatedValue: Sendable {
    /// The member of a set, the value of an object's member, or the rule's one value.
    public var value: RegoValue
    /// The member's key where the rule defines an object.
    public var key: RegoValue?
    /// Places in the input, the most telling first: what the value itself points to, then what the rule read for it.
    public var places: [Pointer]

    public init(value: RegoValue, key: RegoValue? = nil, places: [Pointer]) {
        self.value = value
        self.key = key
        self.places = places
    }
}

extension CompiledPolicy {
    /// The members that a rule defines (a set's, an object's, or the one value), each with its places in the input; nil
    /// when the rule is undefined.
    public func evaluateLocated(
        rule path: String, regoInput: RegoValue?, limits: EvaluationLimits = .standard,
        surroundings: EvaluationSurroundings = EvaluationSurroundings()
    ) throws -> [LocatedValue]? {
        let tracker = PlaceTracker(input: regoInput)
        let evaluation = Evaluation(
            program, input: regoInput, limits: limits, surroundings: surroundings, tracker: tracker)
        let names = try Self.path(path)
        let found = try withExtendedLifetime(arena) { () throws(RegoError) in try evaluation.lookup(path: names) }
        guard let document = found else { return nil }
        let group = program.node(at: names).flatMap { program.nodes[$0].group }
        let reads = group.flatMap { tracker.documents[$0] }
        func located(_ value: RegoValue, _ read: [PlaceTracker.Read]?, _ key: RegoValue? = nil) -> LocatedValue {
            var places = PlaceTracker.places(read ?? [])
            if let stated = regoInput.flatMap({ StatedPlace.pointer(in: value, of: $0) }) {
                places.removeAll { $0 == stated }
                places.insert(stated, at: 0)
            }
            return LocatedValue(value: value, key: key, places: places)
        }
        switch document {
        case .set(let set): return set.elements.map { located($0, reads?.members[$0] ?? reads?.reads) }
        case .array(let elements): return elements.map { located($0, reads?.reads) }
        case .object(let object):
            return object.map { located($0.value, reads?.members[$0.key] ?? reads?.reads, $0.key) }
        default: return [located(document, reads?.reads)]
        }
    }
}
