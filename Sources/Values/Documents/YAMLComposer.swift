import WaybillCore

/// Builds nodes from YAML events.
struct YAMLComposer {
    private let events: YAMLEvents
    private let schema: YAMLReader.Schema
    private let limits: DocumentLimits
    /// Anchors of the current document with the number of nodes beneath them.
    private var anchors: [String: (node: Node, size: Int)] = [:]
    private var aliasedNodes = 0

    init(_ events: YAMLEvents, _ schema: YAMLReader.Schema, _ limits: DocumentLimits) {
        self.events = events
        self.schema = schema
        self.limits = limits
    }

    mutating func stream() throws(DocumentError) -> [Node] {
        var documents: [Node] = []
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart:
                anchors = [:]
                documents.append(try node(try events.next(), depth: 0).node)
            default: continue
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(DocumentError) -> (node: Node, size: Int) {
        guard depth < limits.depthMax else {
            throw DocumentError(at: event.position, "nested deeper than \(limits.depthMax) levels")
        }
        var built: (node: Node, size: Int)
        switch event.kind {
        case .alias(let name):
            guard let found = anchors[name] else {
                throw DocumentError(at: event.position, "the alias *\(name) has no anchor before it")
            }
            aliasedNodes += found.size
            guard aliasedNodes <= limits.aliasedNodesMax else {
                throw DocumentError(at: event.position, "aliases expand to more than \(limits.aliasedNodesMax) values")
            }
            return found
        case .scalar(let text, let form):
            let text = form == .folded && schema == .kustomize ? FoldedText.rewritten(text) : text
            let value = try YAMLScalar.value(
                of: text, plain: form == .plain, tag: event.tag, schema: schema, at: event.position)
            built = (Node(.scalar(value), at: event.position), 1)
        case .sequenceStart:
            try check(event, "!!seq", "tag:yaml.org,2002:seq")
            built = try sequence(at: event.position, depth: depth)
        case .mappingStart:
            try check(event, "!!map", "tag:yaml.org,2002:map")
            built = try mapping(at: event.position, depth: depth)
        default:
            throw DocumentError(at: event.position, "expected a value")
        }
        if let anchor = event.anchor { anchors[anchor] = built }
        return built
    }

    private func check(_ event: YAMLEvent, _ short: String, _ long: String) throws(DocumentError) {
        guard let tag = event.tag, tag != long, tag != "!" else { return }
        throw DocumentError(at: event.position, "unknown tag \(Redaction.excerpt(tag)), expected \(short)")
    }

    private mutating func sequence(at start: Position, depth: Int) throws(DocumentError) -> (node: Node, size: Int) {
        var elements: [Node] = []
        var size = 1
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return (Node(.array(elements), at: start), size) }
            let element = try node(event, depth: depth + 1)
            elements.append(element.node)
            size += element.size
        }
    }

    private mutating func mapping(at start: Position, depth: Int) throws(DocumentError) -> (node: Node, size: Int) {
        var members: [Node.Member] = []
        var merged: [Node.Member] = []
        var seen = SeenKeys()
        var size = 1
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try self.key(event, depth: depth)
            let value = try node(try events.next(), depth: depth + 1)
            size += value.size + 1
            if key.isMerge {
                merged += try mergeSources(value.node)
                continue
            }
            guard seen.insert(key.text, among: members) || limits.allowsDuplicateKeys else {
                throw DocumentError(at: event.position, "duplicate key \(Redaction.excerpt(key.text))")
            }
            members.append(.init(key: key.text, keyPosition: event.position, node: value.node))
        }
        // A merged member stands behind the mapping's own and behind earlier sources (YAML merge key, 2005).
        for member in merged where seen.insert(member.key, among: members) { members.append(member) }
        return (Node(.object(members), at: start), size)
    }

    /// Keys are texts in JSON: a plain number or boolean becomes its text, as Kubernetes tools make it.
    private mutating func key(_ event: YAMLEvent, depth: Int) throws(DocumentError) -> (text: String, isMerge: Bool) {
        let resolved = try node(event, depth: depth + 1).node
        guard let scalar = resolved.scalar else {
            throw DocumentError(at: event.position, "a key must be a scalar, found \(resolved.typeName)")
        }
        if case .scalar("<<", .plain) = event.kind, event.tag == nil { return ("<<", true) }
        switch scalar {
        case .string(let text): return (text, false)
        case .bool(let value): return (value ? "true" : "false", false)
        case .number(let number): return (number.text, false)
        default: return ("null", false)
        }
    }

    private func mergeSources(_ node: Node) throws(DocumentError) -> [Node.Member] {
        if let members = node.members { return members }
        guard let elements = node.elements else {
            throw DocumentError(at: node.position, "“<<” merges an object or a list of objects, found \(node.typeName)")
        }
        var members: [Node.Member] = []
        for element in elements {
            guard let more = element.members else {
                throw DocumentError(at: element.position, "“<<” merges objects, found \(element.typeName)")
            }
            members += more
        }
        return members
    }
}

/// The keys of one mapping so far: few are found by looking through them, many by a set.
private struct SeenKeys {
    private static let linearSearchMax = 12
    private var keys: Set<ByteKey>?

    /// False when the key is there already.
    mutating func insert(_ key: String, among members: [Node.Member]) -> Bool {
        if keys != nil { return keys?.insert(ByteKey(key)).inserted ?? false }
        if members.contains(where: { $0.key.hasSameBytes(as: key) }) { return false }
        if members.count >= Self.linearSearchMax {
            keys = Set(members.lazy.map { ByteKey($0.key) })
            keys?.insert(ByteKey(key))
        }
        return true
    }
}
