extension Evaluation {
    /// Hands on the value that closed keys lead to, nil where there is none.
    @inline(__always)
    func withFound<Result>(
        _ reference: Code.At<Code.Reference>, _ frame: Frame, _ site: Int,
        _ body: (At?) throws(RegoError) -> Result
    ) throws(RegoError) -> Result {
        let keys = reference.pointee.keys
        switch reference.pointee.head {
        case .input:
            return try body(situation.input.flatMap { follow($0, keys, 0, frame) })
        case .value(let head): return try body(follow(place(head, frame), keys, 0, frame))
        case .data:
            let routed = reference.pointee.routed
            switch situation.hasOwnData ? reference.pointee.route : .none {
            case .base(let base): return try body(base.flatMap { follow($0, keys, routed, frame) })
            case .document(let node):
                guard let document = try document(node, site) else { return try body(nil) }
                return try body(follow(values.keep(document), keys, routed, frame))
            case .none:
                guard let found = try lookup(keys, frame, site) else { return try body(nil) }
                return try body(values.keep(found))
            }
        }
    }

    /// Follows closed keys from the given one on.
    func follow(_ start: At, _ keys: Code.List<Code.Pattern>, _ first: Int, _ frame: Frame) -> At? {
        var current = start
        for index in first..<keys.count {
            guard case .equal(let expression) = keys[index] else { return nil }
            guard let next = Walk.member(current, place(expression, frame)) else { return nil }
            current = next
        }
        return current
    }

    /// Keys into data and rules where nothing is decided beforehand.
    private func lookup(
        _ keys: Code.List<Code.Pattern>, _ frame: Frame, _ site: Int
    ) throws(RegoError) -> RegoValue? {
        var index = 0
        var node = DocumentTree.root
        var base: RegoValue? = situation.data.pointee
        var current: RegoValue?
        while true {
            if situation.hidden.contains(node) {
                current = base
                break
            }
            if program.nodes[node].group != nil {
                current = try document(node, site)
                break
            }
            guard index < keys.count else {
                current = try package(node, base, site)
                break
            }
            guard case .equal(let expression) = keys[index] else { return nil }
            let key = value(expression, frame)
            index += 1
            base = base?[key]
            guard let child = program.nodes[node].child(key) else {
                current = base
                break
            }
            node = child
        }
        guard let found = current else { return nil }
        return follow(values.keep(found), keys, index, frame)?.pointee
    }

    /// The document at a path behind `data`, as a host asks for it.
    func lookup(path: [String]) throws(RegoError) -> RegoValue? {
        var node = DocumentTree.root
        var base: At? = situation.data
        for (index, name) in path.enumerated() {
            if let group = program.nodes[node].group {
                let document = try document(node, program.groups[group].site)
                return path[index...].reduce(document) { $0?[.string($1)] }
            }
            let key = RegoValue.string(name)
            base = base.flatMap { at in withUnsafePointer(to: key) { Walk.member(at, $0) } }
            guard let child = program.nodes[node].child(key) else {
                return path[(index + 1)...].reduce(base?.pointee) { $0?[.string($1)] }
            }
            node = child
        }
        if let group = program.nodes[node].group { return try document(node, program.groups[group].site) }
        return try package(node, base?.pointee, -1)
    }

    typealias Visit = (At, Place?) throws(RegoError) -> Bool

    /// Calls `body` with every value that the reference reaches.
    func scan(
        _ reference: Code.At<Code.Reference>, _ frame: Frame, _ site: Int, _ body: Visit
    ) throws(RegoError) -> Bool {
        let keys = reference.pointee.keys
        switch reference.pointee.head {
        case .input:
            guard let input = situation.input else { return true }
            return try scan(input, keys, 0, frame, site, tracker?.root, body)
        case .value(let head):
            return try scan(place(head, frame), keys, 0, frame, site, tracker?.place(of: head, frame), body)
        case .data:
            let routed = reference.pointee.routed
            switch situation.hasOwnData ? reference.pointee.route : .none {
            case .base(let base):
                guard let base else { return true }
                return try scan(base, keys, routed, frame, site, nil, body)
            case .document(let node): return try scan(document: node, keys, routed, frame, site, body)
            case .none:
                return try scan(
                    node: DocumentTree.root, situation.data.pointee, keys, 0, frame, site, body)
            }
        }
    }

    private func scan(
        document node: Int, _ keys: Code.List<Code.Pattern>, _ first: Int, _ frame: Frame, _ site: Int, _ body: Visit
    ) throws(RegoError) -> Bool {
        guard let document = try document(node, site) else { return true }
        let place = program.nodes[node].group.flatMap { tracker?.place(ofDocument: $0) }
        return try scan(values.keep(document), keys, first, frame, site, place, body)
    }

    private func scan(
        _ start: At, _ keys: Code.List<Code.Pattern>, _ first: Int, _ frame: Frame, _ site: Int, _ place: Place?,
        _ body: Visit
    ) throws(RegoError) -> Bool {
        var found = start
        var place = place
        var index = first
        while index < keys.count {
            let pattern = keys[index]
            index += 1
            if case .equal(let expression) = pattern {
                let key = self.place(expression, frame)
                guard let next = Walk.member(found, key) else { return true }
                if let known = place { place = known.member(key.pointee, next) }
                found = next
                continue
            }
            // Behind the last key there is nothing to step into: calling oneself for each element would be most of the
            // work.
            // The collection outlives the loop: a slot, the input or data holds it.
            switch Walk.members(of: found) {
            case .array(let elements):
                for position in elements.indices {
                    try count(site)
                    let mark = values.mark
                    defer { values.back(to: mark) }
                    guard let element = elements.baseAddress.map({ $0 + position }),
                        accepts(index: position, pattern, frame)
                    else { continue }
                    let below = place?.member(.int(position), element)
                    guard
                        try index == keys.count
                            ? body(element, below) : scan(element, keys, index, frame, site, below, body)
                    else { return false }
                }
            case .set(let elements):
                for position in elements.indices {
                    try count(site)
                    guard let element = elements.baseAddress.map({ $0 + position }), match(element, pattern, frame)
                    else { continue }
                    let below = place?.member(element.pointee, element)
                    tracker?.bind(pattern, frame, below)
                    guard
                        try index == keys.count
                            ? body(element, below) : scan(element, keys, index, frame, site, below, body)
                    else { return false }
                }
            case .object(let names, let members):
                for position in members.indices {
                    try count(site)
                    guard let key = names.baseAddress.map({ $0 + position }),
                        let element = members.baseAddress.map({ $0 + position }), match(key, pattern, frame)
                    else { continue }
                    let below = place?.member(key.pointee, element)
                    guard
                        try index == keys.count
                            ? body(element, below) : scan(element, keys, index, frame, site, below, body)
                    else { return false }
                }
            case .none: break
            }
            return true
        }
        return try body(found, place)
    }

    /// Whether an array's index is what is asked; most often nobody asks.
    @inline(__always)
    private func accepts(index: Int, _ pattern: Code.Pattern, _ frame: Frame) -> Bool {
        if case .any = pattern { return true }
        return match(values.keep(.int(index)), pattern, frame)
    }

    private func scan(
        node: Int, _ base: RegoValue?, _ keys: Code.List<Code.Pattern>, _ first: Int, _ frame: Frame, _ site: Int,
        _ body: Visit
    ) throws(RegoError) -> Bool {
        func plain(_ value: RegoValue, _ first: Int) throws(RegoError) -> Bool {
            try scan(values.keep(value), keys, first, frame, site, nil, body)
        }
        if situation.hidden.contains(node) {
            guard let base else { return true }
            return try plain(base, first)
        }
        if program.nodes[node].group != nil { return try scan(document: node, keys, first, frame, site, body) }
        guard first < keys.count else { return try plain(try package(node, base, site), first) }
        func visit(_ key: RegoValue) throws(RegoError) -> Bool {
            let below = base?[key]
            if let child = program.nodes[node].child(key) {
                return try scan(node: child, below, keys, first + 1, frame, site, body)
            }
            guard let below else { return true }
            return try plain(below, first + 1)
        }
        let pattern = keys[first]
        if case .equal(let expression) = pattern { return try visit(value(expression, frame)) }
        var names = Array(program.nodes[node].names)
        names += (base?.object?.keys ?? []).filter { program.nodes[node].child($0) == nil }
        for name in names {
            try count(site)
            let mark = values.mark
            defer { values.back(to: mark) }
            guard match(values.keep(name), pattern, frame) else { continue }
            guard try visit(name) else { return false }
        }
        return true
    }
}
