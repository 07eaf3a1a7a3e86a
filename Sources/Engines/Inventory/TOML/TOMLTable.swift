import Documents
import WaybillCore

/// A table while it is built: headers further down add to it.
final class TOMLTable {
    enum Entry {
        case value(Node)
        case table(TOMLTable)
        case tables([TOMLTable])
    }

    private struct Member {
        var key: String
        var position: Position
        var entry: Entry
    }

    let position: Position
    private var members: [Member] = []
    private var indexes: [String: Int] = [:]

    init(_ position: Position) { self.position = position }

    /// The table that a header names, made where it is not there; nil where something else has the name.
    func table(at path: [String], _ position: Position, isArray: Bool) -> TOMLTable? {
        guard let key = path.first else { return self }
        let rest = Array(path.dropFirst())
        if let index = indexes[key] {
            switch members[index].entry {
            case .value: return nil
            case .table(let table): return rest.isEmpty && isArray ? nil : table.table(at: rest, position, isArray: isArray)
            case .tables(var tables):
                if rest.isEmpty {
                    guard isArray else { return nil }
                    let fresh = TOMLTable(position)
                    tables.append(fresh)
                    members[index].entry = .tables(tables)
                    return fresh
                }
                return tables.last?.table(at: rest, position, isArray: isArray)
            }
        }
        let fresh = TOMLTable(position)
        add(key, position, rest.isEmpty && isArray ? .tables([fresh]) : .table(fresh))
        return rest.isEmpty ? fresh : fresh.table(at: rest, position, isArray: isArray)
    }

    /// False where the key has a value already.
    func set(_ path: [String], _ value: Node, _ position: Position) -> Bool {
        guard let key = path.first else { return false }
        if path.count == 1 {
            guard indexes[key] == nil else { return false }
            add(key, position, .value(value))
            return true
        }
        guard let inner = table(at: [key], position, isArray: false) else { return false }
        return inner.set(Array(path.dropFirst()), value, position)
    }

    private func add(_ key: String, _ position: Position, _ entry: Entry) {
        indexes[key] = members.count
        members.append(Member(key: key, position: position, entry: entry))
    }

    var node: Node {
        Node(
            .object(
                members.map { member in
                    let node: Node =
                        switch member.entry {
                        case .value(let value): value
                        case .table(let table): table.node
                        case .tables(let tables): Node(.array(tables.map(\.node)), at: member.position)
                        }
                    return Node.Member(key: member.key, keyPosition: member.position, node: node)
                }), at: position)
    }
}
