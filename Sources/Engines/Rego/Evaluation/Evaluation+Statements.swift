/// Statements that loop, nest or build values.
extension Evaluation {
    func scan(
        _ reference: Code.At<Code.Reference>, _ pattern: Code.Pattern?, _ frame: Frame, _ site: Int, _ next: Next
    ) throws(RegoError) -> Bool {
        try enter(site)
        defer { leave() }
        var hasSolution = false
        let result = try scan(reference, frame, site) { (found, place) throws(RegoError) in
            guard accepts(found, pattern, frame) else { return true }
            let mark = tracker?.mark ?? 0
            defer { tracker?.back(to: mark) }
            if let tracker {
                tracker.read(place, isCondition: reference.pointee.isCondition)
                if let pattern { tracker.bind(pattern, frame, place) }
            }
            if hasSolution, let observer { observer.again(self.site(site)) }
            hasSolution = true
            return try next()
        }
        if !hasSolution, let observer { observer.fail(self.site(site)) }
        return result
    }

    func walk(
        _ call: Code.At<Code.Call>, _ frame: Frame, _ site: Int, _ next: Next
    ) throws(RegoError) -> Bool {
        if situation.hasReplacements, situation.replaced[call.pointee.callee] != nil {
            guard let result = try result(of: call, frame, site),
                accepts(values.keep(result), call.pointee.result, frame)
            else { return true }
            return try next()
        }
        try enter(site)
        defer { leave() }
        let document = value(call.pointee.arguments[0], frame)
        let start = tracker?.place(of: call.pointee.arguments[0], frame)
        return try Walk.visit(document, evaluation: self, site) { (found, path) throws(RegoError) in
            let mark = values.mark
            let readMark = tracker?.mark ?? 0
            defer {
                values.back(to: mark)
                tracker?.back(to: readMark)
            }
            let pair = values.keep(.array([.array(path), found]))
            guard accepts(pair, call.pointee.result, frame) else { return true }
            if let tracker, let start, let pattern = call.pointee.result {
                let place = path.reduce(start) { $0.member($1) }
                tracker.read(place, isCondition: true)
                tracker.bindWalk(pattern, frame, place)
            }
            return try next()
        }
    }

    func hasSolution(_ block: Code.Block, _ frame: Frame, _ site: Int) throws(RegoError) -> Bool {
        var found = false
        try enter(site)
        defer { leave() }
        _ = try run(block, frame) { () throws(RegoError) in
            found = true
            return false
        }
        return found
    }

    func holds(_ every: Code.At<Code.Every>, _ frame: Frame, _ site: Int) throws(RegoError) -> Bool {
        let place = tracker?.place(of: every.pointee.domain, frame)
        func check(_ key: RegoValue, _ value: RegoValue) throws(RegoError) -> Bool {
            let mark = values.mark
            defer { values.back(to: mark) }
            if let slot = every.pointee.key { frame[slot] = values.keep(key) }
            if let slot = every.pointee.value {
                frame[slot] = values.keep(value)
                tracker?.set(frame + slot, place?.member(key))
            }
            return try hasSolution(every.pointee.body, frame, site)
        }
        switch value(every.pointee.domain, frame) {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                guard try check(.int(index), element) else { return false }
            }
        case .set(let set):
            for element in set { guard try check(element, element) else { return false } }
        case .object(let object):
            for member in object { guard try check(member.key, member.value) else { return false } }
        default: return false
        }
        return true
    }

    func value(
        _ comprehension: Code.At<Code.Comprehension>, _ frame: Frame, _ slot: Int, _ site: Int
    ) throws(RegoError) -> RegoValue {
        var elements: [RegoValue] = []
        var members: [RegoObject.Member] = []
        let head = comprehension.pointee.head
        let isObject = comprehension.pointee.kind == .object
        var places: [RegoValue: Place] = [:]
        try enter(site)
        defer { leave() }
        _ = try run(comprehension.pointee.body, frame) { () throws(RegoError) in
            try charge(bytes: isObject ? 48 : 24, site)
            let first = value(head[0], frame)
            if isObject {
                if let place = tracker?.place(of: head[1], frame) { places[first] = place }
                members.append(.init(key: first, value: value(head[1], frame)))
            } else {
                if let place = tracker?.place(of: head[0], frame) { places[first] = place }
                elements.append(first)
            }
            return true
        }
        tracker?.set(
            frame + slot, places.isEmpty ? nil : isObject ? Place(elements: [:], keys: places) : Place(elements: places)
        )
        switch comprehension.pointee.kind {
        case .array: return .array(elements)
        case .set: return .set(RegoSet(elements))
        case .object:
            members.sort { $0.key < $1.key }
            for (one, other) in zip(members, members.dropFirst()) where one.key == other.key && one.value != other.value
            {
                throw RegoError(.conflict, "object keys must be unique", at: location(site))
            }
            return .object(RegoObject(members))
        }
    }

    func text(_ pieces: Code.List<Code.Piece>, _ frame: Frame) throws(RegoError) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part.pointee
            case .expression(let block, let expression, let site):
                var found: RegoValue?
                try enter(site)
                defer { leave() }
                _ = try run(block, frame) { () throws(RegoError) in
                    let next = value(expression, frame)
                    if let found, found != next {
                        throw RegoError(
                            .conflict, "template-strings must not produce multiple outputs", at: location(site))
                    }
                    found = next
                    return true
                }
                text += found?.display ?? "<undefined>"
            }
        }
        return text
    }
}
