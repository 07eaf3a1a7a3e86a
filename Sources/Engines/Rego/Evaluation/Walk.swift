/// Steps into values by pointers, without copying what lies on the way. A pointer is good as long as the value that it
/// was taken from is alive: arrays and objects never change.
enum Walk {
    typealias At = UnsafePointer<RegoValue>

    /// What a reference reaches with one more key.
    static func member(_ value: At, _ key: At) -> At? {
        switch value.pointee {
        case .object(let object):
            return object.shape.position(of: key.pointee).flatMap { element(object.values, $0) }
        case .array(let elements):
            guard case .number(let number) = key.pointee, let index = number.int, elements.indices.contains(index)
            else {
                return nil
            }
            return element(elements, index)
        case .set(let set): return set.position(of: key.pointee).flatMap { element(set.elements, $0) }
        default: return nil
        }
    }

    /// Native arrays keep their elements at one address for as long as they live.
    static func element(_ elements: [RegoValue], _ index: Int) -> At? {
        elements.withUnsafeBufferPointer { $0.baseAddress.map { $0 + index } }
    }

    /// A collection's members in place.
    enum Members {
        case array(UnsafeBufferPointer<RegoValue>)
        case set(UnsafeBufferPointer<RegoValue>)
        case object(keys: UnsafeBufferPointer<RegoValue>, values: UnsafeBufferPointer<RegoValue>)
        case none
    }

    @inline(never)
    @_effects(readonly)
    static func members(of value: At) -> Members {
        switch value.pointee {
        case .array(let elements): .array(elements.withUnsafeBufferPointer { $0 })
        case .set(let set): .set(set.elements.withUnsafeBufferPointer { $0 })
        case .object(let object):
            .object(
                keys: object.shape.keys.withUnsafeBufferPointer { $0 },
                values: object.values.withUnsafeBufferPointer { $0 })
        default: .none
        }
    }

    /// `walk`: every path into a document with the value there.
    static func visit(
        _ document: RegoValue, path: [RegoValue] = [], evaluation: Evaluation, _ site: Int,
        _ body: (RegoValue, [RegoValue]) throws(RegoError) -> Bool
    ) throws(RegoError) -> Bool {
        try evaluation.count(site)
        guard try body(document, path) else { return false }
        guard path.count < evaluation.limits.depthMax else {
            throw RegoError(
                .cancelled, "evaluation nested deeper than \(evaluation.limits.depthMax) levels",
                at: evaluation.location(site))
        }
        switch document {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                guard try visit(element, path: path + [.int(index)], evaluation: evaluation, site, body) else {
                    return false
                }
            }
        case .set(let set):
            for element in set {
                guard try visit(element, path: path + [element], evaluation: evaluation, site, body) else {
                    return false
                }
            }
        case .object(let object):
            for member in object {
                guard try visit(member.value, path: path + [member.key], evaluation: evaluation, site, body) else {
                    return false
                }
            }
        default: break
        }
        return true
    }
}
