import Documents

/// Where in the input a value comes from.
final class Place {
    enum Kind {
        case path([RegoValue])
        /// A collection that a rule put together: its members have places of their own, found by value or by key.
        case members(elements: [RegoValue: Place], keys: [RegoValue: Place])
    }

    let kind: Kind

    init(path: [RegoValue]) { kind = .path(path) }
    init(elements: [RegoValue: Place], keys: [RegoValue: Place] = [:]) {
        kind = .members(elements: elements, keys: keys)
    }

    /// The place one key further on.
    func member(_ key: RegoValue, _ element: UnsafePointer<RegoValue>? = nil) -> Place? {
        switch kind {
        case .path(let path): Place(path: path + [key])
        case .members(let elements, let keys): keys[key] ?? element.flatMap { elements[$0.pointee] }
        }
    }

    func member(_ key: RegoValue) -> Place {
        switch kind {
        case .path(let path): Place(path: path + [key])
        case .members(let elements, let keys): keys[key] ?? elements[key] ?? self
        }
    }

    var path: [RegoValue]? { if case .path(let path) = kind { path } else { nil } }
}
