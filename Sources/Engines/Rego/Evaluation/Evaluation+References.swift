extension Evaluation {
    /// The value at closed keys.
    func lookup(
        _ reference: Reference, _ keys: [Expression], _ frame: Frame, _ location: Location
    ) throws(RegoError) -> RegoValue? {
        var index = 0
        var current: RegoValue?
        switch reference.head {
        case .input: current = situation.input
        case .value(let expression): current = value(expression, frame)
        case .data:
            var node = DocumentTree.root
            var base: RegoValue? = situation.data
            while true {
                if let document = try document(node, base, location) {
                    current = document
                    break
                }
                if situation.hidden.contains(node) || tree.nodes[node].group != nil {
                    current = situation.hidden.contains(node) ? base : nil
                    break
                }
                guard index < keys.count else {
                    current = try package(node, base, location)
                    break
                }
                let key = value(keys[index], frame)
                index += 1
                base = base?[key]
                guard let name = key.string, let child = tree.nodes[node].children[name] else {
                    current = base
                    break
                }
                node = child
            }
        }
        while let found = current, index < keys.count {
            current = found[value(keys[index], frame)]
            index += 1
        }
        return current
    }

    /// Calls `body` with every value that the reference reaches.
    func scan(
        _ reference: Reference, _ frame: Frame, _ location: Location,
        _ body: (RegoValue) throws(RegoError) -> Bool
    ) throws(RegoError) -> Bool {
        switch reference.head {
        case .input:
            guard let input = situation.input else { return true }
            return try scan(input, reference.keys[...], frame, location, body)
        case .value(let expression):
            return try scan(value(expression, frame), reference.keys[...], frame, location, body)
        case .data: return try scan(node: DocumentTree.root, situation.data, reference.keys[...], frame, location, body)
        }
    }

    private func scan(
        _ found: RegoValue, _ keys: ArraySlice<Pattern>, _ frame: Frame, _ location: Location,
        _ body: (RegoValue) throws(RegoError) -> Bool
    ) throws(RegoError) -> Bool {
        var found = found
        var keys = keys
        while let pattern = keys.first {
            keys = keys.dropFirst()
            if let expression = pattern.expression {
                guard let next = found[value(expression, frame)] else { return true }
                found = next
                continue
            }
            switch found {
            case .array(let elements):
                for (index, element) in elements.enumerated() {
                    try count(location)
                    guard match(.int(index), pattern, frame) else { continue }
                    guard try scan(element, keys, frame, location, body) else { return false }
                }
            case .set(let set):
                for element in set {
                    try count(location)
                    guard match(element, pattern, frame) else { continue }
                    guard try scan(element, keys, frame, location, body) else { return false }
                }
            case .object(let object):
                for member in object {
                    try count(location)
                    guard match(member.key, pattern, frame) else { continue }
                    guard try scan(member.value, keys, frame, location, body) else { return false }
                }
            default: break
            }
            return true
        }
        return try body(found)
    }

    private func scan(
        node: Int, _ base: RegoValue?, _ keys: ArraySlice<Pattern>, _ frame: Frame, _ location: Location,
        _ body: (RegoValue) throws(RegoError) -> Bool
    ) throws(RegoError) -> Bool {
        if situation.hidden.contains(node) {
            guard let base else { return true }
            return try scan(base, keys, frame, location, body)
        }
        if tree.nodes[node].group != nil {
            guard let document = try document(node, base, location) else { return true }
            return try scan(document, keys, frame, location, body)
        }
        guard let pattern = keys.first else { return try body(try package(node, base, location)) }
        let rest = keys.dropFirst()
        func visit(_ key: RegoValue) throws(RegoError) -> Bool {
            let below = base?[key]
            if let name = key.string, let child = tree.nodes[node].children[name] {
                return try scan(node: child, below, rest, frame, location, body)
            }
            guard let below else { return true }
            return try scan(below, rest, frame, location, body)
        }
        if let expression = pattern.expression { return try visit(value(expression, frame)) }
        var names = tree.nodes[node].names.map { RegoValue.string($0) }
        names += (base?.object?.keys ?? []).filter { key in
            key.string.map { tree.nodes[node].children[$0] == nil } ?? true
        }
        for name in names {
            try count(location)
            guard match(name, pattern, frame) else { continue }
            guard try visit(name) else { return false }
        }
        return true
    }
}
